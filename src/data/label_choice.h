// Which labels of new data are normal: those that the model's experiment calls so, or those that the user names.
#pragma once

#include "data/row_reader.h"

struct label_question {
    const struct row_reader *reader;  // of the new data
    const struct field_texts *normal; // as the user or the model's experiment says
    bool is_option;                   // the user says so, by --normal
    char *const *names;               // (n_names), borrowed: of the labels that the model's data has; NULL: numbers
    int n_names;
};

struct label_choice {
    int8_t *is_normal; // (n), owned: of each name of the data; NULL: labels are numbers
    int n;
    struct field_ints numbers; // owned: labels that are normal
};

// -1 and an error if a name is meant that neither the data nor the model has, or if names would have to be compared
// with numbers.
int label_choice_make(const struct label_question *q, struct label_choice *out, struct err *e);
bool label_choice_is_normal(const struct label_choice *c, int64_t label);
void label_choice_free(struct label_choice *c);
