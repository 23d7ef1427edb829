// The combinations of values of a sweep, by number. Without rules that leave some out, the number of a combination is
// computed; with such rules, the numbers that are left are listed once.
#include "spec/spec_impl.h"

#include "base/mem.h"
#include <math.h>
#include <stdlib.h>

// Returns the number of values in a range, or -1 if it is infinite.
static int64_t range_values(const struct sweep_range *r)
{
    bool is_endless = r->kind == SWEEP_UNIFORM || r->kind == SWEEP_LOG_UNIFORM;
    return is_endless ? -1 : (int64_t)(r->high - r->low) + 1;
}

// Returns a * b, or -1 if b is -1 or the product is more than SPEC_MAX_TRIALS. `a` is at least 1.
static int64_t multiply_trials(int64_t a, int64_t b)
{
    ASSERT(a > 0, "%ld", (long)a);
    return b > 0 && b <= SPEC_MAX_TRIALS / a ? a * b : -1;
}

static bool is_counted(const struct spec_sweep *s, int k, int without)
{
    return k != without && s->key[k].leader < 0;
}

// Returns the number of combinations, including those that rules leave out, or -1 if it is infinite or too large.
static int64_t count_all(const struct spec_sweep *s, int without)
{
    int64_t n = 1;
    for (int k = 0; k < s->n && n > 0; k++)
        n = is_counted(s, k, without) ? multiply_trials(n, range_values(&s->key[k].range)) : n;
    return n;
}

// Sets the free keys to their values in combination `number`. Numbers here count all combinations, including those that
// rules leave out.
static void set_free_keys(const struct spec_sweep *s, int without, int64_t number, double *value)
{
    for (int k = s->n - 1; k >= 0; k--) {
        if (!is_counted(s, k, without))
            continue;
        int64_t n = range_values(&s->key[k].range);
        ASSERT(n > 0, "%s: %ld values", s->key[k].item->key, (long)n);
        value[k] = s->key[k].range.low + (double)(number % n);
        number /= n;
    }
}

// Returns the place of a free key's value in its list or range. If the key does not vary, returns the place of a key
// that follows it and varies, or 0 if there is none.
static int64_t value_place(const struct spec_sweep *s, int key, const double *value)
{
    const struct sweep_key *k = &s->key[key];
    if (!isnan(value[key]))
        return (int64_t)(value[key] - k->range.low);
    for (int i = 0; i < s->n; i++)
        if (s->key[i].leader == key && s->key[i].n > 1 && !isnan(value[i]))
            return (int64_t)value[i];
    return 0;
}

// Returns the number of a completed combination. Numbers here count all combinations, as in set_free_keys.
static int64_t number_of_all(const struct spec_sweep *s, int without, const double *value)
{
    int64_t number = 0;
    for (int k = 0; k < s->n; k++) {
        const struct sweep_range *r = &s->key[k].range;
        if (is_counted(s, k, without))
            number = number * range_values(r) + value_place(s, k, value);
    }
    return number;
}

// Lists the combinations that the rules allow. Combinations that differ only in keys that do not vary are listed once.
static void list_allowed(const struct spec_sweep *s, int without, struct sweep_list *list)
{
    int64_t all = count_all(s, without);
    double *value = mem_new((size_t)s->n + 1, sizeof *value);

    if (all < 0) {
        list->n = -1;
    } else {
        list->number = mem_new((size_t)all + 1, sizeof *list->number);
        for (int64_t i = 0; i < all; i++) {
            set_free_keys(s, without, i, value);
            spec_sweep_complete(s, value);
            if (number_of_all(s, without, value) == i && spec_sweep_is_allowed(s, value))
                list->number[list->n++] = (int32_t)i;
        }
    }
    free(value);
}

int sweep_space_read(struct spec_sweep *s, struct err *e)
{
    bool has_rules = s->config.only_if || s->n_exclude > 0;
    if (!has_rules)
        return 0;

    list_allowed(s, -1, &s->all);
    list_allowed(s, spec_sweep_seed_key(s), &s->seedless);
    return s->all.n == 0 ? node_error(s->config.exclude, e, "all combinations are excluded") : 0;
}

static const struct sweep_list *allowed_list(const struct spec_sweep *s, int without)
{
    bool has_rules = s->all.number || s->all.n < 0;
    ASSERT(!has_rules || without < 0 || without == spec_sweep_seed_key(s), "%d", without);
    return without < 0 ? &s->all : &s->seedless;
}

int64_t spec_sweep_combinations(const struct spec_sweep *s, int without)
{
    const struct sweep_list *list = allowed_list(s, without);
    return list->number || list->n < 0 ? list->n : count_all(s, without);
}

void spec_sweep_combination(const struct spec_sweep *s, int without, int64_t number, double *value)
{
    const struct sweep_list *list = allowed_list(s, without);
    set_free_keys(s, without, list->number ? list->number[number] : number, value);
    spec_sweep_complete(s, value);
}

int64_t spec_sweep_combination_number(const struct spec_sweep *s, int without, const double *value)
{
    const struct sweep_list *list = allowed_list(s, without);
    int64_t number = number_of_all(s, without, value);
    if (!list->number)
        return number;

    int64_t low = 0, high = list->n - 1;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (list->number[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low <= high && list->number[low] == number ? low : -1;
}

void spec_sweep_first(const struct spec_sweep *s, double *value)
{
    if (spec_sweep_combinations(s, -1) > 0) {
        spec_sweep_combination(s, -1, 0, value);
        return;
    }

    for (int k = 0; k < s->n; k++)
        value[k] = s->key[k].range.low;
    spec_sweep_complete(s, value);
    for (int k = 0; k < s->n && !spec_sweep_is_allowed(s, value); k++) {
        for (int i = 0; i < s->n; i++)
            value[i] = i == k ? s->key[i].range.high : s->key[i].range.low;
        spec_sweep_complete(s, value);
    }
}
