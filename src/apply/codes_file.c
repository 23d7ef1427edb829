// Encodes rows, decodes codes, or decodes codes that are drawn from the prior of a model.
//
// Encoding runs the whole model and copies the code. Decoding runs a view of the model that begins after the encoder;
// the view borrows the layers and the parameters. Codes to decode are not scaled. Rows to encode are scaled, and
// decoded rows are scaled back.
//
// Generated codes do not come from a file: apply.c gets them from draw_codes or lay_grid. Each code depends only on the
// seed and its row number, so that samples do not depend on ranks and pieces.
#include "apply/codes_file.h"

#include "apply/apply.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/random.h"
#include "comm/comm.h"
#include "data/data_scaling.h"
#include "data/dataset_target.h"
#include "data/row_reader.h"
#include "kernels/kernels.h"
#include "nn/nn.h"
#include "store/schema.h"
#include "store/store.h"
#include "trial/trial_columns.h"
#include "trial/trial_steps.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct codes_writer {
    struct code_job *job;
    struct apply apply;
    struct model half;        // the model that is run: all of it, or a view of the decoder
    struct apply_model model; // `half` with its parameters
    struct shape in, out;     // shapes of an input row and of an output row
    struct scaling none;      // scaling of codes: they are not scaled
    struct row_fit fit;       // what input rows must match; the reader borrows it
    struct dataset_target target;
    struct store_file *f;       // owned; on rank 0
    struct store_stream *label; // owned; on rank 0; NULL: no labels
    int64_t *labels;            // owned; (piece rows)
    struct dataset prior;       // TASK_GENERATE: the codes of a piece; row and values are owned
};

static bool does_encode(const struct codes_writer *c)
{
    return c->job->task == TASK_ENCODE;
}

// --- the pass

static void visit_codes(const struct apply *a, struct workspace *ws, int64_t at, int rows, const real *x)
{
    struct codes_writer *c = a->context;
    const struct scaling *s = &c->job->model->scaling;
    int64_t width = a->output[0].width;
    float *to = a->output[0].piece + at * width;
    const real *y = does_encode(c) ? model_code(&c->half, ws) : model_reconstruct(&c->half, ws, rows);
    (void)x;

    ASSERT(at >= 0 && at + rows <= a->piece_rows, "%ld + %d of %ld", (long)at, rows, (long)a->piece_rows);
    for (int64_t i = 0; i < rows * width; i++)
        to[i] = (float)y[i];
    if (does_encode(c))
        return;

    ASSERT(width % s->columns == 0, "%d columns, %ld values", s->columns, (long)width);
    for (int r = 0; r < rows; r++, to += width)
        for (int64_t i = 0; i < width; i += s->columns) // a window holds every column once per time step
            scaling_invert(s, -1, to + i, to + i);
}

static int finish_codes_piece(struct apply *a, int64_t first, int64_t rows, struct err *e)
{
    struct codes_writer *c = a->context;
    if (!c->label)
        return 0;
    if (row_reader_labels(a->reader, first, rows, c->labels, e) < 0)
        return -1;
    return store_stream_write(c->label, rows, c->labels, e);
}

// Draws standard normal codes. Each depends only on the seed and its row.
static const struct dataset *draw_codes(struct apply *a, int64_t first, int64_t rows, struct err *e)
{
    enum { DRAWN = 1024 }; // values drawn at once; the random numbers depend on it, so never change it
    struct codes_writer *c = a->context;
    float *v = c->prior.values;
    real code[DRAWN];
    (void)e;

    ASSERT(rows <= a->piece_rows, "%ld of %ld", (long)rows, (long)a->piece_rows);
    for (int64_t i = 0; i < rows; i++, v += c->prior.columns) {
        c->prior.row[i] = v;
        for (int done = 0, n; done < c->prior.columns; done += n) {
            n = c->prior.columns - done < DRAWN ? c->prior.columns - done : DRAWN;
            kernels()->random_normal(
                (size_t)n, (uint64_t)c->job->seed, RANDOM_PRIOR, (uint32_t)(done / DRAWN), (uint32_t)(first + i), code);
            for (int k = 0; k < n; k++)
                v[done + k] = (float)code[k];
        }
    }

    c->prior.rows = rows;
    return &c->prior;
}

// Returns the p-quantile of the standard normal distribution, for p in (0, 1), by bisection.
static double normal_quantile(double p)
{
    double low = -40, high = 0;

    ASSERT(p > 0 && p < 1, "%g", p);
    if (p > 0.5)
        return -normal_quantile(1 - p);

    for (int i = 0; i < 64 && p < 0.5; i++) {
        double middle = (low + high) / 2;
        if (erfc(-middle / sqrt(2)) / 2 < p)
            low = middle;
        else
            high = middle;
    }

    return high;
}

