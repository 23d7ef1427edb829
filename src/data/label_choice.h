// The normal labels of new data: those that the experiment of the model names, or those that the user names.
#pragma once

#include "data/row_reader.h"

struct label_question {
    const struct row_reader *reader;  // of the new data
    const struct field_texts *normal; // of the user or of the experiment of the model
    bool is_option;                   // they are from --normal
    char *const *names;               // (n_names), borrowed: names of the labels that the model saw; NULL: numbers
    int n_names;
};

struct label_choice {
    int8_t *is_normal; // (n), owned: for each name in the data; NULL: labels are numbers
    int n;
    struct field_ints numbers; // owned: normal labels
};

// Returns -1 and an error for a name that neither the data nor the model has, and if names would have to be compared
// with numbers. On success the caller frees `out`.
int label_choice_make(const struct label_question *q, struct label_choice *out, struct err *e);
bool label_choice_is_normal(const struct label_choice *c, int64_t label);
void label_choice_free(struct label_choice *c);
