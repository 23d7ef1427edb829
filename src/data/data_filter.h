// Filters on rows: "NSP != 2", "Width >= 10.5", "label in [1, 3]", "class != suspect".
#pragma once

#include "base/err.h"
#include "spec/spec.h"
#include <stdbool.h>
#include <stdint.h>

enum filter_operator { FILTER_EQ, FILTER_NE, FILTER_LE, FILTER_GE, FILTER_LT, FILTER_GT, FILTER_IN };

// A number of a filter. Integers are compared as 64-bit integers, not all of which a double can hold.
struct filter_number {
    double real; // NaN: a name
    bool is_integer;
    int64_t integer; // if it is one
};

struct data_filter {
    char *column; // owned
    enum filter_operator op;
    struct filter_number *values; // (n), owned; n = 1 except for FILTER_IN
    char **names;                 // (n), owned: names of labels; each NULL if the value is a number
    int n;
    const struct node *at; // borrowed, for messages; may be NULL
};
struct data_filters {
    struct data_filter *v; // owned
    int n;
};

// Parses `text` and appends the filter. Returns -1 and an error (ERR_USAGE) if it is none.
int data_filter_parse(const char *text, const struct node *at, struct data_filters *filters, struct err *e);
void data_filters_free(struct data_filters *filters);

// Returns the filter in canonical spelling as new memory.
char *data_filter_text(const struct data_filter *f);

// Returns true if a number passes. A missing value (NaN) differs from every number and passes only `!=`.
bool data_filter_holds(const struct data_filter *f, double value);
// Does the same as data_filter_holds, for an integer, which is compared exactly.
bool data_filter_holds_integer(const struct data_filter *f, int64_t value);
// Returns the first value that is a name, or NULL if all are numbers.
const char *data_filter_name(const struct data_filter *f);
// Returns value i as the name of a label, in new memory.
char *data_filter_value_text(const struct data_filter *f, int i);
