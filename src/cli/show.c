// Shows the leaderboard, samples, pictures and paths of a run, at the end of `run` and for `top`.
#include "cli/show.h"

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "leaderboard/candidate.h"
#include "leaderboard/ensemble_scores.h"
#include "leaderboard/objective.h"
#include "leaderboard/protocols.h"
#include "leaderboard/row.h"
#include "leaderboard/trial_open.h"
#include "report/compare_pair.h"
#include "report/leaderboard_table.h"
#include "report/series_picture.h"
#include "report/table.h"
#include "report/top.h"
#include "score/reference.h"
#include "store/store.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct leaderboard_row *find_trial(
    const struct leaderboard_row *rows, int n, const char *id, struct err *e)
{
    const struct leaderboard_row *found = NULL;
    for (int i = 0; i < n && !id; i++)
        if (!row_is_stale(&rows[i]))
            return &rows[i];
    if (!id)
        return &rows[0]; // all trials are stale
    for (int i = 0; i < n; i++)
        if (strncmp(rows[i].id, id, strlen(id)) == 0) {
            if (found) {
                err_add(
                    e, ERR_USAGE, "--trial: '%s' begins several ids, %s and %s among them", id, found->id, rows[i].id);
                return NULL;
            }
            found = &rows[i];
        }
    if (!found)
        err_add(e, ERR_USAGE, "--trial: no trial's id begins with '%s'", id);

    return found;
}

// Returns the folder of a run in new memory; `run` is that folder or a file in it. Pictures are written there.
static char *folder_of_run(const char *run)
{
    struct stat s;
    const char *slash = strrchr(run, '/');

    ASSERT(*run, "a run without a name");
    if (stat(run, &s) == 0 && S_ISDIR(s.st_mode))
        return mem_text(run);
    return slash ? mem_format("%.*s", (int)(slash - run), run) : mem_text(".");
}

// Draws the errors of the time steps of a test set, if its samples are windows.
static int show_series(const char *folder, const struct leaderboard_row *s, const char *set, struct err *e)
{
    char *picture = mem_format("%s/series-%.8s.png", folder, s->id);
    bool is_drawn;
    int failed = series_picture(s, set, picture, &is_drawn, e);

    if (!failed && is_drawn)
        log_print("Series       %s\n", picture);
    free(picture);
    return failed;
}

// Returns -1 and an error if the trial, or ensemble, cannot have the threshold that the user asks for.
static int check_rule_options(
    const struct leaderboard_row *s, bool is_ensemble, const struct show_options *o, struct err *e)
{
    if (is_ensemble && o->rule && o->rule->calibrate)
        return err_add(
            e, ERR_USAGE, "--calibrate: found with an ensemble, allowed: with a trial; hint: hourglass score");
    if (s->n_sets == 0 && o->rule && o->rule->threshold)
        return err_add(e, ERR_USAGE, "--threshold: trial %.8s has no test set; hint: hourglass score", s->id);
    return 0;
}

// Shows the samples of a trial, or of an ensemble, of which `member` is a trial; else NULL.
static int show_samples(const char *folder, const struct leaderboard_row *s, const struct leaderboard_row *member,
    const struct show_options *o, struct err *e)
{
    if (check_rule_options(s, member != NULL, o, e) != 0)
        return -1;
    if (s->has_diverged || s->n_sets == 0)
        return 0;
    char *picture = mem_format("%s/gallery-%.8s%s.png", folder, s->id, o->by_class ? "-by-class" : "");
    struct top_rule_options stored = {0};
    struct reference calibration;
    struct top_rule rule;
    if (top_rule_make(o->rule ? o->rule : &stored, s, &calibration, &rule, e) != 0) {
        reference_free(&calibration);
        free(picture);
        return -1;
    }

    struct top_selection top = {o->samples, o->list, o->by_class, o->set, picture, &rule, member};
    struct err found = {0};
    bool is_drawn;
    int failed = top_show(s, &top, &is_drawn, &found);
    bool is_wish = o->trial || o->by_class || o->set || rule.rule;
    bool is_gone = failed && found.kind == ERR_DATA && !is_wish; // a run may outlive its data, or be copied elsewhere
    is_gone = is_gone && !store_is_damage(&found);
    if (is_gone)
        log_print("\nNo samples   %.*s\n", (int)strcspn(found.text, "\n"), found.text);
    else
        err_merge(e, &found);
    if (!failed || is_gone)
        failed = top_report(s, &rule, e);
    if (!failed && is_drawn)
        log_print("\nGallery      %s\n", picture);
    if (!failed && !member)
        failed = show_series(folder, s, o->set, e);

    reference_free(&calibration);
    free(picture);
    return failed;
}