static const struct dataset *lay_grid(struct apply *a, int64_t first, int64_t rows, struct err *e)
{
    struct codes_writer *c = a->context;
    float *v = c->prior.values;
    int64_t n = c->job->grid;
    (void)e;

    ASSERT(c->prior.columns == 2 && first + rows <= n * n, "%ld + %ld", (long)first, (long)rows);
    for (int64_t i = 0; i < rows; i++, v += 2) {
        int64_t column = (first + i) % n, line = (first + i) / n;
        c->prior.row[i] = v;
        v[0] = (float)normal_quantile(((double)column + 0.5) / (double)n);
        v[1] = (float)normal_quantile(((double)(n - 1 - line) + 0.5) / (double)n);
    }

    c->prior.rows = rows;
    return &c->prior;
}

static int make_prior(struct codes_writer *c, struct err *e)
{
    int columns = shape_size(&c->in);
    c->apply.rows = c->job->grid ? c->job->grid * c->job->grid : c->job->rows;
    c->apply.read = c->job->grid ? lay_grid : draw_codes;
    c->prior = (struct dataset){.columns = columns, .type = DATASET_F32};
    c->prior.values = mem_array((size_t)(c->apply.piece_rows * columns), sizeof(float), "codes", e);
    c->prior.row = mem_array((size_t)c->apply.piece_rows, sizeof *c->prior.row, "codes", e);
    return c->prior.values && c->prior.row ? 0 : -1;
}

// --- the file

static char *path_in_split(const struct codes_writer *c, const char *name)
{
    return mem_format("%s/%s", c->target.split, name);
}

// Returns the names of the dimensions of an output row.
static const char *const *code_scales(const struct codes_writer *c)
{
    return sample_scales(c->out.rank, !does_encode(c) && c->job->model->trial.data.window.length > 0);
}

static int write_code_features(struct codes_writer *c, int n, struct err *e)
{
    char *const *given = does_encode(c) ? NULL : c->job->model->features;
    const char *stem = does_encode(c) ? "code" : "feature";
    char **names = mem_new((size_t)n, sizeof *names);
    char *path = path_in_split(c, DATASET_FEATURE);
    struct store_shape shape = {STORE_TEXT, 1, {n}};
    struct store_about about = {.long_name = "name of the feature", .scales = {DATASET_FEATURE}};

    for (int i = 0; i < n; i++)
        names[i] = given ? mem_text(given[i]) : mem_format("%s_%d", stem, i + 1);
    int rc = store_write(c->f, path, &shape, names, &about, e);

    list_free(names, n);
    free(path);
    return rc;
}

static int write_code_scales(struct codes_writer *c, struct err *e)
{
    char *path = path_in_split(c, DATASET_SAMPLE);
    int rc = apply_write_row_numbers(c->f, path, c->apply.rows, "row number", e);

    free(path);
    const char *const *scales = code_scales(c);
    for (int i = 0; i < c->out.rank && rc == 0; i++) {
        if (strcmp(scales[i], DATASET_FEATURE) == 0) {
            rc = write_code_features(c, c->out.dims[i], e);
            continue;
        }
        path = path_in_split(c, scales[i]);
        rc = store_write_index(c->f, path, c->out.dims[i], scales[i], e);
        free(path);
    }

    return rc;
}

static int begin_code_labels(struct codes_writer *c, struct err *e)
{
    const struct row_reader *r = c->apply.reader;
    if (!r || !r->has_label)
        return 0;
    char *path = path_in_split(c, DATASET_LABEL);
    c->labels = mem_array((size_t)c->apply.piece_rows, sizeof *c->labels, "labels", e);
    if (c->labels)
        c->label = apply_begin_column(c->f, path, STORE_I64, r->rows, "label", e);
    free(path);
    return c->label ? 0 : -1;
}

static int write_code_attributes(struct codes_writer *c, struct err *e)
{
    static const char *const tasks[] = {"codes of %s", "reconstructions of %s", "samples of the prior%s"};
    const struct row_reader *r = c->apply.reader;
    const char *split = c->target.split;
    char date[32], what[300];

    ASSERT((size_t)c->job->task < sizeof tasks / sizeof *tasks, "%d", (int)c->job->task);
    snprintf(what, sizeof what, tasks[c->job->task], r ? r->name : "");
    char *origin = mem_format("%s, trial %s", what, c->job->model->id);
    int rc = store_set_text(c->f, split, DATASET_SOURCE, origin, e);
    free(origin);

    rc |= store_set_text(c->f, split, DATASET_CREATED, clock_date(date), e);
    if (c->label)
        rc |= store_set_text(c->f, split, DATASET_LABEL_NAME, r->label_name, e);
    if (c->label)
        rc |= trial_write_label_names(c->f, split, r->label_names, r->n_label_names, e);

    return rc;
}

static int begin_codes_file(struct codes_writer *c, struct err *e)
{
    if (!(c->f = dataset_target_create(&c->target, c->job->force, e)))
        return -1;
    int rc = write_code_scales(c, e);
    rc |= begin_code_labels(c, e);
    return rc | write_code_attributes(c, e);
}

