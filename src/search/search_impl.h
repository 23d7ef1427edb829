// What the methods share.
#pragma once

#include "search/search.h"

struct search {
    const struct search_method *method;
    const struct spec_sweep *sweep; // borrowed
    struct sweep_config config;     // its texts and nodes are the sweep's
    int n, seed_key;                // keys; the one whose list are the repeats, or -1
    int64_t repeats;                // of a configuration
    int64_t combinations;           // of values, without the seed key; -1: endless
    int64_t configurations;         // that are drawn
    int64_t epochs;
    int64_t bound, released, reported;
    int32_t *order; // owned: the combinations at random, (combinations); NULL: points are drawn one by one
    void *state;    // owned: of the method; NULL: it has none
};

struct search_method {
    // Sets configurations, bound and state.
    int (*begin)(struct search *s, struct err *e);
    void (*free)(struct search *s); // of what the state owns; NULL: nothing
    int (*release)(struct search *s, int max, int *number);
    void (*trial)(const struct search *s, int number, struct search_trial *t, double *value);
    void (*report)(struct search *s, int number, double loss); // NULL: results decide nothing
    bool (*goes_on)(const struct search *s, int number);       // NULL: never
    // As search_is_exhausted and search_share; NULL: by the numbers of trials.
    bool (*is_exhausted)(const struct search *s);
    double (*share)(const struct search *s);
};
extern const struct search_method search_grid, search_random, search_sobol, search_halving, search_hyperband,
    search_tpe;

// --- space.c
// A stream of numbers in [0, 1) that hangs on the seed and `stream` alone.
struct draw {
    uint64_t seed, next;
    uint32_t stream;
};
double draw_unit(struct draw *d);
struct draw draw_proposal(const struct search *s, int64_t i); // of proposal i
// The value of a key that lies where `unit`, in [0, 1), says.
double range_value(const struct sweep_range *r, double unit);
// As close to `value` as the range has, with as many digits as specs show.
double range_round(const struct sweep_range *r, double value);
bool range_is_whole(const struct sweep_range *r);
bool range_is_log(const struct sweep_range *r);
// Configuration number i at random: one that was not drawn before, as long as there are such.
void space_random(const struct search *s, int64_t i, double *value);
// Shuffles the combinations where they are not too many; random points then come from these.
void space_shuffle(struct search *s);
// How many configurations: `trials`, at most all combinations; all of them by default. -1 and an error where neither
// says it.
int space_configurations(struct search *s, struct err *e);
// Makes t the repeat of a configuration whose values are in `value`.
void space_place(const struct search *s, int64_t configuration, int64_t repeat, struct search_trial *t, double *value);

// --- sobol.c
enum { SOBOL_KEYS = 40 };
// Coordinate k of point i of Sobol's sequence, in units of 2^-32.
uint32_t sobol_at(uint32_t i, int k);

// --- search.c
// A release in the order of numbers: up to `end`.
int release_until(struct search *s, int64_t end, int max, int *number);

// --- parzen.c
// A density over one key, from the values of some configurations: a mixture of normal distributions, each as wide as
// its neighbours are far, beside a wide one over the whole range; of a choice, the shares of its values. After J.
// Bergstra et al. 2011, "Algorithms for hyper-parameter optimization".
struct parzen;
struct parzen *parzen_new(const struct sweep_range *r, const double *value, int n);
void parzen_free(struct parzen **p);
double parzen_draw(const struct parzen *p, struct draw *d);
double parzen_log(const struct parzen *p, double value); // the logarithm of the density
