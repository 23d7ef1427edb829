// Computes the columns of time steps. The names of the steps come from the data set. For rows of files, series_rows.c
// keeps them.
#include "apply/step_lines.h"

#include "apply/series_rows.h"
#include "base/err.h"
#include "base/mem.h"
#include "data/coordinates.h"
#include "data/row_reader.h"
#include "data/window.h"
#include "score/step_errors.h"
#include <math.h>
#include <stdlib.h>

struct step_lines {
    struct score_pass *pass; // borrowed
    step_writer write;
    void *context;              // the first argument of `write`
    struct step_errors *errors; // owned
    int64_t done;               // number of steps that were written
    double sum, largest;
};

static void count_step(struct step_lines *s, double error)
{
    struct steps_outcome *out = &s->pass->out->of_steps;

    if (isnan(error)) {
        out->unscored++;
        return;
    }
    s->sum += error;
    s->largest = error > s->largest ? error : s->largest;
    out->above += error > s->pass->job->step_threshold;
}

// Writes the next n steps of a data set.
static int write_stored_steps(struct step_lines *s, int64_t n, const float *error, struct err *e)
{
    const struct coordinates *c = row_reader_coordinates(s->pass->apply.reader, s->done, n, e);
    int rc = c ? 0 : -1;

    for (int64_t i = 0; i < n && rc == 0; i++) {
        char *time = coordinates_time_text(c, i);
        const char *id = c->id && *c->id[i] ? c->id[i] : NULL;
        rc = s->write(s->context, &(struct step_line){0, s->done + i, id, time, error[i]}, e);
        free(time);
    }
    return rc;
}

// Writes the next n steps of files.
static int write_new_steps(struct step_lines *s, int64_t n, const float *error, struct err *e)
{
    int rc = 0;

    for (int64_t i = 0; i < n && rc == 0; i++) {
        const struct series_step *step = series_rows_step(&s->pass->series, s->done + i);
        rc = s->write(s->context, &(struct step_line){step->file, step->row, step->id, step->time, error[i]}, e);
    }
    series_rows_forget(&s->pass->series, s->done + n);
    return rc;
}

static int write_steps_of(void *context, int64_t n, const float *error, struct err *e)
{
    struct step_lines *s = context;
    int rc = s->pass->rows ? write_new_steps(s, n, error, e) : write_stored_steps(s, n, error, e);

    for (int64_t i = 0; i < n; i++)
        count_step(s, (double)error[i]);
    s->done += n;
    return rc;
}

struct step_lines *step_lines_new(struct score_pass *p, step_writer write, void *context)
{
    struct step_lines *s = mem_new(1, sizeof *s);
    enum step_rule rule = (enum step_rule)p->job->model->trial.score.window;

    ASSERT(p->member->fit.window.length > 0, "%s: no windows", p->name);
    *s = (struct step_lines){.pass = p, .write = write, .context = context, .largest = -INFINITY};
    p->series.keeps_names = true;
    s->errors = step_errors_new(rule, p->member->fit.window.length, write_steps_of, s);
    return s;
}

void step_lines_free(struct step_lines **s)
{
    if (!*s)
        return;
    step_errors_free(&(*s)->errors);
    free(*s);
    *s = NULL;
}

int step_lines_add(struct step_lines *s, int64_t first, int64_t n, const float *error, struct err *e)
{
    const struct score_pass *p = s->pass;
    int rc = 0;

    for (int64_t i = 0; i < n && rc == 0; i++) {
        int64_t step =
            p->rows ? p->series.base + p->series.start[i] : windows_first_step(&p->apply.reader->windows, first + i);
        rc = step_errors_add(s->errors, step, error[i], e);
    }
    return rc;
}

int step_lines_finish(struct step_lines *s, struct err *e)
{
    struct score_pass *p = s->pass;
    struct steps_outcome *out = &p->out->of_steps;
    int64_t steps = p->rows ? p->series.base + p->series.n : p->apply.reader->steps;

    if (step_errors_end(s->errors, steps, e) != 0)
        return -1;
    int64_t scored = steps - out->unscored;
    out->uncovered = step_errors_uncovered(s->errors);
    ASSERT(out->uncovered <= out->unscored, "%lld steps", (long long)out->uncovered);
    p->out->steps = steps;
    out->evaluation = (struct evaluation){.mean = s->sum / (double)scored,
        .largest = scored ? s->largest : NAN,
        .unscored = out->unscored,
        .threshold = p->job->step_threshold,
        .roc_auc.auc = NAN};
    return 0;
}
