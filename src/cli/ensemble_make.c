// Makes an ensemble in one process. Files are opened one after the other, because each is checked by a child first.
#include "cli/ensemble_make.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "comm/comm.h"
#include "leaderboard/candidate.h"
#include "leaderboard/consensus.h"
#include "leaderboard/ensemble.h"
#include "leaderboard/leaderboard.h"
#include "leaderboard/row.h"
#include "leaderboard/run_ensemble.h"
#include "leaderboard/run_file.h"
#include "leaderboard/run_read.h"
#include "leaderboard/trial_open.h"
#include "metrics/combination.h"
#include "report/select.h"
#include "score/reference.h"
#include "store/schema.h"
#include "store/store.h"
#include "train/train.h"
#include "trial/member_judge.h"
#include "trial/reference_file.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// The work on one ensemble. All arrays are owned.
struct ensemble_work {
    const struct ensemble_request *request;
    struct leaderboard_row *rows; // (n_rows) of the run, best first
    int n_rows;
    struct member_candidate *candidate; // (n), in order of the rows
    int n;
    struct member_judgement *judgement; // (n); zero: not judged
    struct reference reference;         // of the scores of normal rows; levels = 0: none
    struct reference step_reference;    // of the scores of the time steps of normal rows, if samples are windows
};

static void work_free(struct ensemble_work *w)
{
    for (int i = 0; i < w->n && w->judgement; i++)
        member_judgement_free(&w->judgement[i]);
    free(w->judgement);
    candidates_free(&w->candidate, w->n);
    rows_free(&w->rows, w->n_rows);
    reference_free(&w->reference);
    reference_free(&w->step_reference);
}

// --- candidates

static int read_one_candidate(struct ensemble_work *w, const struct leaderboard_row *row, struct err *e)
{
    struct store_file *f = trial_open(row, e);
    const int rc = f ? candidate_read(f, row->group, row, &w->candidate[w->n], e) : -1;

    if (rc == 0)
        w->n++;
    else if (f)
        candidate_clear(&w->candidate[w->n]);
    store_close(&f);
    return rc;
}

// Reads the trials that can be members and meet the conditions.
static int read_candidates(struct ensemble_work *w, struct err *e)
{
    const struct ensemble_request *q = w->request;
    struct leaderboard *b = leaderboard_new(w->rows, w->n_rows);
    int found, rc = 0, *wanted = select_rows(b, q->where.v, q->where.n, NULL, &found, e);

    leaderboard_free(&b);
    if (!wanted)
        return -1;
    w->candidate = mem_new((size_t)found + 1, sizeof *w->candidate);
    for (int i = 0; i < found && rc == 0; i++)
        if (row_may_be_member(&w->rows[wanted[i]]))
            rc = read_one_candidate(w, &w->rows[wanted[i]], e);
    free(wanted);

    const char *why = q->where.n ? "see --where" : "all diverged, or are stale";
    if (rc == 0 && w->n == 0)
        rc = err_add(
            e, ERR_USAGE, "%s: none of %d trial%s can be a member: %s", q->run, w->n_rows, text_plural(w->n_rows), why);
    return rc;
}

// Keeps the best K candidates without a veto, and the ones with a veto.
static void keep_top(struct ensemble_work *w)
{
    int64_t members = 0;
    int kept = 0;

    for (int i = 0; i < w->n; i++) {
        const bool is_kept = w->candidate[i].veto || members < w->request->top;
        members += !w->candidate[i].veto;
        if (is_kept)
            w->candidate[kept++] = w->candidate[i];
        else
            candidate_clear(&w->candidate[i]);
    }
    w->n = kept;
}

static int choose_candidates(struct ensemble_work *w, struct err *e)
{
    if (read_candidates(w, e) != 0)
        return -1;
    if (!candidates_share_data(w->candidate, w->n))
        return err_add(e, ERR_USAGE,
            "%s: the trials have different data, allowed: the same rows; hint: --where selects trials, such as --where "
            "'data.fold = 1'",
            w->request->run);

    candidates_keep_one_per_lineage(w->candidate, w->n);
    if (w->request->top)
        keep_top(w);
    return 0;
}

// --- judging by data

// Judges the candidates without a veto. If their data is not there, sets *why and stops.
static void judge_candidates(struct ensemble_work *w, char **why)
{
    const struct comm self = {.size = 1};
    const struct team team = {.comm = &self, .threads = w->request->threads};

    w->judgement = mem_new((size_t)w->n + 1, sizeof *w->judgement);
    for (int i = 0; i < w->n && !*why; i++) {
        struct err found = {0};
        if (w->candidate[i].veto)
            continue;
        if (member_judge(&team, w->candidate[i].row, &w->judgement[i], &found) != 0)
            *why = mem_format("%.*s", (int)strcspn(found.text, "\n"), found.text);
        else if (w->judgement[i].veto)
            w->candidate[i].veto = mem_text(w->judgement[i].veto);
    }
}

