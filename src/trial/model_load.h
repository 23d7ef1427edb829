// A trained model brought back from a trial's file or a run's, without the data that it was trained on.
#pragma once

#include "trial/experiment.h"

struct store_file;

struct trained_model {
    struct trial trial;     // owned: its spec
    struct model *model;    // owned
    real *w;                // (model->parameters), owned
    struct scaling scaling; // owned
    char **features;        // (values of a sample) names, owned; NULL: its data names none
    char **label_names;     // (n_label_names), owned: of the labels of its experiment's data; NULL: numbers
    int n_label_names;
    char *id, *experiment; // owned
    double threshold;      // of the first test set that has one, else of the training rows; NaN: there is none
    double training_mean;  // error of the training rows; NaN: the trial does not say
};

// The file that such a name leads to, new memory.
char *model_file(const char *name);
// Before MPI starts, on one rank: walks what model_load reads of the file.
int model_walk(const char *name, struct err *e);
// `name`: a trial file, or a run, which is its folder or its run.h5: its best trial, or behind :ID the one whose id
// begins so. -1 and why.
int model_load(const char *name, struct trained_model *out, struct err *e);
void model_unload(struct trained_model *t);

// The weights of a model from a trial in an open file: `prefix` "" or "trials/ID/".
int weights_read(struct store_file *f, const char *prefix, const struct model *m, real *w, struct err *e);
