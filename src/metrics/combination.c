// Ranks the errors of the members of an ensemble, and combines them row by row.
#include "metrics/combination.h"

#include <math.h>
#include <stddef.h>

const char *const combination_names[] = {"mean", "rank", "max", "low2", NULL};

// A rank of 1 is as surprising as the largest error of this many rows. Measured on 15 tables: the score of an unbounded
// z of the logarithm of errors was worse, because single networks outvoted all others.
static const double SURPRISE_ROWS = 500;
static const double TAIL_WEIGHT = 0.05; // of what is beyond the largest error
static const double MOST_BEYOND =
    1000; // the same vote for all errors that are further beyond, infinite ones among them

const char *combination_refuse(const struct quantiles *errors)
{
    if (errors->n == 0)
        return "the file does not hold the errors of its training rows";
    for (int i = 0; i < errors->n; i++)
        if (!isfinite(errors->value[i]))
            return "some errors of normal rows are not finite";
    if (errors->value[0] == errors->value[errors->n - 1])
        return "the errors of all normal rows are equal";
    return NULL;
}

double combination_rank(const struct quantiles *errors, bool is_log, double error)
{
    double upper, largest = errors->value[errors->n - 1];

    ASSERT(errors->n > 0 && !isnan(error), "%d levels", errors->n);
    if (error > largest)
        return 1 + (is_log || largest <= 0 ? error - largest : log(error / largest));
    double lower = quantiles_share(errors, error, &upper);
    return (lower + upper) / 2;
}

double combination_vote(enum combination_rule rule, double rank)
{
    const double inside = fmin(rank, 1), beyond = fmin(rank - inside, MOST_BEYOND);

    return (rule == COMBINE_RANK ? inside : -log(1 - inside * (1 - 1 / SURPRISE_ROWS))) + TAIL_WEIGHT * beyond;
}

static double member_vote(const struct combination *c, int member, double error)
{
    return combination_vote(c->rule, combination_rank(&c->errors[member], c->is_log[member], error));
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
                sum[c->kind[i]] += member_vote(c, i, (double)error[i][row]);
                count[c->kind[i]]++;
            }

        for (int k = 0; k < c->kinds; k++)
            if (count[k] > 0)
                vote[votes++] = sum[k] / count[k];
        out[row] = (float)join_votes(c->rule, vote, votes);
    }
}
