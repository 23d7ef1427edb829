// encode, decode and generate: parse the options and write a split of a data set.
#include "cli/code_command.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/field.h"
#include "base/input.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/launch.h"
#include "cli/model_job.h"
#include "comm/comm.h"
#include "data/dataset_target.h"
#include "report/gallery_png.h"
#include "report/mosaic.h"
#include "store/schema.h"
#include "trial/ensemble_model.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEFAULT_COUNT = 100, DEFAULT_SEED = 1 }; // number and seed of the samples

struct code_request {
    const struct code_options *options;
    enum code_task task;
    const char *name, *model; // of the command; of the model as given
};

static int check_plane_picture(const struct code_job *j, struct err *e)
{
    const struct shape *s = &j->model->model->input;
    return mosaic_check(s->rank, s->dims, j->grid ? j->grid * j->grid : j->rows, e);
}

// Draws a picture of the samples that were just written.
static int draw_picture(const struct code_job *j, const char *path, struct err *e)
{
    const struct trained_model *m = j->model;
    struct mosaic p = {.rank = m->model->input.rank,
        .dims = m->model->input.dims,
        .count = j->rows,
        .columns = j->grid,
        .high = m->scaling.bytes_only ? 255 : 0};
    char *title = j->grid
                      ? mem_format("%s, trial %.8s: what the decoder makes of a plane of codes", m->experiment, m->id)
                      : mem_format("%s, trial %.8s: samples of the prior", m->experiment, m->id);

    p.title = title;
    int failed = mosaic_draw(&p, j->output, path, e);
    free(title);
    return failed;
}

static int write_codes(const struct team *team, const struct trained_model *m, const struct data_source *source,
    void *context, struct err *e)
{
    const struct code_request *c = context;
    struct code_job j = {.task = c->task,
        .model = m,
        .source = source,
        .output = c->options->output,
        .force = c->options->force,
        .rows = c->options->count ? c->options->count : DEFAULT_COUNT,
        .seed = c->options->seed,
        .grid = c->options->grid};
    char spent[48];
    double begin = clock_wall();
    const char *png = c->options->png;

    if (model_refuse_ensemble(m, c->model, c->name, e) != 0)
        return -1;
    if (png && check_plane_picture(&j, e) != 0)
        return -1;
    if (codes_write(team, &j, e) != 0)
        return -1;
    if (png && team->comm->rank == 0)
        draw_picture(&j, png, e);
    if (comm_agree(team->comm, e) != 0)
        return -1;
    log_line(LOG_RUN, "%s: %lld rows under trial %.8s in %s", j.output, (long long)j.rows, m->id,
        text_seconds(spent, clock_wall() - begin));
    if (png)
        log_line(LOG_RUN, "%s: their picture", png);

    return 0;
}

// Checks that the picture is not the file of --output. It may replace only another picture, and only with --force.
static void check_png(const struct code_options *o, const char *output, struct err *e)
{
    if (comm_launched_rank() != 0)
        return;
    if (strcmp(o->png, output) == 0 || input_is_same(o->png, output))
        err_add(e, ERR_USAGE, "--png: found %s, which is the file of --output, allowed: another name", o->png);
    else if (access(o->png, F_OK) == 0 && !o->force)
        err_add(e, ERR_USAGE, "--png: %s: is there already; --force replaces it", o->png);
    else
        picture_check_replace(o->png, e);
}

// Refuses options that contradict a grid: the grid gives the codes and their number, and no code is drawn.
static void check_grid(const struct code_options *o, struct err *e)
{
    if (o->grid && o->count)
        err_add(e, ERR_USAGE, "--count: found %lld with --grid %lld, which makes %lld samples, allowed: one of them",
            (long long)o->count, (long long)o->grid, (long long)(o->grid * o->grid));
    if (o->grid && o->seed != DEFAULT_SEED)
        err_add(e, ERR_USAGE, "--seed: found %lld with --grid, which draws no codes, allowed: one of them",
            (long long)o->seed);
}

int code_command(const struct command *command, enum code_task task, int argc, char **argv)
{
    struct code_options o = {0};
    struct err e = {0};
    struct code_request c = {.options = &o, .task = task};
    struct arguments rest;
    int parsed = options_parse(command, argc, argv, &o, &rest, &e);
    struct dataset_target target = {0};

    if (parsed == 0 && !o.output)
        err_add(&e, ERR_USAGE, "--output: missing, allowed: FILE.h5:SPLIT");
    else if (parsed == 0)
        dataset_target_parse(&target, o.output, &e);
    if (parsed == 0)
        check_grid(&o, &e);
    if (parsed == 0 && o.png && !e.count)
        check_png(&o, target.path, &e);
    if (parsed == 0 && !e.count) {
        c.name = command->name;
        c.model = rest.v[0];
        struct model_job j = {.model = rest.v[0],
            .data = rest.n > 1 ? rest.v[1] : NULL,
            .ranks = o.ranks,
            .threads = o.threads,
            .output = target.path,
            .format = FORMAT_DATASET,
            .force = o.force,
            .argc = argc,
            .argv = argv,
            .work = write_codes,
            .context = &c};
        model_job_run(&j, &e);
    }

    dataset_target_free(&target);
    field_free(command->fields, &o);
    return launch_print_errors(&e);
}
