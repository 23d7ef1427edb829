// What the methods share: the state of a search, and the table of functions that each method fills in.
#pragma once

#include "search/search.h"
#include "spec/spec.h"

struct search {
    const struct search_method *method;
    const struct spec_sweep *sweep; // borrowed
    struct sweep_config config;     // its strings and nodes belong to the sweep
    int n;                          // keys
    int seed_key;                   // the key whose list is the repeats; -1: none
    int64_t repeats;                // of a configuration
    int64_t combinations;           // of values, without the seed key; -1: endless
    int64_t configurations;         // that the method tries
    int64_t epochs;
    int64_t bound, released, reported; // trials
    int64_t learned;                   // results of an earlier run
    int32_t *order; // (order_n), owned: the combinations that are no start, in random order; NULL: points are drawn
    int64_t order_n;
    double *start; // (starts, keys), owned: the configurations that are tried first
    int64_t starts;
    void *state; // owned: the method's; NULL: it has none
};

struct search_method {
    // Sets configurations, bound and state. Returns -1 with an error.
    int (*begin)(struct search *s, struct err *e);
    void (*free)(struct search *s); // frees what the state owns; NULL: it owns nothing
    int (*release)(struct search *s, int max, int *number);
    void (*trial)(const struct search *s, int number, struct search_trial *t, double *value);
    void (*report)(struct search *s, int number, double loss);         // NULL: results decide nothing
    void (*learn)(struct search *s, const double *value, double loss); // NULL: earlier results decide nothing
    bool (*continues)(const struct search *s, int number);             // NULL: never
    // Do the same as search_is_exhausted and search_share; NULL: by the numbers of trials.
    bool (*is_exhausted)(const struct search *s);
    double (*share)(const struct search *s);
};
extern const struct search_method search_grid, search_random, search_sobol, search_halving, search_hyperband,
    search_tpe;

// --- search.c

// A configuration with the mean loss of its repeats; NaN: one failed, or is not known yet.
struct search_result {
    int64_t configuration;
    double loss;
};
// Sorts r (n): the better first, those with NaN last, and the earlier configuration first if two are equal.
void search_sort_results(struct search_result *r, int64_t n);
// Releases trials in the order of their numbers, up to `end`.
int search_release_until(const struct search *s, int64_t end, int max, int *number);

// --- space.c

// A stream of numbers in [0, 1) that depends only on the seed and on `stream`.
struct draw {
    uint64_t seed, next;
    uint32_t stream;
};
double draw_unit(struct draw *d);
struct draw draw_proposal(const struct search *s, int64_t i); // the stream of proposal i

// Returns the value of a key at the place `unit`, in [0, 1), of its range.
double range_value(const struct sweep_range *r, double unit);
// Returns the number of the range that is closest to `value`, with as many digits as specs show.
double range_round(const struct sweep_range *r, double value);
bool range_is_integer(const struct sweep_range *r);
bool range_is_log(const struct sweep_range *r);

// Fills `value` with random configuration number i, which differs from all before if combinations are left. The first
// are the starting points.
void space_random(const struct search *s, int64_t i, double *value);
// Completes the starting points, and shuffles the other combinations unless there are too many; random points are then
// taken from these. Returns -1 with an error if a starting point is not allowed, or the rules leave next to no points.
int space_shuffle(struct search *s, struct err *e);
// Sets the number of configurations: `trials`, or all combinations if that is not given or there are fewer. Returns -1
// with an error if there is neither.
int space_configurations(struct search *s, struct err *e);
// Makes t a repeat of a configuration whose values are in `value`.
void space_place(const struct search *s, int64_t configuration, int64_t repeat, struct search_trial *t, double *value);

// --- sobol.c

enum { SOBOL_KEYS = 40 };
// Returns coordinate `key` of point i of Sobol's sequence, in units of 2^-32.
uint32_t sobol_at(uint32_t i, int key);

// --- parzen.c

// A density over one key, made of the values of some configurations (J. Bergstra et al. 2011, "Algorithms for
// hyper-parameter optimization"): a mixture of normal distributions, each as wide as its neighbours are far, and a wide
// one over the whole range. For a choice, it is the shares of the values.
struct parzen;
struct parzen *parzen_new(const struct sweep_range *r, const double *value, int n);
void parzen_free(struct parzen **p);
double parzen_draw(const struct parzen *p, struct draw *d);
double parzen_log(const struct parzen *p, double value); // the logarithm of the density
