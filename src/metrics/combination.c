// Normalises the errors of the members of an ensemble, and combines them row by row.
#include "metrics/combination.h"

#include <math.h>
#include <stddef.h>

const char *const combination_names[] = {"mean", "rank", "max", "low2", NULL};

// The offset is the quantile of this level, so that errors far below those of most normal rows all count as small.
#define OFFSET_LEVEL 0.01

static double transform_error(const struct normaliser *z, double error)
{
    return z->takes_log ? log(error + z->offset) : error;
}

double normaliser_apply(const struct normaliser *z, double error)
{
    ASSERT(z->scale > 0, "scale %g", z->scale);
    return (transform_error(z, error) - z->center) / z->scale;
}

// Returns the first quantile above 0 from OFFSET_LEVEL on, or 0 if there is none.
static double first_above_zero(const struct quantiles *q)
{
    for (int i = 0; i < q->n; i++)
        if (q->level[i] >= OFFSET_LEVEL && q->value[i] > 0)
            return q->value[i];
    return 0;
}

const char *normaliser_fit(const struct quantiles *errors, bool takes_log, struct normaliser *out)
{
    // Pairs of levels, and the distance between them of a standard normal distribution.
    static const struct {
        double low, high, width;
    } pairs[] = {{.25, .75, 1.349}, {.1, .9, 2.563}, {.05, .95, 3.290}, {.01, .99, 4.653}, {0, 1, 6.5}};
    const int n_pairs = (int)(sizeof pairs / sizeof *pairs);

    if (errors->n == 0)
        return "the file does not hold the errors of its training rows";
    for (int i = 0; i < errors->n; i++)
        if (!isfinite(errors->value[i]))
            return "some errors of normal rows are not finite";
    if (errors->value[0] == errors->value[errors->n - 1])
        return "the errors of all normal rows are equal";
    if (takes_log && errors->value[0] < 0)
        return "some errors of normal rows are below 0";

    *out = (struct normaliser){.takes_log = takes_log, .offset = takes_log ? first_above_zero(errors) : 0};
    ASSERT(!takes_log || out->offset > 0, "all errors are 0");
    out->center = transform_error(out, quantiles_value(errors, 0.5));

    for (int i = 0; i < n_pairs && !(out->scale > 0); i++) {
        double low = transform_error(out, quantiles_value(errors, pairs[i].low));
        double high = transform_error(out, quantiles_value(errors, pairs[i].high));
        out->scale = (high - low) / pairs[i].width;
    }
    return out->scale > 0 ? NULL : "the errors of all normal rows are nearly equal";
}

double combination_rank(const struct quantiles *errors, bool takes_log, double error)
{
    double upper, largest = errors->value[errors->n - 1];

    ASSERT(errors->n > 0 && !isnan(error), "%d levels", errors->n);
    if (error > largest)
        return 1 + (takes_log ? log(error / largest) : error - largest);
    double lower = quantiles_share(errors, error, &upper);
    return (lower + upper) / 2;
}

static double member_value(const struct combination *c, int member, double error)
{
    const struct normaliser *z = &c->normaliser[member];

    return c->rule == COMBINE_RANK ? combination_rank(&c->errors[member], z->takes_log, error)
                                   : normaliser_apply(z, error);
}

// Returns the mean of the two lowest votes. A single vote is its own mean.
static double mean_of_two_lowest(const double *vote, int n)
{
    double first = INFINITY, second = INFINITY;

    for (int i = 0; i < n; i++)
        if (vote[i] < first) {
            second = first;
            first = vote[i];
        } else if (vote[i] < second) {
            second = vote[i];
        }
    return n == 1 ? first : (first + second) / 2;
}

static double join_votes(enum combination_rule rule, const double *vote, int n)
{
    double sum = 0, largest = -INFINITY;

    if (n == 0)
        return NAN;
    if (rule == COMBINE_LOW2)
        return mean_of_two_lowest(vote, n);

    for (int i = 0; i < n; i++) {
        sum += vote[i];
        largest = fmax(largest, vote[i]);
    }
    return rule == COMBINE_MAX ? largest : sum / n;
}

void combination_scores(const struct combination *c, const float *const *error, int64_t rows, float *out)
{
    ASSERT(c->n > 0 && c->kinds > 0 && c->kinds <= COMBINATION_KINDS, "%d members of %d kinds", c->n, c->kinds);
    for (int64_t row = 0; row < rows; row++) {
        double sum[COMBINATION_KINDS] = {0}, vote[COMBINATION_KINDS];
        int count[COMBINATION_KINDS] = {0}, votes = 0;

        for (int i = 0; i < c->n; i++)
            if (!isnan(error[i][row])) {
                sum[c->kind[i]] += member_value(c, i, (double)error[i][row]);
                count[c->kind[i]]++;
            }

        for (int k = 0; k < c->kinds; k++)
            if (count[k] > 0)
                vote[votes++] = sum[k] / count[k];
        out[row] = (float)join_votes(c->rule, vote, votes);
    }
}
