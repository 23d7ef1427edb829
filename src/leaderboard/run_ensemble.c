// Makes the ensemble of a run's file while it is written. Nothing is trained or scored again: all follows from what the
// trials have stored.
#include "leaderboard/run_ensemble.h"

#include "base/err.h"
#include "base/mem.h"
#include "leaderboard/candidate.h"
#include "leaderboard/ensemble.h"
#include "leaderboard/ensemble_scores.h"
#include "store/schema.h"
#include "store/store.h"

void run_ensemble_note(
    struct run_ensemble *r, struct store_file *f, const char *group, const struct leaderboard_row *row)
{
    struct err unreadable = {0}; // a trial without a good spec is no member; other readers report the damage

    if (r->chosen || !row_may_be_member(row) || r->n > RUN_ENSEMBLE_TRIALS)
        return;
    if (r->n % 64 == 0)
        r->candidate = mem_grow(r->candidate, (size_t)r->n + 64, sizeof *r->candidate);
    if (candidate_read(f, group, row, &r->candidate[r->n], &unreadable) == 0)
        r->n++;
    else
        candidate_clear(&r->candidate[r->n]);
}

static int note_no_ensemble(struct store_file *f, const char *reason, struct err *e)
{
    return store_set_text(f, RUN_LEADERBOARD, LEADERBOARD_NO_ENSEMBLE, reason, e);
}

// Makes the ensemble of all candidates. Returns 0; 1 if there is none; or -1 and an error.
static int join_candidates(struct run_ensemble *r, struct store_file *f, struct ensemble *x, struct err *e)
{
    if (r->n < 2)
        return note_no_ensemble(f, "fewer than two trials can be members", e) == 0 ? 1 : -1;
    if (r->n > RUN_ENSEMBLE_TRIALS)
        return note_no_ensemble(f, "there are too many trials", e) == 0 ? 1 : -1;
    if (!candidates_share_data(r->candidate, r->n))
        return note_no_ensemble(f, "the trials have different data", e) == 0 ? 1 : -1;

    candidates_keep_one_per_lineage(r->candidate, r->n);
    int rc = candidates_join(r->candidate, r->n, COMBINE_MEAN, x, e);
    if (rc >= 0 && x->n < 2)
        rc = note_no_ensemble(f, "fewer than two trials can be members", e) == 0 ? 1 : -1;
    return rc;
}

// Notes why an ensemble has no scores, if it has none.
static int note_no_scores(struct store_file *f, const struct leaderboard_row *rows, int n, struct err *e)
{
    bool has_sets = false;

    if (store_has(f, RUN_ENSEMBLE "/" TRIAL_SCORES))
        return 0;
    for (int i = 0; i < n; i++)
        has_sets = has_sets || rows[i].n_sets > 0;
    return note_no_ensemble(
        f, has_sets ? "the trials have no errors of a common test set" : "there is no test set to score", e);
}

int run_ensemble_write(
    struct run_ensemble *r, struct store_file *f, const struct leaderboard_row *rows, int n, struct err *e)
{
    struct ensemble own = {0};
    const struct ensemble *x = r->chosen ? r->chosen->ensemble : &own;
    int rc = r->chosen ? 0 : join_candidates(r, f, &own, e);

    if (rc == 0)
        rc = ensemble_write(f, x, e);
    if (rc == 0)
        rc = ensemble_scores_write(f, rows, n, x, e);
    if (rc == 0)
        rc = note_no_scores(f, rows, n, e);
    if (rc == 0 && r->chosen)
        rc = r->chosen->extend(r->chosen->context, f, e);

    ensemble_free(&own);
    candidates_free(&r->candidate, r->n);
    r->n = 0;
    return rc < 0 ? -1 : 0;
}
