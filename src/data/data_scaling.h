// Filling of missing values and scaling of columns, as plain numbers that can be stored with a model and applied to
// other data later: value -> fill if missing -> (value - shift) * factor.
#pragma once

struct scaling {
    int columns;
    double *shift, *factor; // (columns), owned; both NULL: none
    double *fill;           // (columns), owned: what stands for a missing value; NULL: missing values are refused
    int bytes_only;         // 1: made for bytes (scale: unit); other types are refused
};

void scaling_copy(struct scaling *to, const struct scaling *from);
void scaling_free(struct scaling *s);
