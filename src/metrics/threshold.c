// The names of threshold rules, and those of their formulas that take more than one line.
#include "metrics/threshold.h"

#include "base/mem.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    double default_value, min, max;
    bool excludes_min, excludes_max;
} methods[THRESHOLD_METHODS] = {
    [THRESHOLD_QUANTILE] = {"quantile", .95, 0, 1, false, false},
    [THRESHOLD_SHARE] = {"share", .01, 0, 1, false, false},
    [THRESHOLD_MAD] = {"mad", 3.5, 0, 1e6, false, false},
    [THRESHOLD_MEAN_STD] = {"mean_std", 1, 0, 1e6, false, false},
    [THRESHOLD_POT] = {"pot", 1e-3, 0, .02, true, false},
    [THRESHOLD_CONFORMAL] = {"conformal", .05, 0, 1, true, true},
    [THRESHOLD_BEST_F1] = {"best_f1", 0, 0, 0, false, false},
    [THRESHOLD_VALUE] = {NULL, 0, 0, 0, false, false},
};

const char *threshold_method_name(int method)
{
    ASSERT(method >= 0 && method < THRESHOLD_METHODS, "method %d", method);
    return methods[method].name ? methods[method].name : "value";
}

bool threshold_needs_scores(const struct threshold_rule *rule)
{
    return rule->method == THRESHOLD_SHARE || rule->method == THRESHOLD_CONFORMAL || rule->method == THRESHOLD_BEST_F1;
}

// Sets *value to the number in `text`. Returns false if `text` is not a finite number.
static bool finite_number(const char *text, double *value)
{
    char *end;
    *value = strtod(text, &end);
    return end != text && !*end && isfinite(*value);
}

static bool parameter_is_allowed(int method, double v)
{
    bool is_above = methods[method].excludes_min ? v > methods[method].min : v >= methods[method].min;
    bool is_below = methods[method].excludes_max ? v < methods[method].max : v <= methods[method].max;
    return is_above && is_below;
}

static bool refuse_rule(const char *text, char why[256])
{
    snprintf(why, 256,
        "found '%.60s', allowed: quantile=0.99, share=0.01, mad=3.5, mean_std=3, pot=1e-3, conformal=0.05, best_f1, or a "
        "number",
        text);
    return false;
}

// Parses the parameter of a rule whose method is already parsed.
static bool parse_parameter(const char *text, const char *parameter, struct threshold_rule *rule, char why[256])
{
    int m = rule->method;
    if (m == THRESHOLD_BEST_F1) {
        snprintf(why, 256, "found '%.60s', allowed: best_f1, without a number", text);
        return false;
    }
    if (finite_number(parameter, &rule->value) && parameter_is_allowed(m, rule->value))
        return true;

    char open = methods[m].excludes_min ? '(' : '[', close = ')';
    if (!methods[m].excludes_max)
        close = ']';
    snprintf(why, 256, "found '%.60s', allowed: %s=NUMBER, in %c%g, %g%c", text, methods[m].name, open, methods[m].min,
        methods[m].max, close);
    return false;
}

bool threshold_rule_parse(const char *text, struct threshold_rule *rule, char why[256])
{
    size_t n = strcspn(text, "=");

    *rule = (struct threshold_rule){.method = THRESHOLD_VALUE};
    if (finite_number(text, &rule->value))
        return true;
    for (int m = 0; m < THRESHOLD_VALUE; m++) {
        if (strlen(methods[m].name) != n || strncmp(methods[m].name, text, n) != 0)
            continue;
        *rule = (struct threshold_rule){m, methods[m].default_value};
        return !text[n] || parse_parameter(text, text + n + 1, rule, why);
    }

    return refuse_rule(text, why);
}

// Writes the shortest decimal that reads back as the same number.
static void shortest_number(char out[32], double v)
{
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(out, 32, "%.*g", digits, v);
        if (strtod(out, NULL) == v)
            return;
    }
}

char *threshold_rule_text(char out[48], const struct threshold_rule *rule)
{
    char number[32];

    shortest_number(number, rule->value);
    if (rule->method == THRESHOLD_VALUE)
        snprintf(out, 48, "%s", number);
    else if (rule->method == THRESHOLD_BEST_F1)
        snprintf(out, 48, "best_f1");
    else
        snprintf(out, 48, "%s=%s", methods[rule->method].name, number);
    return out;
}

// --- peaks over a threshold

// Returns Grimshaw's gamma at x: the mean of log(1 + x y).
static double grimshaw_shape(const double *y, int n, double x)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += log1p(x * y[i]);
    return sum / n;
}

// Returns Grimshaw's u(x) v(x) - 1. Its roots are the stationary points of the likelihood.
static double grimshaw_slope(const double *y, int n, double x)
{
    double u = 0;
    for (int i = 0; i < n; i++)
        u += 1 / (1 + x * y[i]);
    return u / n * (1 + grimshaw_shape(y, n, x)) - 1;
}