// --- the whole

// Returns the decoder as a view of the model, whose layers it borrows.
static struct model decoder_of(const struct model *m)
{
    struct model d = *m;
    ASSERT(m->n_encoder > 0 && m->n_encoder <= m->n_layers, "%d of %d", m->n_encoder, m->n_layers);
    d.layers += m->n_encoder;
    d.n_layers -= m->n_encoder;
    d.input = m->code;
    return d;
}

// Checks that the model can do the task.
static int check_code_task(const struct code_job *job, struct err *e)
{
    const struct model *m = job->model->model;
    const char *code_layer = layer_name(&m->layers[m->n_encoder - 1]);

    if (job->task != TASK_ENCODE && m->n_layers == m->n_encoder)
        return err_add(e, ERR_USAGE, "trial %s: its model has no decoder", job->model->id);
    if (job->task != TASK_ENCODE && job->model->scaling.n_groups)
        return err_add(e, ERR_USAGE,
            "trial %s: it scales by group (data.scale.by), and codes have no groups, so that their rows cannot be given "
            "back in original units",
            job->model->id);
    if (job->task != TASK_ENCODE && job->model->scaling.normalizes)
        return err_add(e, ERR_USAGE,
            "trial %s: it divides each picture by its own level (data.scale.normalize), and codes do not hold the level, "
            "so that pictures cannot be given back in original units",
            job->model->id);
    if (job->task == TASK_GENERATE && strcmp(code_layer, "gaussian") != 0)
        return err_add(e, ERR_USAGE,
            "trial %s: found a code of layer %s, allowed: gaussian, whose prior can be drawn from", job->model->id,
            code_layer);
    if (job->grid && shape_size(&m->code) != 2)
        return err_add(e, ERR_USAGE, "--grid: trial %s: found a code of %d values, allowed: 2, for the sides of a grid",
            job->model->id, shape_size(&m->code));

    return 0;
}

// Chooses the part of the model that runs, and adds its output. Returns -1 and an error if the model cannot do the
// task.
static int choose_half(struct codes_writer *c, struct err *e)
{
    const struct model *m = c->job->model->model;
    if (check_code_task(c->job, e) < 0)
        return -1;
    c->half = does_encode(c) ? *m : decoder_of(m);
    c->in = does_encode(c) ? m->input : m->code;
    c->out = does_encode(c) ? m->code : m->input;
    c->none.columns = shape_size(&c->in);
    const struct apply_array array = {
        c->target.split, DATASET_X, "data", c->out.rank, c->out.dims, code_scales(c), false};
    apply_add(&c->apply, &array);
    return 0;
}

static int open_code_input(struct codes_writer *c, struct err *e)
{
    const struct trained_model *model = c->job->model;
    int64_t width = c->apply.output[0].width;

    if (c->job->task == TASK_GENERATE) {
        c->apply.piece_rows = apply_piece(c->apply.team, width + c->none.columns);
        return make_prior(c, e);
    }

    c->fit = (struct row_fit){.scaling = &c->none, .shape_rank = c->in.rank};
    memcpy(c->fit.shape, c->in.dims, sizeof c->fit.shape);
    if (does_encode(c)) {
        c->fit.features = model->features;
        c->fit.columns = &model->columns;
        c->fit.scaling = &model->scaling;
        c->fit.window = model->trial.data.window;
    }
    return apply_open(&c->apply, c->job->source, &c->fit, width, e);
}

// Collective. Runs the model over all rows and writes the split.
static int write_codes_file(struct codes_writer *c, struct err *e)
{
    const struct comm *comm = c->apply.team->comm;
    struct err ignored = {0};

    if (comm->rank == 0)
        begin_codes_file(c, e);
    if (comm_agree(comm, e) < 0)
        return -1;

    int rc = apply_run(&c->apply, c->f, e);
    rc |= store_stream_end(&c->label, rc < 0 ? &ignored : e);
    if (rc == 0 && comm->rank == 0)
        store_commit(&c->f, e);

    return comm_agree(comm, e);
}

int codes_write(const struct team *team, struct code_job *job, struct err *e)
{
    struct codes_writer c = {.job = job};
    c.model = (struct apply_model){&c.half, job->model->w};
    c.apply = (struct apply){.team = team,
        .models = &c.model,
        .n_models = 1,
        .visit = visit_codes,
        .finish_piece = finish_codes_piece,
        .context = &c};

    if (dataset_target_parse(&c.target, job->output, e) == 0 && choose_half(&c, e) == 0)
        open_code_input(&c, e);
    int rc = comm_agree(team->comm, e);
    if (rc == 0)
        rc = write_codes_file(&c, e);
    job->rows = c.apply.rows;

    store_abandon(&c.f);
    apply_free(&c.apply);
    dataset_target_free(&c.target);
    free(c.prior.values);
    free(c.prior.row);
    free(c.labels);
    return rc;
}