// Returns the scores of the normal rows, and sets *rows to their number. Returns NULL and an error if memory runs out.
static float *score_normal_rows(const struct ensemble_work *w, const struct ensemble *x, int64_t *rows, struct err *e)
{
    const float **error = mem_new((size_t)x->n, sizeof *error);
    int64_t n = 0;
    int member = 0;

    for (int i = 0; i < w->n; i++)
        if (!w->candidate[i].veto) {
            ASSERT(member == 0 || w->judgement[i].rows == n, "members with %lld rows", (long long)n);
            n = w->judgement[i].rows;
            error[member++] = w->judgement[i].error;
        }
    float *score = mem_array((size_t)n, sizeof *score, "scores of normal rows", e);
    if (score)
        combination_scores(&x->combination, error, n, score);

    free(error);
    *rows = n;
    return score;
}

// Scores of normal rows, or of their time steps.
struct normal_scores {
    float *score; // (n), borrowed
    int64_t n;
    double quantile; // of the threshold
    bool is_held_out;
};

// Summarises scores, and sets *threshold. Moves those that are not NaN to the front of the array.
static int summarise_scores(const struct normal_scores *s, struct reference *out, double *threshold, struct err *e)
{
    int64_t rows = 0;
    int rc = 0;

    for (int64_t i = 0; i < s->n; i++)
        if (!isnan(s->score[i]))
            s->score[rows++] = s->score[i];
    if (rows > 0)
        rc = reference_add_errors(out, s->score, rows, s->quantile, threshold, e);
    if (rows > 0 && rc == 0 && s->is_held_out)
        rc = reference_add_validation(out, s->score, rows, e);
    return rc;
}

// Returns the member whose settings the ensemble has: the first one with a reconstruction, else the first one.
static int find_lead(const struct ensemble_work *w)
{
    int first = -1;

    for (int i = 0; i < w->n; i++) {
        if (w->candidate[i].veto)
            continue;
        if (w->judgement[i].reconstructs)
            return i;
        first = first < 0 ? i : first;
    }
    ASSERT(first >= 0, "%d candidates, and no member", w->n);
    return first;
}

// Makes the references of the scores of normal rows and, if these are windows, of their time steps.
static int make_ensemble_reference(struct ensemble_work *w, struct ensemble *x, struct err *e)
{
    const int lead = find_lead(w);
    const struct member_judgement *j = &w->judgement[lead];
    float *step = NULL;
    int64_t rows, steps;
    float *score = score_normal_rows(w, x, &rows, e);
    int rc = score ? 0 : -1;

    if (rc == 0 && j->has_windows)
        rc = member_step_scores(w->candidate[lead].row, score, rows, &step, &steps, e);
    if (rc == 0 && j->has_windows)
        rc = summarise_scores(&(struct normal_scores){step, steps, j->quantile, x->is_held_out}, &w->step_reference,
            &x->step_threshold, e);
    if (rc == 0)
        rc = summarise_scores(
            &(struct normal_scores){score, rows, j->quantile, x->is_held_out}, &w->reference, &x->threshold, e);
    free(step);
    free(score);
    return rc;
}

// --- the file

// Writes what only a file of this command has.
static int extend_file(void *work, struct store_file *f, struct err *e)
{
    const struct ensemble_work *w = work;
    const struct reference_names names = {RUN_ENSEMBLE "/" TRIAL_REFERENCE, RUN_ENSEMBLE, NULL, NULL};
    const struct reference_names of_steps = {
        RUN_ENSEMBLE "/" TRIAL_REFERENCE "/" SCORES_STEPS, RUN_ENSEMBLE, NULL, NULL};
    int rc = reference_write(f, &names, &w->reference, e);

    rc |= reference_write(f, &of_steps, &w->step_reference, e);
    return rc | store_set_text(f, "", RUN_KIND, RUN_KIND_ENSEMBLE, e);
}

static int add_member_trial(struct run_writer *writer, const struct leaderboard_row *row, struct err *e)
{
    struct store_file *f = trial_open(row, e);
    const int rc = f ? run_writer_add(writer, f, row->group, row->id, e) : -1;

    store_close(&f);
    return rc;
}

static int write_ensemble_file(struct ensemble_work *w, struct ensemble *x, const struct output *output, struct err *e)
{
    const struct chosen_ensemble chosen = {x, extend_file, w};
    struct run_writer *writer = run_writer_new(output, e);
    struct leaderboard_row *rows = NULL;
    int n = 0, rc = writer ? 0 : -1;

    for (int i = 0; i < w->n && rc == 0; i++)
        if (!w->candidate[i].veto)
            rc = add_member_trial(writer, w->candidate[i].row, e);
    if (writer && rc != 0)
        run_writer_abandon(&writer);
    if (rc == 0) {
        run_writer_choose(writer, &chosen);
        rc = run_writer_end(&writer, &rows, &n, e);
    }
    rows_free(&rows, n);
    return rc;
}

