// Computes the errors of time steps from those of windows with apply/step_lines.c. Keeps each array in an unnamed file.
#include "apply/new_steps.h"

#include "apply/score_places.h"
#include "apply/scores_coordinates.h"
#include "apply/scores_file.h"
#include "apply/spool.h"
#include "apply/step_lines.h"
#include "apply/steps_file.h"
#include "base/err.h"
#include "base/mem.h"
#include "score/score.h"
#include "store/schema.h"
#include "store/store.h"
#include "trial/trial_file.h"
#include <stdlib.h>
#include <string.h>

struct new_steps {
    struct score_pass *pass;           // borrowed
    struct step_lines *lines;          // owned
    struct spool error, index, source; // the errors (float), row numbers (int64) and file numbers (int32) of the steps
    struct spooled_names names;
    struct score_naming naming;
    int64_t n;
};

static int keep_step(void *context, const struct step_line *line, struct err *e)
{
    struct new_steps *s = context;
    const int32_t file = line->file;
    struct score_place place = {.row = line->row};

    place.id = (struct row_text){line->id, line->id ? strlen(line->id) : 0};
    place.time = (struct row_text){line->time, line->time ? strlen(line->time) : 0};
    s->n++;
    return spool_write(&s->error, &line->error, sizeof line->error, e) |
           spool_write(&s->index, &line->row, sizeof line->row, e) | spool_write(&s->source, &file, sizeof file, e) |
           spooled_names_add(&s->names, &s->naming, &place, e);
}

struct new_steps *new_steps_begin(struct score_pass *p)
{
    struct new_steps *s = mem_new(1, sizeof *s);

    ASSERT(p->rows, "%s: a data set", p->name);
    *s = (struct new_steps){.pass = p, .naming = score_naming_of(p)};
    s->lines = step_lines_new(p, keep_step, s);
    return s;
}

void new_steps_free(struct new_steps **s)
{
    if (!*s)
        return;
    step_lines_free(&(*s)->lines);
    spool_close(&(*s)->error);
    spool_close(&(*s)->index);
    spool_close(&(*s)->source);
    spooled_names_close(&(*s)->names);
    free(*s);
    *s = NULL;
}

int new_steps_add(struct new_steps *s, int64_t first, int64_t n, const float *error, struct err *e)
{
    return step_lines_add(s->lines, first, n, error, e);
}

static int write_kept_steps(const struct new_steps *s, const struct steps_place *to, struct err *e)
{
    const struct coordinate_place names = {to->f, to->group, STEPS_STEP, to->n};
    struct store_stream *error = NULL, *index = NULL, *source = NULL;

    if (steps_begin_group(to, s->pass->job->model, e) != 0)
        return -1;
    index = steps_begin_column(to, SCORES_INDEX, STORE_I64, STEPS_INDEX_ABOUT, e);
    if (spool_copy(&s->index, sizeof(int64_t), &index, e) != 0)
        return -1;
    source = steps_begin_column(to, SCORES_SOURCE, STORE_I32, STEPS_SOURCE_ABOUT, e);
    if (spool_copy(&s->source, sizeof(int32_t), &source, e) != 0)
        return -1;
    if (spooled_names_write(&s->names, s->pass, &names, e) != 0)
        return -1;
    error = steps_begin_error(to, e);
    return spool_copy(&s->error, sizeof(float), &error, e);
}

int new_steps_write(struct new_steps *s, struct store_file *f, struct err *e)
{
    struct score_pass *p = s->pass;
    int rc = step_lines_finish(s->lines, e);
    char *group = mem_format("%s/" SCORES_STEPS, p->group);

    ASSERT(rc != 0 || s->n == p->out->steps, "%lld of %lld steps", (long long)s->n, (long long)p->out->steps);
    if (rc == 0)
        rc = write_kept_steps(s, &(struct steps_place){f, group, s->n}, e);
    if (rc == 0)
        rc = trial_write_metrics(f, group, score_job_error_name(p->job), &p->out->of_steps.evaluation, e);
    free(group);
    return rc;
}
