// Computes the errors of time steps. A ring, with one cell per step of a window, holds the steps that later windows may
// still cover.
#include "score/step_errors.h"

#include "base/mem.h"
#include "data/window.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const step_rule_names[] = {"mean", "max", "center", "last", NULL};

enum { STEPS_BUFFERED = 4096 };

struct step_cell {
    double value;   // STEP_MEAN: the sum of the errors; else the chosen error
    int64_t weight; // 0: no window so far; STEP_MEAN: number of errors; STEP_CENTER: 1 + distance of the center; else 1
};

struct step_errors {
    enum step_rule rule;
    int64_t length;
    int64_t done;           // steps that are complete
    int64_t covered;        // end of the last window; earlier steps are covered, except in gaps
    int64_t uncovered;      // complete steps that no window covers
    struct step_cell *cell; // (length), owned: the cell of step i is at i % length
    float *buffer;          // (STEPS_BUFFERED), owned: complete steps for the sink
    int64_t buffered;
    step_sink sink;
    void *context;
};

struct step_errors *step_errors_new(enum step_rule rule, int64_t length, step_sink sink, void *context)
{
    struct step_errors *s = mem_new(1, sizeof *s);

    ASSERT(length > 0 && sink, "windows of %lld steps", (long long)length);
    *s = (struct step_errors){.rule = rule, .length = length, .sink = sink, .context = context};
    s->cell = mem_new((size_t)length, sizeof *s->cell);
    s->buffer = mem_new(STEPS_BUFFERED, sizeof *s->buffer);
    return s;
}

void step_errors_free(struct step_errors **s)
{
    if (!*s)
        return;

    free((*s)->cell);
    free((*s)->buffer);
    free(*s);
    *s = NULL;
}

static int flush_steps(struct step_errors *s, struct err *e)
{
    int64_t n = s->buffered;

    s->buffered = 0;
    return n ? s->sink(s->context, n, s->buffer, e) : 0;
}

// Completes the steps before `step`: moves their errors to the buffer, and the buffer to the sink when it is full.
static int complete_steps(struct step_errors *s, int64_t step, struct err *e)
{
    int result = 0;

    for (; s->done < step && result == 0; s->done++) {
        struct step_cell *c = &s->cell[s->done % s->length];
        bool has_error = s->done < s->covered && c->weight;
        double value = s->rule == STEP_MEAN && has_error ? c->value / (double)c->weight : c->value;

        s->buffer[s->buffered++] = has_error ? (float)value : NAN;
        s->uncovered += s->done >= s->covered;
        if (s->done < s->covered)
            *c = (struct step_cell){0};
        if (s->buffered == STEPS_BUFFERED)
            result = flush_steps(s, e);
    }
    return result;
}

// Adds the error of a window to the cell of its step k.
static void take_error(const struct step_errors *s, struct step_cell *c, int64_t k, double error)
{
    int64_t distance = llabs(k - s->length / 2) + 1;
    bool is_better = c->weight == 0;

    if (s->rule == STEP_MEAN) {
        c->value += error;
        c->weight++;
        return;
    }
    if (s->rule == STEP_MAX)
        is_better = is_better || error > c->value;
    if (s->rule == STEP_CENTER)
        is_better = is_better || distance < c->weight;
    if (is_better)
        *c = (struct step_cell){error, s->rule == STEP_CENTER ? distance : 1};
}

int step_errors_add(struct step_errors *s, int64_t first, float error, struct err *e)
{
    ASSERT(first >= s->done && first + s->length > s->covered, "step %lld", (long long)first);
    if (complete_steps(s, first, e) != 0)
        return -1;

    s->covered = first + s->length;
    for (int64_t k = 0, at = first % s->length; k < s->length && !isnan(error); k++) {
        take_error(s, &s->cell[at], k, (double)error);
        at = at + 1 == s->length ? 0 : at + 1;
    }
    return 0;
}

int step_errors_end(struct step_errors *s, int64_t steps, struct err *e)
{
    ASSERT(steps >= s->covered, "%lld steps", (long long)steps);
    if (complete_steps(s, steps, e) != 0)
        return -1;
    return flush_steps(s, e);
}

int64_t step_errors_uncovered(const struct step_errors *s)
{
    ASSERT(s->uncovered >= 0 && s->uncovered <= s->done, "%lld steps", (long long)s->uncovered);
    return s->uncovered;
}

// --- all steps of a data set

struct step_array {
    float *v;
    int64_t n;
};

static int append_steps(void *context, int64_t n, const float *error, struct err *e)
{
    struct step_array *a = context;
    (void)e;

    memcpy(a->v + a->n, error, (size_t)n * sizeof *error);
    a->n += n;
    return 0;
}

float *step_errors_of(const struct dataset *d, enum step_rule rule, const float *error, struct err *e)
{
    const struct series_windows *w = &d->steps->windows;
    struct step_array a = {.v = mem_array((size_t)d->steps->n, sizeof *a.v, "errors of time steps", e)};
    if (!a.v)
        return NULL;

    struct step_errors *s = step_errors_new(rule, w->length, append_steps, &a);
    for (int64_t i = 0; i < d->rows; i++)
        step_errors_add(s, windows_first_step(w, i), error[i], e);
    step_errors_end(s, w->steps, e);
    step_errors_free(&s);
    ASSERT(a.n == d->steps->n, "%lld steps", (long long)a.n);
    return a.v;
}
