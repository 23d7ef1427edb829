// A trained model brought back from a trial's file or a run's, without the data that it was trained on.
#pragma once

#include "data/columns.h"
#include "score/reference.h"
#include "trial/experiment.h"

struct store_file;

struct trained_model {
    struct trial trial;     // owned: its spec
    struct model *model;    // owned
    real *w;                // (model->parameters), owned
    struct scaling scaling; // owned
    char **features;        // (values of a sample) names, owned; NULL: its data names none
    struct columns columns; // owned: of the table that its data were imported from; n = 0: unknown
    char **label_names;     // (n_label_names), owned: of the labels of its experiment's data; NULL: numbers
    int n_label_names;
    char *id, *experiment;      // owned
    double threshold;           // of the first test set that has one, else of the training rows; NaN: there is none
    double step_threshold;      // of errors of time steps, likewise, if samples are windows
    double training_mean;       // error of the training rows; NaN: the trial does not say
    struct reference reference; // owned: of its errors on the training rows; levels = 0: the trial does not say
    struct reference step_reference; // the same of time steps, if its samples are windows
};

// Reads a model. `name` is a trial file, or a run (its folder or its run.h5): its best trial, or with :ID the trial
// whose id begins so. Returns -1 and an error on failure; `out` then owns nothing.
int model_load(const char *name, struct trained_model *out, struct err *e);
void model_unload(struct trained_model *t);

// Reads the weights of a model from a trial in an open file. `prefix` is "" or "trials/ID/". Returns -1 and ERR_DATA if
// their shapes do not fit the model.
int weights_read(struct store_file *f, const char *prefix, const struct model *m, real *w, struct err *e);
