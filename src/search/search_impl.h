// Shared by the methods of search: the state of a search, and the table of functions that each method fills in.
#pragma once

#include "search/search.h"
#include "spec/spec.h"

struct search {
    const struct search_method *method;
    const struct spec_sweep *sweep; // borrowed
    struct sweep_config config;     // its strings and nodes belong to the sweep
    int n;                          // number of keys
    int seed_key;                   // the key whose values are the repeats; -1: none
    int64_t repeats;                // trials per configuration
    int64_t combinations;           // number of combinations of values, without the seed key; -1: infinite
    int64_t configurations;         // number of configurations that the method tries
    int64_t epochs;
    int64_t bound, released, reported; // numbers of trials
    int64_t learned;                   // number of results of an earlier run
    int32_t
        *order; // (order_n), owned: all combinations but the starting points, in random order; NULL: points are drawn
    int64_t order_n;
    double *start; // (starts, keys), owned: the configurations that are tried first
    int64_t starts;
    void *state; // owned: the state of the method; NULL: it has none
};

struct search_method {
    // Sets configurations, bound and state. Returns 0, or -1 and an error.
    int (*begin)(struct search *s, struct err *e);
    void (*free)(struct search *s); // frees members of the state; NULL: there are none to free
    int (*release)(struct search *s, int max, int *number);
    void (*trial)(const struct search *s, int number, struct search_trial *t, double *value);
    void (*report)(struct search *s, int number, double loss);         // NULL: the method does not use results
    void (*learn)(struct search *s, const double *value, double loss); // NULL: the method does not use earlier results
    bool (*continues)(const struct search *s, int number);             // NULL: never
    // These do the work of search_is_exhausted and search_share. If they are NULL, released trials are counted instead.
    bool (*is_exhausted)(const struct search *s);
    double (*share)(const struct search *s);
};
extern const struct search_method search_grid, search_random, search_sobol, search_halving, search_hyperband,
    search_tpe;

// --- search.c

// A configuration with the mean loss of its repeats. The loss is NaN if a repeat failed or is not known yet.
struct search_result {
    int64_t configuration;
    double loss;
};
// Sorts r (n): lower losses first, NaN last, and of equal losses the earlier configuration first.
void search_sort_results(struct search_result *r, int64_t n);
// Does the same as search_release for trials in the order of their numbers, below `end`.
int search_release_until(const struct search *s, int64_t end, int max, int *number);

// --- space.c

// A stream of numbers in [0, 1) that depends only on the seed and on `stream`.
struct draw {
    uint64_t seed, next;
    uint32_t stream;
};
double draw_unit(struct draw *d);
struct draw draw_proposal(const struct search *s, int64_t i); // the stream of proposal i

// Returns the value at the fraction `unit`, in [0, 1), of a range.
double range_value(const struct sweep_range *r, double unit);
// Rounds `value` to the digits that specs show, or to an integer if the range has integers. Returns a value inside the
// range.
double range_round(const struct sweep_range *r, double value);
bool range_is_integer(const struct sweep_range *r);
bool range_is_log(const struct sweep_range *r);

// Fills `value` with random configuration number i. The first ones are the starting points. If space_shuffle has
// shuffled the combinations, the others differ from all earlier ones until no combination is left.
void space_random(const struct search *s, int64_t i, double *value);
// Completes the starting points. Shuffles the other combinations, from which random points are then taken, unless there
// are too many. Returns -1 and an error if a starting point is not allowed, or if the rules allow hardly any points.
int space_shuffle(struct search *s, struct err *e);
// Sets the number of configurations: `trials`, or the number of combinations if that is smaller or `trials` is not
// given. Returns -1 and an error if neither is known, or if there are more starting points than configurations.
int space_configurations(struct search *s, struct err *e);
// Makes t a repeat of the configuration, whose values are in `value`.
void space_place(const struct search *s, int64_t configuration, int64_t repeat, struct search_trial *t, double *value);

// --- sobol.c

enum { SOBOL_KEYS = 40 };
// Returns coordinate `key` of point i of Sobol's sequence, in units of 2^-32.
uint32_t sobol_at(uint32_t i, int key);

// --- parzen.c

// A density over one key, made of the values of some configurations (J. Bergstra et al. 2011, "Algorithms for
// hyper-parameter optimization"): a mixture of normal distributions. Each is as wide as its distance from the
// farther neighbour, except one that is as wide as the range. For a choice, the density is the share of each value.
struct parzen;
struct parzen *parzen_new(const struct sweep_range *r, const double *value, int n);
void parzen_free(struct parzen **p);
double parzen_draw(const struct parzen *p, struct draw *d);
double parzen_log(const struct parzen *p, double value); // returns the logarithm of the density
