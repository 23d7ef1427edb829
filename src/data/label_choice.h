// Finds the normal labels of new data: those that the user names, or those of the model's experiment.
#pragma once

#include "data/row_reader.h"

struct label_question {
    const struct row_reader *reader;  // reader of the new data
    const struct field_texts *normal; // normal labels, from the user or from the model's experiment
    bool is_option;                   // `normal` comes from the option --normal
    char *const *names; // (n_names), borrowed: names of the labels that the model saw; NULL: its labels were numbers
    int n_names;
};

struct label_choice {
    int8_t *is_normal; // (n), owned: for each name in the data, whether it is normal; NULL: labels are numbers
    int n;
    struct field_ints numbers; // owned: normal labels, if labels are numbers
};

// Finds the normal labels. Returns -1 and an error if a name from the user is a label of neither the data nor the
// model, or if names would have to be compared with numbers. On success the caller frees *out.
int label_choice_make(const struct label_question *q, struct label_choice *out, struct err *e);
bool label_choice_is_normal(const struct label_choice *c, int64_t label);
void label_choice_free(struct label_choice *c);
