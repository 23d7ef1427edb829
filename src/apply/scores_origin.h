// What the scores in an HDF5 file were computed from: the model, and the data as it was named and read.
#pragma once

#include "apply/csv_match.h"
#include "apply/score_pass.h"
#include "base/err.h"
#include <stdint.h>

struct scores_origin {
    char *group;         // owned; "scores/test"
    char *model, *trial; // owned: the model as it was given, and the id of its trial
    char **sources;      // (n_sources), owned: one split, FILE.h5:SPLIT, or files
    int n_sources;
    struct csv_options csv; // strings owned: how CSV files were read
    int error;              // enum error
    int64_t samples;        // codes drawn for each row; 0: as in the trial of the model
    int64_t rows;           // number of samples, also of those without a score
};

// Writes the origin of the scores of a pass. Returns -1 and an error on failure.
int scores_origin_write(struct store_file *f, const struct score_pass *p, struct err *e);
// Reads the origin. Returns -1 and an error if the file does not hold it. The caller frees `out` in any case.
int scores_origin_read(const char *path, struct scores_origin *out, struct err *e);
void scores_origin_free(struct scores_origin *o);

// Sets error (n) to the errors of the samples place[0..n). Returns -1 and an error if they cannot be read.
int scores_origin_errors(
    const char *path, const struct scores_origin *o, const int64_t *place, int n, float *error, struct err *e);
