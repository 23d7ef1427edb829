// Prints why rows are anomalous: their features by share of the error, with the value that was seen and the value that
// was expected.
#pragma once

#include "apply/explain.h"
#include <stdio.h>

enum explain_format { EXPLAIN_TABLE, EXPLAIN_CSV, EXPLAIN_JSON };

struct explain_report {
    const struct trained_model *model; // borrowed, like `rows`
    const struct explained_rows *rows;
    double threshold;    // NaN: unknown
    int features;        // how many features are listed per row; 0: all
    const char *picture; // path of the PNG; NULL: none
};

void explain_print(const struct explain_report *r, enum explain_format format, FILE *out);
// Draws each row next to its reconstruction: pictures with their difference as heat, other samples as curves. Returns
// -1 and an error if the picture cannot be written.
int explain_draw(const struct explain_report *r, struct err *e);
