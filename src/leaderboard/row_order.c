// Compares rows by their metrics.
#include "leaderboard/row_order.h"

#include "base/err.h"
#include <math.h>
#include <string.h>

static double first_auc(const struct leaderboard_row *s)
{
    for (int i = 0; i < s->n_sets; i++)
        if (!isnan(s->set[i].roc_auc))
            return s->set[i].roc_auc;
    return NAN;
}

// Compares two values; the smaller one comes first, NaN comes last.
static int compare_values(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) - isnan(b);
    return (a > b) - (a < b);
}

double row_loss(const struct leaderboard_row *s)
{
    double auc = first_auc(s);

    if (s->has_diverged)
        return NAN;
    if (!isnan(auc))
        return -auc;
    return isnan(s->validation_loss) ? s->train_loss : s->validation_loss;
}

// Compares whether rows are stale, and whether they diverged.
static int compare_states(const struct leaderboard_row *x, const struct leaderboard_row *y)
{
    int order = row_is_stale(x) - row_is_stale(y);

    return order ? order : x->has_diverged - y->has_diverged;
}

int row_compare(const void *a, const void *b)
{
    const struct leaderboard_row *x = a, *y = b;
    int order = compare_states(x, y);

    order = order ? order : compare_values(-first_auc(x), -first_auc(y));
    return order ? order : row_compare_losses(x, y);
}

int row_compare_losses(const struct leaderboard_row *x, const struct leaderboard_row *y)
{
    ASSERT(x->id && y->id, "a row without id");
    int order = compare_states(x, y);

    order = order ? order : compare_values(x->validation_loss, y->validation_loss);
    order = order ? order : compare_values(x->train_loss, y->train_loss);
    return order ? order : strcmp(x->id, y->id);
}
