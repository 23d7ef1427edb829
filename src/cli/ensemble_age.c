// Compares the ensemble in a run's folder with the trials that the run has now. Only ids are compared.
#include "cli/ensemble_age.h"

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "leaderboard/candidate.h"
#include "leaderboard/ensemble.h"
#include "leaderboard/run_read.h"
#include "leaderboard/trial_open.h"
#include "store/store.h"
#include "trial/model_open.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Returns the folder of the run whose ensemble.h5 is the model, in new memory. Returns NULL if it is another model.
static char *folder_of_ensemble(const char *name)
{
    static const char own[] = MODEL_ENSEMBLE_ID ".h5";
    const char *id = model_id(name);
    if (id && strcmp(id, MODEL_ENSEMBLE_ID) != 0)
        return NULL; // a single member

    char *file = model_file(name), *slash = strrchr(file, '/');
    char *folder = slash ? mem_format("%.*s", (int)(slash - file), file) : mem_text(".");
    char *run = mem_format("%s/run.h5", folder);
    const bool is_own = strcmp(slash ? slash + 1 : file, own) == 0 && access(run, R_OK) == 0;

    free(run);
    free(file);
    if (is_own)
        return folder;
    free(folder);
    return NULL;
}

// Returns true if the file names the trial, as a member or as one that is left out.
static bool knows_trial(const struct ensemble *x, const char *id)
{
    for (int i = 0; i < x->n; i++)
        if (strcmp(x->member[i].id, id) == 0)
            return true;
    for (int i = 0; i < x->n_vetoes; i++)
        if (strcmp(x->veto[i].id, id) == 0)
            return true;
    return false;
}

static bool is_usable_trial(const struct leaderboard_row *rows, int n, const char *id)
{
    for (int i = 0; i < n; i++)
        if (strcmp(rows[i].id, id) == 0)
            return row_may_be_member(&rows[i]);
    return false;
}

// Warns of trials that are missing. Members that the user has selected need not be all trials.
static void compare_with_run(
    const char *folder, const char *file, const struct ensemble *x, const struct leaderboard_row *rows, int n)
{
    const char *selection = x->selection ? x->selection : "";
    int usable = 0, missing = 0, gone = 0;

    for (int i = 0; i < n; i++)
        if (row_may_be_member(&rows[i])) {
            usable++;
            missing += !x->selection && !knows_trial(x, rows[i].id);
        }
    for (int i = 0; i < x->n; i++)
        gone += !is_usable_trial(rows, n, x->member[i].id);

    if (missing || gone)
        log_warning(
            "%s has %d member%s, but the run has %d usable trial%s now (%d not in the file; %d of its members stale or "
            "gone); hint: hourglass ensemble %s%s%s",
            file, x->n, text_plural(x->n), usable, text_plural(usable), missing, gone, folder, *selection ? " " : "",
            selection);
}

// Errors are reported when the model is loaded.
void ensemble_warn_of_age(const char *name)
{
    char *folder = folder_of_ensemble(name), *file = folder ? model_file(name) : NULL;
    struct err ignored = {0};
    struct store_file *f = folder ? run_open(file, &ignored) : NULL;
    struct leaderboard_row *rows = NULL;
    struct ensemble x;
    int n = 0;

    if (f && ensemble_is_model(f) && ensemble_read(f, &x, &ignored) == 0) {
        if (run_read_rows(folder, STORE_CHECK, &rows, &n, &ignored) == 0)
            compare_with_run(folder, file, &x, rows, n);
        rows_free(&rows, n);
        ensemble_free(&x);
    }
    store_close(&f);
    free(file);
    free(folder);
}
