// Compares models by their mean over data sets, classes, folds or seeds, and tests which differences are significant.
#pragma once

#include "base/err.h"
#include <stdbool.h>
#include <stdio.h>

// A model is a combination of the varying settings that are not averaged over. A block is a combination of the settings
// that are averaged over, such as a data set. A model without any result is left out. A block counts only if all
// remaining models have a result in it.
struct model_means {
    char *metric;   // owned: name of the metric
    bool is_loss;   // smaller values of the metric are better
    char *over;     // owned: the settings that are averaged over, separated by commas
    int n_blocks;   // blocks that count
    int n_left_out; // other blocks
    int n_models, n_keys;
    char **resultless; // (n_resultless), owned: the models that are left out, each as KEY=VALUE, KEY=VALUE
    int n_resultless;
    char **key;        // (n_keys), owned: the settings that make a model
    char **value;      // (n_models, n_keys), owned, the model with the best mean rank first
    double *mean;      // (n_models), owned: mean of the metric over the blocks
    double *deviation; // (n_models), owned: standard deviation over the blocks (n - 1); NaN for one block
    double *rank;      // (n_models), owned: mean rank over the blocks, 1 is best
    double *p; // (n_models, n_models), owned: Wilcoxon's p-value of a pair, adjusted after Holm; 1 on the diagonal
    double difference; // critical difference of mean ranks (Nemenyi, level 0.05); NaN for one model
};

// Reads runs[0..n), each a path that run_read_rows accepts. `over` names the settings to average over, separated by
// commas. `metric` is a metric of the leaderboard; NULL: roc_auc if any trial has one, else validation_loss or
// train_loss. Trials that differ only in seeds are averaged within a block. Returns new memory, to be freed with
// model_means_free, or NULL and an error: ERR_USAGE if no such setting varies, no such metric exists, no model has a
// result, or no block has a result of every other model.
struct model_means *model_means_new(
    const char *const *runs, int n, const char *over, const char *metric, struct err *e);
void model_means_free(struct model_means **m);

// model_means_print prints a table, with the groups of models that do not differ. model_means_print_csv prints one line
// per model, with every digit. model_means_print_json prints everything.
void model_means_print(const struct model_means *m, FILE *out);
void model_means_print_csv(const struct model_means *m, FILE *out);
void model_means_print_json(const struct model_means *m, FILE *out);

// Draws the critical-difference diagram as a PNG at `path`: the mean ranks on an axis, and a bar over every group of
// models that do not differ (Demsar 2006, JMLR 7:1-30; groups by the adjusted p-values at level 0.05). Returns -1 and
// an error if it cannot be written, or if there are more than 40 models.
int model_means_draw(const struct model_means *m, const char *path, struct err *e);

// Finds the groups of models that do not differ at level 0.05. A group is a series of models, in the order of their
// ranks. No pair in it differs, and it cannot be extended. Sets first[i] and last[i] to the first and the last model of
// group i (capacity: n_models each). Returns the number of groups with more than one model.
int model_means_groups(const struct model_means *m, int *first, int *last);
