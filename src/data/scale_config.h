// Reads how columns are scaled: `data.scale` of a spec, with one rule for all columns and other rules for some of them.
#pragma once

#include "base/err.h"
#include "base/field.h"
#include <stdbool.h>

struct node;

enum data_scale { SCALE_NONE, SCALE_UNIT, SCALE_STANDARD, SCALE_MIN_MAX, SCALE_ROBUST };

struct scale_rule {
    int method;       // enum data_scale
    bool takes_log;   // first takes the logarithm of each value: sign(x) log(1 + |x|)
    double low, high; // limits of the scaled values; -INFINITY and INFINITY: no limits
};

struct scale_column {
    char *name; // owned
    struct scale_rule rule;
    const struct node *at; // borrowed
};

struct scale_config {
    struct scale_rule rule;      // rule of all columns that are not in `column`
    struct scale_column *column; // (n), owned: columns with rules of their own, sorted by name
    int n;
    bool by_group;         // each group of rows has statistics of its own
    double smooth;         // pictures: deviation of a Gaussian filter in pixels; 0: no filter
    bool normalizes;       // pictures: each is divided by the root mean square of its values
    const struct node *at; // borrowed, for messages; NULL if not given
};

extern const struct field data_scale_fields[];        // settings that only `scale` has, if it is a map
extern const struct field data_scale_column_fields[]; // settings that both `scale` and each column have

// Reads `data.scale`; NULL means that it is not given. Returns -1 and every mistake. The caller frees *c in every case.
int scale_config_read(const struct node *at, struct scale_config *c, struct err *e);
void scale_config_free(struct scale_config *c);
// Returns the setting as a new tree in canonical form. All spellings with the same meaning give the same tree.
struct node *scale_config_write(const struct scale_config *c);
// scale_config_is_none returns true if nothing is scaled, scale_config_uses if some column has this method, and
// scale_config_sees_pictures if pictures are smoothed or normalized.
bool scale_config_is_none(const struct scale_config *c);
bool scale_config_sees_pictures(const struct scale_config *c);
bool scale_config_uses(const struct scale_config *c, enum data_scale method);
// Returns true if a rule changes values only by a shift and a factor.
bool scale_rule_is_affine(const struct scale_rule *r);
