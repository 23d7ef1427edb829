// Values that HDF5 files store packed or with marks of missing ones, by the attributes of the CF conventions.
#pragma once

#include "store/store.h"

struct packing {
    bool is_used;         // any of the attributes is there
    enum store_type type; // of the values unpacked: STORE_F32 or STORE_F64
    double scale, offset;
    double wrap; // added to negative values: signed integers that mean unsigned ones; 0: they do not
    double missing[STORE_REALS_MAX]; // (n_missing) values as stored that are missing
    int n_missing;
    double low, high;        // other values are missing
    bool is_range_of_result; // low and high are meant unpacked
};

// Reads _FillValue, missing_value, valid_min, valid_max, valid_range, _Unsigned, scale_factor and add_offset of a
// dataset whose values are stored as `stored`. Returns -1 and an error for each that cannot be applied.
int packing_read(struct packing *p, struct store_file *f, const char *path, enum store_type stored, struct err *e);
// to (n) of p->type := the values that raw (n) mean; NaN: missing.
void packing_apply(const struct packing *p, const double *raw, int64_t n, void *to);
