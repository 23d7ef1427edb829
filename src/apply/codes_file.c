// The halves of a trained model at work: rows become codes, codes become rows, numbers from the prior become rows.
#include "apply/codes_file.h"

#include "apply/apply.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/random.h"
#include "data/dataset_target.h"
#include "kernels/kernels.h"
#include "store/schema.h"
#include "trial/trial_file.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct coding {
    struct code_job *job;
    struct apply apply;
    struct model half;    // what runs: the model, or a view of its decoder
    struct shape in, out; // of a row that comes in and that goes out
    struct scaling none;  // codes are taken as they are
    struct dataset_target target;
    struct store_file *f;       // on rank 0, owned
    struct store_stream *label; // on rank 0, owned; NULL: no labels
    int64_t *labels;            // (piece rows), owned
    struct dataset prior;       // of TASK_GENERATE: the codes of a piece; row and values are owned
};

// --- the pass

static void visit(const struct apply *a, struct workspace *ws, int64_t at, int rows, const real *x)
{
    struct coding *c = a->context;
    const struct scaling *s = &c->job->model->scaling;
    int64_t width = a->output[0].width;
    float *to = a->output[0].piece + at * width;
    bool encodes = c->job->task == TASK_ENCODE;
    const real *y = encodes ? model_code(a->m, ws) : model_reconstruct(a->m, ws, rows);
    (void)x;
    for (int64_t i = 0; i < rows * width; i++)
        to[i] = (float)y[i];
    if (encodes || !s->factor)
        return;
    for (int r = 0; r < rows; r++, to += width)
        for (int64_t i = 0; i < width; i++)
            to[i] = (float)((double)to[i] / s->factor[i] + s->shift[i]);
}

static int finish_piece(struct apply *a, int64_t first, int64_t rows, struct err *e)
{
    struct coding *c = a->context;
    if (!c->label)
        return 0;
    if (row_reader_labels(a->reader, first, rows, c->labels, e) != 0)
        return -1;
    return store_stream_write(c->label, rows, c->labels, e);
}

// Standard normal codes, each a function of seed and row.
static const struct dataset *draw(struct apply *a, int64_t first, int64_t rows, struct err *e)
{
    struct coding *c = a->context;
    float *v = c->prior.values;
    real code[1024];
    (void)e;
    for (int64_t i = 0; i < rows; i++, v += c->prior.columns) {
        c->prior.row[i] = v;
        for (int done = 0, n; done < c->prior.columns; done += n) {
            n = c->prior.columns - done < 1024 ? c->prior.columns - done : 1024;
            kernels()->random_normal(
                (size_t)n, (uint64_t)c->job->seed, RANDOM_PRIOR, (uint32_t)(done / 1024), (uint32_t)(first + i), code);
            for (int k = 0; k < n; k++)
                v[done + k] = (float)code[k];
        }
    }
    c->prior.rows = rows;
    return &c->prior;
}

// By bisection: the x below which a standard normal number lies with probability p in (0, 1).
static double normal_quantile(double p)
{
    if (p > 0.5)
        return -normal_quantile(1 - p);
    double low = -40, high = 0;
    for (int i = 0; i < 64 && p < 0.5; i++) {
        double middle = (low + high) / 2;
        if (erfc(-middle / sqrt(2)) / 2 < p)
            low = middle;
        else
            high = middle;
    }
    return high;
}

// The codes of a grid.
static const struct dataset *lay(struct apply *a, int64_t first, int64_t rows, struct err *e)
{
    struct coding *c = a->context;
    float *v = c->prior.values;
    int64_t n = c->job->grid;
    (void)e;
    for (int64_t i = 0; i < rows; i++, v += 2) {
        int64_t column = (first + i) % n, line = (first + i) / n;
        c->prior.row[i] = v;
        v[0] = (float)normal_quantile(((double)column + 0.5) / (double)n);
        v[1] = (float)normal_quantile(((double)(n - 1 - line) + 0.5) / (double)n);
    }
    c->prior.rows = rows;
    return &c->prior;
}

static int make_prior(struct coding *c, struct err *e)
{
    int columns = shape_size(&c->in);
    c->apply.rows = c->job->grid ? c->job->grid * c->job->grid : c->job->rows;
    c->apply.read = c->job->grid ? lay : draw;
    c->prior = (struct dataset){.columns = columns, .type = DATASET_F32};
    c->prior.values = mem_array((size_t)(c->apply.piece_rows * columns), sizeof(float), "codes", e);
    c->prior.row = mem_array((size_t)c->apply.piece_rows, sizeof *c->prior.row, "codes", e);
    return c->prior.values && c->prior.row ? 0 : -1;
}

// --- the file

static char *in_split(const struct coding *c, const char *name)
{
    return mem_format("%s/%s", c->target.split, name);
}

static int write_features(struct coding *c, struct err *e)
{
    int n = shape_size(&c->out);
    bool encodes = c->job->task == TASK_ENCODE;
    char *const *given = encodes ? NULL : c->job->model->features;
    char **names = mem_new((size_t)n, sizeof *names), *path = in_split(c, DATASET_FEATURE);
    struct store_shape shape = {STORE_TEXT, 1, {n}};
    struct store_about about = {.long_name = "name of the feature", .scales = {DATASET_FEATURE}};
    for (int i = 0; i < n; i++)
        names[i] = given ? mem_text(given[i]) : mem_format("%s_%d", encodes ? "code" : "feature", i + 1);
    int failed = store_write(c->f, path, &shape, names, &about, e);
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
    free(path);
    return failed;
}

