// Densities over the values of one key (Bergstra et al. 2011, section 4). The values of a logarithmic key are replaced
// by their logarithms. The range of an integer key extends 1/2 beyond its least and its greatest value, because draws
// are rounded.
#include "search/search_impl.h"

#include "base/mem.h"
#include <math.h>
#include <stdlib.h>

struct parzen {
    struct sweep_range range;
    double low, high; // ends of the range; logarithms if the key is logarithmic
    int n;
    double *mean, *width; // (n), owned: of the normal distributions; NULL for a choice
    double *mass; // (n), owned: the part of each distribution inside the range; for a choice, the share of each value
};

static double scale_of_value(const struct sweep_range *r, double value)
{
    return range_is_log(r) ? log(value) : value;
}

static double value_of_scale(const struct sweep_range *r, double x)
{
    return range_round(r, range_is_log(r) ? exp(x) : x);
}

static double normal_cumulative(double x)
{
    return 0.5 * erfc(-x * M_SQRT1_2);
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void fill_choice(struct parzen *p, const double *value, int n)
{
    p->n = (int)p->range.high + 1;
    p->mass = mem_new((size_t)p->n, sizeof *p->mass);
    for (int i = 0; i < p->n; i++)
        p->mass[i] = 1.0 / p->n / (n + 1);
    for (int i = 0; i < n; i++) {
        ASSERT(value[i] >= 0 && value[i] < p->n, "value %g of %d", value[i], p->n);
        p->mass[(int)value[i]] += 1.0 / (n + 1);
    }
}

// Sets the width of each distribution to its distance from the farther of its two neighbours, within limits. The
// distribution at `prior`, the middle of the range, is as wide as the range. Also sets the masses.
static void fill_widths(struct parzen *p, double prior)
{
    double all = p->high - p->low, least = all / fmin(100, p->n + 1);

    for (int i = 0; i < p->n; i++) {
        double below = p->mean[i] - (i > 0 ? p->mean[i - 1] : p->low);
        double above = (i < p->n - 1 ? p->mean[i + 1] : p->high) - p->mean[i];
        p->width[i] = fmin(fmax(fmax(below, above), least), all);
    }

    int middle = 0;
    while (p->mean[middle] != prior) {
        middle++;
        ASSERT(middle < p->n, "%g is missing", prior);
    }
    p->width[middle] = all;

    for (int i = 0; i < p->n; i++) {
        double above = (p->high - p->mean[i]) / p->width[i], below = (p->low - p->mean[i]) / p->width[i];
        p->mass[i] = normal_cumulative(above) - normal_cumulative(below);
    }
}

struct parzen *parzen_new(const struct sweep_range *r, const double *value, int n)
{
    ASSERT(n >= 0, "%d", n);
    struct parzen *p = mem_new(1, sizeof *p);

    p->range = *r;
    if (r->kind == SWEEP_CHOICE) {
        fill_choice(p, value, n);
        return p;
    }

    double half = range_is_integer(r) ? 0.5 : 0;
    p->low = scale_of_value(r, r->low - half);
    p->high = scale_of_value(r, r->high + half);
    p->n = n + 1;
    p->mean = mem_new((size_t)p->n, sizeof *p->mean);
    p->width = mem_new((size_t)p->n, sizeof *p->width);
    p->mass = mem_new((size_t)p->n, sizeof *p->mass);

    double prior = (p->low + p->high) / 2;
    for (int i = 0; i < n; i++)
        p->mean[i] = scale_of_value(r, value[i]);
    p->mean[n] = prior;
    qsort(p->mean, (size_t)p->n, sizeof *p->mean, compare_doubles);
    fill_widths(p, prior);

    return p;
}

void parzen_free(struct parzen **p)
{
    free((*p)->mean);
    free((*p)->width);
    free((*p)->mass);
    free(*p);
    *p = NULL;
}

static double draw_normal(struct draw *d)
{
    double u = 1 - draw_unit(d), v = draw_unit(d); // in (0, 1] and [0, 1); G. Box and M. Muller 1958
    return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

static double draw_choice(const struct parzen *p, struct draw *d)
{
    double left = draw_unit(d);
    int i = 0;
    while (i < p->n - 1 && (left -= p->mass[i]) >= 0)
        i++;
    return i;
}

double parzen_draw(const struct parzen *p, struct draw *d)
{
    enum { TRIES = 64 }; // at least a third of each distribution is inside the range
    if (p->range.kind == SWEEP_CHOICE)
        return draw_choice(p, d);

    int i = (int)(draw_unit(d) * p->n);
    ASSERT(i < p->n, "%d of %d", i, p->n);
    double x = p->mean[i];
    for (int tries = 0; tries < TRIES; tries++) {
        double at = p->mean[i] + p->width[i] * draw_normal(d);
        if (at >= p->low && at <= p->high) {
            x = at;
            break;
        }
    }

    return value_of_scale(&p->range, x);
}

double parzen_log(const struct parzen *p, double value)
{
    if (p->range.kind == SWEEP_CHOICE) {
        ASSERT(value >= 0 && value < p->n, "value %g of %d", value, p->n);
        return log(p->mass[(int)value]);
    }

    double x = scale_of_value(&p->range, value), sum = 0;
    for (int i = 0; i < p->n; i++) {
        double z = (x - p->mean[i]) / p->width[i];
        sum += exp(-z * z / 2) / (p->width[i] * p->mass[i]);
    }

    return log(sum / (p->n * sqrt(2 * M_PI)));
}
