// Fills the cells of a comparison: sums while trials are added, then means, efficiency and the Pareto front.
#include "report/compare_impl.h"

#include <math.h>

static const struct set_results *find_scored_set(const struct leaderboard_row *trial)
{
    for (int i = 0; i < trial->n_sets; i++)
        if (!isnan(trial->set[i].roc_auc))
            return &trial->set[i];
    return NULL;
}

// Adds a ROC AUC to a cell that has already counted the trial. The first trial sets the confidence interval; from the
// second on, `low` and `high` are the smallest and the largest value.
static void cell_add_auc(struct compare_cell *cell, const struct set_results *set)
{
    ASSERT(cell->n > 0);
    if (cell->n == 1) {
        cell->low = set->roc_auc_low;
        cell->high = set->roc_auc_high;
    } else {
        bool is_second = cell->n == 2;
        cell->low = fmin(is_second ? cell->auc : cell->low, set->roc_auc);
        cell->high = fmax(is_second ? cell->auc : cell->high, set->roc_auc);
    }
    cell->auc += set->roc_auc;
}

void cell_add_trial(struct compare_cell *cell, const struct leaderboard_row *trial)
{
    const struct set_results *set = find_scored_set(trial);
    double cores = (double)(trial->ranks * trial->threads);

    if (trial->has_diverged) {
        cell->diverged++;
        return;
    }

    cell->n++;
    cell->loss += isnan(trial->validation_loss) ? trial->train_loss : trial->validation_loss;
    cell->epoch_seconds += trial->epochs ? trial->seconds / (double)trial->epochs : NAN;
    cell->rate += trial->samples_per_second;
    cell->cores += cores;
    cell->core_hours += trial->wall_seconds * cores / 3600;
    if (set)
        cell_add_auc(cell, set);
    else
        cell->auc = NAN;
}

void cell_finish(struct compare_cell *cell)
{
    double n = cell->n ? cell->n : NAN;
    double *means[] = {&cell->loss, &cell->auc, &cell->epoch_seconds, &cell->rate, &cell->cores, &cell->core_hours};

    ASSERT(cell->n >= 0 && cell->diverged >= 0, "%d trials, %d diverged", cell->n, cell->diverged);
    for (size_t i = 0; i < sizeof means / sizeof *means; i++)
        *means[i] /= n;

    if (isnan(cell->auc))
        cell->low = cell->high = NAN;
    cell->efficiency = NAN;
}

void cells_set_efficiency(struct compare_cell *row, int columns)
{
    const struct compare_cell *base = NULL;
    int found = 0;

    for (int i = 0; i < columns; i++)
        if (row[i].n > 0) {
            found++;
            base = base && base->cores <= row[i].cores ? base : &row[i];
        }

    ASSERT((base != NULL) == (found > 0));
    for (int i = 0; i < columns && found > 1; i++)
        row[i].efficiency = row[i].rate / row[i].cores / (base->rate / base->cores);
}

bool cells_have_auc(const struct compare_cell *cell, int n)
{
    for (int i = 0; i < n; i++)
        if (!isnan(cell[i].auc))
            return true;
    return false;
}

double cell_quality(const struct compare_cell *cell, bool by_auc)
{
    return by_auc ? cell->auc : -cell->loss;
}

// Returns true if `other` is at least as good as `mine` and costs no more, and is strictly better or strictly cheaper.
static bool cell_dominates(const struct compare_cell *other, const struct compare_cell *mine, bool by_auc)
{
    double p = cell_quality(other, by_auc), q = cell_quality(mine, by_auc);
    bool is_as_good = other->n > 0 && p >= q && other->core_hours <= mine->core_hours;
    return is_as_good && (p > q || other->core_hours < mine->core_hours);
}

void cells_mark_front(struct compare_cell *cell, int n)
{
    bool by_auc = cells_have_auc(cell, n);
    for (int i = 0; i < n; i++) {
        struct compare_cell *mine = &cell[i];
        mine->is_front = mine->n > 0 && !isnan(cell_quality(mine, by_auc)) && !isnan(mine->core_hours);
        for (int k = 0; k < n && mine->is_front; k++)
            mine->is_front = !cell_dominates(&cell[k], mine, by_auc);
    }
}
