// Why rows are anomalous: their features by share of the error, with what was seen and what was expected.
#pragma once

#include "apply/explain.h"
#include <stdio.h>

enum explain_format { EXPLAIN_TABLE, EXPLAIN_CSV, EXPLAIN_JSON };

struct explain_report {
    const struct trained_model *model; // borrowed, as rows
    const struct explained_rows *rows;
    double threshold;    // NaN: unknown
    int features;        // how many are listed for a row; 0: all
    const char *picture; // path of the PNG; NULL: none
};

void explain_print(const struct explain_report *r, enum explain_format format, FILE *out);
// Draws each row next to its reconstruction: pictures with their difference as heat, all else as curves. Returns -1 and
// an error if the picture cannot be written.
int explain_draw(const struct explain_report *r, struct err *e);