// --- all

static bool has_set(const struct ensemble_work *w, const char *set)
{
    for (int i = 0; i < w->n_rows; i++)
        if (row_find_set(&w->rows[i], set))
            return true;
    return false;
}

// Returns the metric of a test set that a column holds, or NULL if it holds none. The column is METRIC, or SET.METRIC
// if there are several sets.
static const struct metric *find_set_metric(const struct ensemble_work *w, const char *column)
{
    const char *dot = strrchr(column, '.');
    char *set = dot ? mem_format("%.*s", (int)(dot - column), column) : NULL;
    const struct metric *m = set_metrics;

    while (m->name && strcmp(m->name, dot ? dot + 1 : column) != 0)
        m++;
    const bool is_metric = m->name && (!set || has_set(w, set));
    free(set);
    return is_metric ? m : NULL;
}

// Notes the first metric that needs labels, and the first loss, by which --where chose members.
static void note_conditions(const struct ensemble_work *w, struct ensemble_made *out)
{
    const struct field_texts *where = &w->request->where;

    for (int i = 0; i < where->n; i++) {
        char *column = select_column(where->v[i]);
        const struct metric *m = find_set_metric(w, column);
        const bool is_loss = strcmp(column, "train_loss") == 0 || strcmp(column, "validation_loss") == 0 ||
                             (m && strcmp(m->name, "mean_error") == 0);
        if (m && metric_needs_labels(m) && !out->where_labels)
            out->where_labels = mem_text(column);
        if (is_loss && !out->where_loss)
            out->where_loss = mem_text(column);
        free(column);
    }
}

// Returns the options that select members, in new memory, or NULL if there are none.
static char *selection_text(const struct ensemble_request *q)
{
    struct text t = {0};

    for (int i = 0; i < q->where.n; i++)
        text_add(&t, "%s--where '%s'", i ? " " : "", q->where.v[i]);
    if (q->top)
        text_add(&t, "%s--top %lld", q->where.n ? " " : "", (long long)q->top);
    char *all = t.data ? mem_text(t.data) : NULL;
    text_free(&t);
    return all;
}

static int refuse_no_member(const struct ensemble_work *w, struct err *e)
{
    for (int i = 0; i < w->n; i++)
        err_add(e, ERR_USAGE, "%s: trial %s is left out: %s", w->request->run, w->candidate[i].row->id,
            w->candidate[i].veto);
    return err_add(e, ERR_USAGE, "%s: no member is left", w->request->run);
}

static int make_chosen(struct ensemble_work *w, const struct output *output, struct ensemble_made *out, struct err *e)
{
    struct ensemble *x = &out->ensemble;

    judge_candidates(w, &out->no_reference);
    int rc = candidates_join(w->candidate, w->n, w->request->rule, x, e);
    if (rc > 0)
        return refuse_no_member(w, e);
    if (rc == 0) {
        x->run = mem_text(w->request->run);
        x->selection = selection_text(w->request);
        note_conditions(w, out);
        out->chose_by_labels = w->request->top && !consensus_is_objective(w->rows, w->n_rows) &&
                               !isnan(w->rows[0].n_sets ? w->rows[0].set[0].roc_auc : NAN);
    }
    if (rc == 0 && !out->no_reference)
        rc = make_ensemble_reference(w, x, e);
    out->reference_rows = w->reference.levels ? w->reference.rows : 0;
    return rc == 0 ? write_ensemble_file(w, x, output, e) : rc;
}

int ensemble_make(
    const struct ensemble_request *q, const struct output *output, struct ensemble_made *out, struct err *e)
{
    struct ensemble_work w = {.request = q};
    struct err bad = {0}; // errors of trial files, which are left out

    *out = (struct ensemble_made){.ensemble.threshold = NAN};
    int rc = run_read_rows(q->run, STORE_CHECK, &w.rows, &w.n_rows, &bad);
    if (rc == 0 && w.n_rows == 0 && !bad.count)
        rc = err_add(e, ERR_USAGE, "%s: no trial is finished yet", q->run);
    if (rc == 0 && w.n_rows > 0)
        rc = choose_candidates(&w, e);
    if (rc == 0 && w.n > 0)
        rc = make_chosen(&w, output, out, e);

    err_merge(e, &bad);
    work_free(&w);
    return rc;
}

void ensemble_made_free(struct ensemble_made *m)
{
    ensemble_free(&m->ensemble);
    free(m->no_reference);
    free(m->where_labels);
    free(m->where_loss);
    *m = (struct ensemble_made){0};
}
