// Scores of time steps as lines of text: the errors of windows go in, the columns of every step come out.
#pragma once

#include "apply/score_pass.h"

// A time step as its line shows it; strings are NULL if it has none.
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
// Writes the last steps and completes p->out. Returns -1 and an error on failure.
int step_lines_finish(struct step_lines *s, struct err *e);