// Prints how many trials are stale, that is, of data that has changed since. Returns this number.
static int show_stale(const struct leaderboard_row *rows, int n)
{
    const char *sources = "";
    int stale = 0;
    for (int i = 0; i < n; i++)
        if (row_is_stale(&rows[i]) && stale++ == 0)
            sources = rows[i].stale;
    if (stale)
        log_print("%d trial%s stale: %s has changed since, and no such trial is taken for the best\n", stale,
            stale == 1 ? " is" : "s are", sources);
    return stale;
}

static void show_configurations(const struct leaderboard_row *rows, int n, int count)
{
    struct table *t = seed_statistics_table(rows, n, count);
    if (!t)
        return;
    printf("\nConfigurations, mean and standard deviation over their seeds or folds:\n");
    table_print(t, 0, stdout);
    table_free(&t);
}

static bool wants_ensemble(const char *id)
{
    return id && strcmp(id, ENSEMBLE_ROW_ID) == 0;
}

// Reads the ensemble of a run. Without run.h5, or if that is not about the n trials that are shown, there is none. If
// the user asks for the ensemble, and run.h5 has none, reads ensemble.h5.
static void find_ensemble(const char *run, int n, const char *id, struct ensemble_row *out)
{
    struct stat s;
    struct err unreadable = {0};
    char *path = stat(run, &s) == 0 && S_ISDIR(s.st_mode) ? mem_format("%s/run.h5", run) : mem_text(run);

    *out = (struct ensemble_row){0};
    if (stat(path, &s) == 0 && wants_ensemble(id))
        ensemble_row_find(path, out, &unreadable);
    else if (stat(path, &s) == 0)
        ensemble_row_read(path, out, &unreadable);
    if (out->trials != n && !out->from_file)
        ensemble_row_free(out);
    free(path);
}

static void show_table(const char *run, const struct leaderboard_row *rows, int n, const struct show_options *o,
    const struct leaderboard_row *ensemble)
{
    struct table *t = leaderboard_table(rows, n, o->rows, ensemble);

    printf("\n");
    table_print(t, 0, stdout);
    table_free(&t);
    if (o->rows && n > o->rows)
        log_print("and %d more: hourglass top %s --count 0\n", n - o->rows, run);
}

// Prints where the shown trial and all others are.
static void show_places(const char *run, const struct leaderboard_row *s, bool is_folder)
{
    if (row_is_ensemble(s))
        log_print("Ensemble     %s:%s\n", run, s->id);
    else if (row_is_in_journal(s))
        log_print("Trial        %s:%s\n", run, s->id);
    else if (*s->group)
        log_print("Trial        %s:%s\n", s->path, s->id);
    else
        log_print("Trial        %s\n", s->path);
    log_print("All trials   %s%s\n", run, is_folder ? "/run.h5" : "");
}

// Returns a trial with the same data as the ensemble, or NULL if there is none.
static const struct leaderboard_row *find_member(
    const struct leaderboard_row *rows, int n, const struct ensemble_row *x)
{
    for (int i = 0; i < n; i++)
        if (x->from_file ? strcmp(rows[i].id, x->member) == 0 : row_may_be_member(&rows[i]))
            return &rows[i];
    return NULL;
}