// The search for the most likely Pareto distribution, and the best one so far.
struct pareto_search {
    const double *y; // (n) excesses with mean 1
    int n;
    struct pareto best;
    double likelihood; // of `best`, per excess
};

// Makes the solution at the root x the best one if it is more likely.
static void try_root(struct pareto_search *s, double x)
{
    double shape = grimshaw_shape(s->y, s->n, x), scale = shape / x;
    double likelihood = -log(scale) - 1 - shape;

    if (scale > 0 && isfinite(likelihood) && likelihood > s->likelihood) {
        s->best = (struct pareto){shape, scale};
        s->likelihood = likelihood;
    }
}

// Finds the root between a and b by bisection; the slope must have different signs there. Tries it as a solution.
static void bisect_root(struct pareto_search *s, double a, double b)
{
    enum { HALVINGS = 80 };
    bool is_rising = grimshaw_slope(s->y, s->n, a) < 0;

    for (int i = 0; i < HALVINGS; i++) {
        double middle = (a + b) / 2;
        if ((grimshaw_slope(s->y, s->n, middle) < 0) == is_rising)
            a = middle;
        else
            b = middle;
    }
    try_root(s, (a + b) / 2);
}

// Looks for roots between neighbouring points of a grid from `near` to `far`, which are on the same side of 0. The grid
// has equal steps of the logarithm.
static void search_grid(struct pareto_search *s, double near, double far)
{
    enum { STEPS = 100 };
    double ratio = pow(far / near, 1.0 / STEPS), x = near, slope = grimshaw_slope(s->y, s->n, x);

    ASSERT(far / near >= 1, "from %g to %g", near, far);
    for (int i = 1; i <= STEPS; i++) {
        double next = i == STEPS ? far : x * ratio, at_next = grimshaw_slope(s->y, s->n, next);
        if ((slope < 0) != (at_next < 0))
            bisect_root(s, x, next);
        x = next;
        slope = at_next;
    }
}

struct pareto pareto_fit(const double *excess, int n)
{
    static const double TINY = 1e-6, LARGE = 1e8;
    double mean = 0, least = INFINITY, most = 0;

    ASSERT(n > 0, "%d excesses", n);
    for (int i = 0; i < n; i++)
        mean += excess[i] / n;
    double *y = mem_new((size_t)n, sizeof *y);
    for (int i = 0; i < n; i++) {
        y[i] = excess[i] / mean;
        least = fmin(least, y[i]);
        most = fmax(most, y[i]);
    }

    // The slope always has a root at x = 0. There the shape is 0 in the limit: the exponential distribution, which is
    // the first solution.
    struct pareto_search s = {.y = y, .n = n, .best = {0, 1}, .likelihood = -1};
    double upper = fmin(2 * (1 - least) / (least * least), LARGE), lower = -1 / most;
    search_grid(&s, -TINY, lower * 0.5);
    search_grid(&s, lower * 0.5, lower * (1 - 1e-9));
    if (upper > TINY)
        search_grid(&s, TINY, upper);
    free(y);

    return (struct pareto){s.best.shape, s.best.scale * mean};
}

// Returns the size that an excess exceeds with probability p.
static double pareto_excess(const struct pareto *f, double p)
{
    return fabs(f->shape) < 1e-9 ? -f->scale * log(p) : f->scale / f->shape * (pow(p, -f->shape) - 1);
}

int pot_threshold(const float *largest, int64_t n, int64_t rows, double risk, double *threshold, struct err *e)
{
    enum { PEAKS_LEAST = 20, SHARE = 50 };
    int64_t peaks = rows / SHARE > PEAKS_LEAST ? rows / SHARE : PEAKS_LEAST;
    peaks = peaks < n ? peaks : n - 1;

    if (peaks < PEAKS_LEAST)
        return err_add(e, ERR_DATA,
            "threshold pot: found %lld calibration errors, allowed: at least %d; hint: quantile or mad",
            (long long)rows, PEAKS_LEAST + 1);
    if (isinf(largest[0]))
        return err_add(e, ERR_DATA, "threshold pot: the largest calibration error is infinite; hint: quantile or mad");

    double initial = (double)largest[peaks], *excess = mem_new((size_t)peaks, sizeof *excess);
    int above = 0;
    for (int64_t i = 0; i < peaks && (double)largest[i] > initial; i++)
        excess[above++] = (double)largest[i] - initial;

    double p = above ? risk * (double)rows / above : 1; // probability that an excess exceeds the threshold
    *threshold = initial;
    if (above && p < 1) {
        struct pareto fit = pareto_fit(excess, above);
        *threshold += pareto_excess(&fit, p);
    }
    free(excess);

    return 0;
}

// --- conformal

int64_t benjamini_hochberg(const double *p, int64_t n, double alpha)
{
    int64_t rejected = 0;
    for (int64_t i = 0; i < n; i++) {
        ASSERT(i == 0 || p[i - 1] <= p[i], "p-value %lld", (long long)i);
        if (p[i] <= alpha * (double)(i + 1) / (double)n)
            rejected = i + 1;
    }
    return rejected;
}
