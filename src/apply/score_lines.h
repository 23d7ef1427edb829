// Writes scores as text, CSV (RFC 4180) or JSON lines: one line per row, with the features that explain its error most.
#pragma once

#include "apply/scores_file.h"

enum lines_format { LINES_NONE, LINES_CSV, LINES_JSON };

// Returns the format that the name of an output means. LINES_NONE: the output is not text.
enum lines_format score_lines_format(const char *output);
// Does the same as scores_write, but writes lines of text. A file appears completely or not at all. On job->output_fd,
// lines appear as soon as they are computed.
int score_lines_write(const struct team *team, const struct score_job *job, struct score_outcome *out, struct err *e);