// Returns the row that the user asks for: a trial, or the ensemble, which then has a trial with the same data. Returns
// NULL and an error if there is no such row.
static const struct leaderboard_row *choose_shown(const char *run, const struct leaderboard_row *rows, int n,
    const char *id, const struct ensemble_row *x, struct err *e)
{
    if (!wants_ensemble(id))
        return find_trial(rows, n, id, e);

    if (!x->has_row) {
        char *why = ensemble_why_not(x, run);
        err_add(e, ERR_USAGE, "--trial: found 'ensemble', allowed: a trial; the run %s has no ensemble: %s", run, why);
        free(why);
        return NULL;
    }
    if (find_member(rows, n, x))
        return &x->row;
    err_add(e, ERR_USAGE, "%s: no usable trial is a member of the ensemble; hint: hourglass ensemble %s", run, run);
    return NULL;
}

static void show_summary(const char *run, const struct leaderboard_row *rows, int n, const struct show_options *o,
    const struct ensemble_row *x)
{
    show_table(run, rows, n, o, x->has_row ? &x->row : NULL);
    leaderboard_print_spread(rows, n, stdout);
    if (x->why_not && !x->is_model && n > 1) {
        char *why = ensemble_why_not(x, run);
        log_print("No ensemble  %s\n", why);
        free(why);
    }

    int ties = rows_count_ties(rows, n);
    if (ties > 1)
        printf(
            "Tie          %d trials are as good as the first; which of them leads is decided by their losses and ids\n",
            ties);
    best_trial_print_doubt(rows, n, stdout);
}

// The figures are those of experiments/README.md.
void show_loss_warning(const char *run, const struct leaderboard_row *rows, int n)
{
    const char *loss = rows_chosen_by_loss(rows, n);

    if (loss)
        log_warning(
            "without labels, the best trial is the one with the lowest %s: it reconstructs best, but on 15 tables its "
            "ROC AUC was 2 to 10 points below that of the best trial; hint: hourglass ensemble %s",
            loss, run);
}

// Shows the run with its ensemble.
static int show_all(const char *run, const struct leaderboard_row *rows, int n, const struct show_options *o,
    const struct ensemble_row *x, struct err *e)
{
    const char *id = x->has_row && x->is_model && !o->trial ? ENSEMBLE_ROW_ID : o->trial;
    const struct leaderboard_row *s = choose_shown(run, rows, n, id, x, e);
    if (!s)
        return -1;
    const struct leaderboard_row *member = s == &x->row ? find_member(rows, n, x) : NULL;

    char *folder = folder_of_run(run);
    show_summary(run, rows, n, o, x);
    if (!o->trial && !o->is_sorted)
        show_loss_warning(run, rows, n);
    int stale = show_stale(rows, n);
    show_configurations(rows, n, o->rows);
    if (stale == n && !o->trial) { // there is no best trial
        free(folder);
        return 0;
    }

    int failed = show_samples(folder, s, member, o, e);
    if (failed)
        log_print("\n");
    show_places(run, s, strcmp(folder, run) == 0);
    free(folder);
    return failed;
}

int show_run(const char *run, const struct leaderboard_row *rows, int n, const struct show_options *o, struct err *e)
{
    struct ensemble_row x;

    protocols_warn_rows(rows, n, run);
    find_ensemble(run, n, o->trial, &x);
    int failed = show_all(run, rows, n, o, &x, e);
    ensemble_row_free(&x);
    return failed;
}

static int print_trial_intervals(const struct leaderboard_row *s, bool is_ensemble, const struct show_options *o,
    enum scores_print how, struct err *e)
{
    struct top_rule_options stored = {0};
    struct reference calibration;
    struct top_rule rule;

    if (check_rule_options(s, is_ensemble, o, e) != 0)
        return -1;
    int rc = top_rule_make(o->rule ? o->rule : &stored, s, &calibration, &rule, e);
    if (rc == 0)
        rc = top_intervals_print(s, o->set, &rule, how, e);
    reference_free(&calibration);
    return rc;
}

int show_intervals(const char *run, const struct leaderboard_row *rows, int n, const struct show_options *o,
    enum scores_print how, struct err *e)
{
    struct ensemble_row x;

    find_ensemble(run, n, o->trial, &x);
    const struct leaderboard_row *s = choose_shown(run, rows, n, o->trial, &x, e);
    int rc = s ? print_trial_intervals(s, s == &x.row, o, how, e) : -1;
    ensemble_row_free(&x);
    return rc;
}
