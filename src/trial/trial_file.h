// A finished trial as a file: history, scores, model and provenance. results/README.md is the reference of what is in
// it.
#pragma once

#include "score/reference.h"
#include "trial/experiment.h"
#include "trial/work_order.h"

struct store_file;

// Everything that a trial's file is made from. On ranks other than the team's first, evaluations are empty and scores
// hold only that rank's rows.
struct trial_result {
    const struct experiment *experiment;
    const struct order *order;
    const struct trial *trial;
    const struct model *model;
    const struct data_sets *sets;
    struct trained trained;
    struct scores *scores;                 // (sets->n_test); NULL if training diverged
    struct evaluation *evaluation;         // (sets->n_test)
    struct series_evaluation *series;      // (sets->n_test): of time steps with labels
    struct evaluation *steps;              // (sets->n_test): of time steps, if samples are windows
    struct training_errors training;       // of the first rank
    struct training_errors training_steps; // of time steps, if samples are windows
    struct reference step_reference;       // of the first rank, owned: of time steps, if samples are windows
    struct reference reference;            // of the first rank, owned
    double **value_quantiles;         // borrowed: (columns, levels) of the training data, or NULL in it: not made yet
    double wall_seconds, cpu_seconds; // of the whole trial; CPU of all its ranks
    char started[32];
};

// Collective over team->comm. Writes `path` whole or not at all. Returns -1 and an error, the same on all ranks.
int trial_write(const struct team *team, const struct trial_result *r, const char *path, struct err *e);
// Writes the attributes of a group of scores: error, threshold, metrics.
int trial_write_metrics(
    struct store_file *f, const char *group, const struct score_config *c, const struct evaluation *v, struct err *e);
