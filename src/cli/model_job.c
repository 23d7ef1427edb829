// Applies a trained model to new data: launches ranks, starts MPI, loads the model, does the work and ends MPI.
#include "cli/model_job.h"

#include "apply/new_rows.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/ensemble_age.h"
#include "cli/launch.h"
#include "cli/show.h"
#include "comm/comm.h"
#include "data/data_config.h"
#include "data/data_path.h"
#include "leaderboard/ensemble.h"
#include "leaderboard/leaderboard.h"
#include "leaderboard/run_read.h"
#include "leaderboard/trial_open.h"
#include "store/schema.h"
#include "store/store.h"
#include "train/train.h"
#include "trial/model_open.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void check_job_output(const struct model_job *j, const char *data, struct err *e)
{
    char *model = model_file(j->model);
    const char **inputs = mem_new((size_t)j->n_files + 2, sizeof *inputs);
    int n = 0;

    inputs[n++] = model;
    inputs[n++] = data;
    for (int i = 0; i < j->n_files; i++)
        inputs[n++] = j->files[i];
    const char *option = j->output_option ? j->output_option : "--output";
    if (store_check_output(option, j->output, inputs, n, e) == 0 && !j->force &&
        (!j->format || strcmp(j->format, FORMAT_DATASET) != 0) && access(j->output, F_OK) == 0)
        err_add(e, ERR_USAGE, "%s: is there already; --force replaces it", j->output);
    else if (!e->count && j->format)
        store_check_replace(j->output, j->format, e);

    free(inputs);
    free(model);
}

// Checks (store_walk) the file of the split that `work` opens on its own.
static void walk_calibration(const char *name, struct err *e)
{
    struct data_source source = {0};

    if (!name || data_source_parse(name, NULL, &source, e) != 0)
        return;
    char *path = data_resolve(source.file, NULL, NULL, e);
    if (path)
        store_walk(path, e);
    free(path);
    data_source_free(&source);
}

// Warns if the user names a whole run, and its best trial is only the one with the lowest loss. Other errors of the run
// are reported when its model is loaded.
static void warn_of_choice(const char *model)
{
    char *path = model_file(model), *format = store_peek_format(path);
    struct err ignored = {0};

    if (!model_id(model) && format && strcmp(format, FORMAT_RUN) == 0) {
        struct store_file *f = run_open(path, &ignored);
        struct leaderboard *b = f && !ensemble_is_model(f) ? leaderboard_read(f, &ignored) : NULL;
        struct leaderboard_row *rows = b ? leaderboard_rows(b, path, &ignored) : NULL;
        if (rows)
            show_loss_warning(model, rows, b->n);
        rows_free(&rows, rows ? b->n : 0);
        leaderboard_free(&b);
        store_close(&f);
    }
    free(format);
    free(path);
}

// Checks the output, and walks the files that are read. Call it before MPI starts: store_walk forks, which is not
// always safe later.
static void walk_files(const struct model_job *j, const struct data_source *source, struct err *e)
{
    char *data = source ? data_resolve(source->file, NULL, NULL, e) : NULL;
    if (!e->count && j->output)
        check_job_output(j, data, e);
    if (e->count) {
        free(data);
        return;
    }
    if (model_walk(j->model, e) == 0) {
        warn_of_choice(j->model);
        ensemble_warn_of_age(j->model);
    }
    if (data)
        store_walk(data, e);
    walk_calibration(j->calibration, e);
    if (j->n_files)
        new_rows_walk((const char *const *)j->files, j->n_files, e);

    free(data);
}

static bool reads_standard_input(const struct model_job *j)
{
    for (int i = 0; i < j->n_files; i++)
        if (strcmp(j->files[i], CSV_STDIN) == 0)
            return true;
    return false;
}

static int threads_of(const struct model_job *j, const struct comm *world)
{
    int share = launch_threads(comm_local_size(world));
    ASSERT(share >= 1 && j->threads >= 0, "%d threads, %lld wanted", share, (long long)j->threads);
    return j->threads ? (int)j->threads : share;
}

static int work_on_model(
    const struct model_job *j, const struct comm *world, const struct data_source *source, struct err *e)
{
    struct team team = {.comm = world, .threads = threads_of(j, world)};
    struct trained_model m = {0};

    if (world->rank != 0)
        store_trust();
    team_set_threads(team.threads, e);
    model_load(j->model, &m, e);
    int failed = comm_agree(world, e);
    if (!failed)
        failed = j->work(&team, &m, source, j->context, e);
    model_unload(&m);

    return failed;
}

int model_job_run(const struct model_job *j, struct err *e)
{
    struct data_source source = {0};
    struct comm world = {0};

    ASSERT(j->model && j->work && !(j->data && j->n_files), "%d files", j->n_files);
    if (j->data && data_source_parse(j->data, NULL, &source, e) != 0)
        return -1;
    struct launch launch = {.ranks = j->ranks ? (int)j->ranks : 1,
        .threads = (int)j->threads,
        .is_wish = j->ranks > 0,
        .reads_input = reads_standard_input(j),
        .argc = j->argc,
        .argv = j->argv};
    if (launch_ranks(&launch, e) != 0) {
        data_source_free(&source);
        return -1;
    }
    if (comm_launched_rank() == 0)
        walk_files(j, j->data ? &source : NULL, e);
    log_setup(comm_launched_rank(), LOG_TRIAL);
    int failed = comm_start(&world, (int)j->threads, e);
    failed |= comm_agree(&world, e);
    if (!failed)
        failed = work_on_model(j, &world, j->data ? &source : NULL, e);
    comm_stop(&world);

    data_source_free(&source);
    return failed;
}
