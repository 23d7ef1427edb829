// Loads a trained model, or an ensemble of models, from a trial's file or a run, without the data that it was trained
// on.
#pragma once

#include "data/columns.h"
#include "leaderboard/ensemble.h"
#include "score/reference.h"
#include "trial/experiment.h"

struct store_file;

struct trained_model {
    struct trial trial;     // owned: the trial as its stored spec describes it
    struct model *model;    // owned
    real *w;                // (model->parameters), owned
    struct scaling scaling; // owned
    char **features;        // (scaling.columns), owned: names of the features; NULL: the data has no names
    struct columns columns; // owned: columns of the table from which the data was imported; n = 0: unknown
    char **label_names;     // (n_label_names), owned: names of labels; NULL: labels are numbers
    int n_label_names;
    char *id, *experiment;           // owned
    double threshold;                // of the first test set that has one, otherwise of the training rows; NaN: none
    double step_threshold;           // threshold for errors of time steps, found in the same way; NaN: none
    double training_mean;            // mean error of the training rows; NaN: not stored
    struct reference reference;      // owned: errors of the training rows; levels = 0: not stored
    struct reference step_reference; // owned: errors of their time steps, if samples are windows

    // An ensemble has several models. Its id is "ensemble", and its threshold and reference are of its own score. All
    // other parts above are borrowed from its lead.
    struct ensemble *ensemble;     // owned: how the errors of the members become a score; NULL: a single model
    struct trained_model *members; // (ensemble->n), owned
    int lead; // the member that shows what rows are: the first one with reconstructions, otherwise the first
};

// Loads a model. `name` is a trial file, a file of hourglass ensemble, or a run (its folder or its run.h5). A run means
// its best trial; RUN:ID selects the trial whose id begins with ID. Returns -1 and an error on failure; `out` then owns
// nothing.
int model_load(const char *name, struct trained_model *out, struct err *e);
void model_unload(struct trained_model *t);

// Reads the weights of a model from a trial in an open file. `prefix` is "" or "trials/ID/". Returns -1 and ERR_DATA if
// the weights do not have the shapes of the model.
int weights_read(struct store_file *f, const char *prefix, const struct model *m, real *w, struct err *e);
