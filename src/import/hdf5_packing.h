// Reads values that an HDF5 file stores packed, or with marks for missing values, by the attributes of the CF
// conventions.
#pragma once

#include "store/store.h"

struct packing {
    bool is_used;         // at least one of the attributes exists
    enum store_type type; // type of the unpacked values: STORE_F32 or STORE_F64
    double scale, offset;
    double wrap;                     // added to negative values if signed integers mean unsigned ones; otherwise 0
    double missing[STORE_REALS_MAX]; // (n_missing): stored values that mark missing values
    int n_missing;
    double low, high;        // values outside [low, high] are missing
    bool is_range_of_result; // low and high limit the unpacked values, not the stored ones
};

// Reads _FillValue, missing_value, valid_min, valid_max, valid_range, _Unsigned, scale_factor and add_offset of a
// dataset whose values are stored as `stored`. Returns -1 and an error for each attribute that cannot be applied.
int packing_read(struct packing *p, struct store_file *f, const char *path, enum store_type stored, struct err *e);
// Unpacks stored values, raw (n), into `to` (n), which is of type p->type. Missing values become NaN.
void packing_apply(const struct packing *p, const double *raw, int64_t n, void *to);
