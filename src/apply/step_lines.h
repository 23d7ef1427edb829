// Turns the errors of windows into scores of time steps, and passes the columns of each step to a writer of lines.
#pragma once

#include "apply/score_pass.h"

// The columns of a time step. Strings are NULL if the step has none.
struct step_line {
    int file;
    int64_t row;
    const char *id, *time;
    float error;
};
// Writes the line of a step. Returns -1 and an error on failure.
typedef int (*step_writer)(void *context, const struct step_line *line, struct err *e);

struct step_lines;
struct step_lines *step_lines_new(struct score_pass *p, step_writer write, void *context);
void step_lines_free(struct step_lines **s); // NULL-safe
// Adds the errors of the windows [first, first + n) of the pass. Returns -1 and an error on failure.
int step_lines_add(struct step_lines *s, int64_t first, int64_t n, const float *error, struct err *e);
// Writes the last steps and completes the outcome of the pass. Returns -1 and an error on failure.
int step_lines_finish(struct step_lines *s, struct err *e);