static int write_scales(struct coding *c, struct err *e)
{
    char *path = in_split(c, DATASET_SAMPLE);
    int failed = apply_write_numbers(c->f, path, STORE_I64, c->apply.rows, true, "row number", e);
    free(path);
    if (c->out.rank == 1)
        return failed | write_features(c, e);
    for (int i = 0; i < c->out.rank && !failed; i++) {
        path = in_split(c, sample_scales(c->out.rank)[i]);
        failed = store_write_index(c->f, path, c->out.dims[i], sample_scales(c->out.rank)[i], e);
        free(path);
    }
    return failed;
}

static int begin_labels(struct coding *c, struct err *e)
{
    const struct row_reader *r = c->apply.reader;
    if (!r || !r->has_label)
        return 0;
    char *path = in_split(c, DATASET_LABEL);
    struct store_shape shape = {STORE_I64, 1, {r->rows}};
    struct store_about about = {.long_name = "label", .units = "1", .scales = {DATASET_SAMPLE}};
    c->labels = mem_array((size_t)c->apply.piece_rows, sizeof *c->labels, "labels", e);
    c->label = c->labels ? store_stream_begin(c->f, path, &shape, &about, e) : NULL;
    free(path);
    return c->label ? 0 : -1;
}

static int set_attributes(struct coding *c, struct err *e)
{
    static const char *const tasks[] = {"codes of %s", "reconstructions of %s", "samples of the prior%s"};
    const struct row_reader *r = c->apply.reader;
    const char *split = c->target.split;
    char date[32], what[300];
    snprintf(what, sizeof what, tasks[c->job->task], r ? r->name : "");
    char *origin = mem_format("%s, trial %s", what, c->job->model->id);
    int failed = store_set_text(c->f, split, DATASET_SOURCE, origin, e);
    failed |= store_set_text(c->f, split, DATASET_CREATED, clock_date(date), e);
    if (c->label)
        failed |= store_set_text(c->f, split, DATASET_LABEL_NAME, r->label_name, e);
    if (c->label)
        failed |= trial_write_label_names(c->f, split, r->label_names, r->n_label_names, e);
    free(origin);
    return failed;
}

static int begin_file(struct coding *c, struct err *e)
{
    if (!(c->f = dataset_target_create(&c->target, c->job->force, e)))
        return -1;
    int failed = write_scales(c, e);
    failed |= begin_labels(c, e);
    return failed | set_attributes(c, e);
}

// --- the whole

// The decoder by itself: a view of the model, whose layers it borrows.
static struct model decoder_of(const struct model *m)
{
    struct model d = *m;
    d.layers += m->n_encoder;
    d.n_layers -= m->n_encoder;
    d.input = m->code;
    return d;
}

static int prepare(struct coding *c, struct err *e)
{
    const struct model *m = c->job->model->model;
    bool encodes = c->job->task == TASK_ENCODE;
    if (!encodes && m->n_layers == m->n_encoder)
        return err_add(e, ERR_USAGE, "trial %s: its model has no decoder", c->job->model->id);
    if (c->job->task == TASK_GENERATE && strcmp(layer_name(&m->layers[m->n_encoder - 1]), "gaussian") != 0)
        return err_add(e, ERR_USAGE,
            "trial %s: found a code of layer %s, allowed: gaussian, whose prior can be drawn from", c->job->model->id,
            layer_name(&m->layers[m->n_encoder - 1]));
    if (c->job->grid && shape_size(&m->code) != 2)
        return err_add(e, ERR_USAGE, "--grid: trial %s: found a code of %d values, allowed: 2, for the sides of a grid",
            c->job->model->id, shape_size(&m->code));
    c->half = encodes ? *m : decoder_of(m);
    c->in = encodes ? m->input : m->code;
    c->out = encodes ? m->code : m->input;
    c->none.columns = shape_size(&c->in);
    apply_add(&c->apply, c->target.split, DATASET_X, "data", c->out.rank, c->out.dims, sample_scales(c->out.rank));
    return 0;
}

static int open_input(struct coding *c, const struct row_fit *fit, struct err *e)
{
    int64_t width = c->apply.output[0].width;
    if (c->job->task != TASK_GENERATE)
        return apply_open(&c->apply, c->job->source, fit, width, e);
    c->apply.piece_rows = apply_piece(c->apply.team, width + c->none.columns);
    return make_prior(c, e);
}

static int run(struct coding *c, struct err *e)
{
    const struct comm *comm = c->apply.team->comm;
    if (comm->rank == 0)
        begin_file(c, e);
    if (comm_agree(comm, e) != 0)
        return -1;
    int failed = apply_run(&c->apply, c->f, e);
    struct err ignored = {0};
    failed |= store_stream_end(&c->label, failed ? &ignored : e);
    if (!failed && comm->rank == 0)
        store_commit(&c->f, e);
    return comm_agree(comm, e);
}

int code_new(const struct team *team, struct code_job *job, struct err *e)
{
    struct coding c = {.job = job};
    bool encodes = job->task == TASK_ENCODE;
    c.apply = (struct apply){
        .team = team, .m = &c.half, .w = job->model->w, .visit = visit, .finish_piece = finish_piece, .context = &c};
    struct row_fit fit = {
        .features = encodes ? job->model->features : NULL, .scaling = encodes ? &job->model->scaling : &c.none};
    if (dataset_target_parse(&c.target, job->output, e) == 0 && prepare(&c, e) == 0) {
        fit.shape_rank = c.in.rank;
        memcpy(fit.shape, c.in.dims, sizeof fit.shape);
        open_input(&c, &fit, e);
    }
    int failed = comm_agree(team->comm, e);
    if (!failed)
        failed = run(&c, e);
    job->rows = c.apply.rows;
    store_abandon(&c.f);
    apply_free(&c.apply);
    dataset_target_free(&c.target);
    free(c.prior.values);
    free(c.prior.row);
    free(c.labels);
    return failed;
}
