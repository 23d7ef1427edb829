// Scores as text: CSV (RFC 4180) or JSON lines, one line per row, with the features that explain its error most.
#pragma once

#include "apply/scores_file.h"

enum lines_format { LINES_NONE, LINES_CSV, LINES_JSON };

// Returns the format that the name of an output means; LINES_NONE: it is no text.
enum lines_format score_lines_format(const char *output);
// Does the same as scores_write, for lines. Files appear whole or not at all; on job->output_fd lines appear as they
// are computed.
int score_lines_write(const struct team *team, const struct score_job *job, struct score_outcome *out, struct err *e);
