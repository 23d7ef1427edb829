// Filters of rows: "NSP != 2", "Width >= 10.5", "label in [1, 3]", "class != suspect".
#pragma once

#include "base/err.h"
#include "spec/spec.h"
#include <stdbool.h>
#include <stdint.h>

enum filter_operator { FILTER_EQ, FILTER_NE, FILTER_LE, FILTER_GE, FILTER_LT, FILTER_GT, FILTER_IN };

// A number in a filter. Integers are compared as 64-bit integers, because a double cannot represent all of them.
struct filter_number {
    double real; // NaN: the value is a name
    bool is_integer;
    int64_t integer; // set if is_integer
};

struct data_filter {
    char *column; // owned
    enum filter_operator op;
    struct filter_number *values; // (n), owned; n = 1 unless the operator is FILTER_IN
    char **names;                 // (n), owned: names of labels, NULL for each value that is a number
    int n;
    const struct node *at; // borrowed, for messages; may be NULL
};
struct data_filters {
    struct data_filter *v; // owned
    int n;
};

// Parses `text` and appends the filter. Returns -1 and an error (ERR_USAGE) if it is not a filter.
int data_filter_parse(const char *text, const struct node *at, struct data_filters *filters, struct err *e);
void data_filters_free(struct data_filters *filters);

// Returns the filter in canonical spelling, in new memory.
char *data_filter_text(const struct data_filter *f);

// Returns true if a number passes the filter. A missing value (NaN) differs from every number, so it passes only `!=`.
bool data_filter_holds(const struct data_filter *f, double value);
// Returns true if an integer passes the filter. It is compared exactly.
bool data_filter_holds_integer(const struct data_filter *f, int64_t value);
// Returns the first value that is a name, or NULL if all values are numbers.
const char *data_filter_name(const struct data_filter *f);
// Returns value i as a string in new memory, without the quotes of a name.
char *data_filter_value_text(const struct data_filter *f, int i);
