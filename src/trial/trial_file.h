// A finished trial as a file: history, scores, model and provenance. results/README.md is the reference of what is in
// it.
#pragma once

#include "score/reference.h"
#include "trial/comparison.h"
#include "trial/experiment.h"
#include "trial/work_order.h"

struct store_file;
struct journal_writer;
struct leaderboard_row;

// Everything that a trial's file is made from. On ranks other than the team's first, evaluations are empty and scores
// hold only that rank's rows.
struct trial_result {
    const struct experiment *experiment;
    const struct order *order;
    const struct trial *trial;
    const struct model *model;
    const struct data_sets *sets;
    struct trained trained;
    struct scores *scores;                  // (sets->n_test); NULL if training diverged
    struct evaluation *evaluation;          // (sets->n_test)
    struct series_evaluation *series;       // (sets->n_test): of time steps with labels
    struct evaluation *steps;               // (sets->n_test): of time steps, if samples are windows
    struct detector_comparison *comparison; // (sets->n_test): of the first rank; NULL: not wanted
    struct training_errors training;        // of the first rank
    struct training_errors training_steps;  // of time steps, if samples are windows
    struct reference step_reference;        // of the first rank, owned: of time steps, if samples are windows
    struct reference reference;             // of the first rank, owned
    double **value_quantiles;         // borrowed: (columns, levels) of the training data, or NULL in it: not made yet
    double wall_seconds, cpu_seconds; // of the whole trial; CPU of all its ranks
    char started[32];
};

// Where a finished trial goes. All members are borrowed.
struct trial_target {
    const char *path;               // of its own file
    struct journal_writer *journal; // of the first rank, for a small trial; NULL: every trial gets a file
    struct leaderboard_row *row;    // set if the trial went to the journal
};
// A trial with more bytes than this in its arrays is always a file of its own.
enum { TRIAL_JOURNAL_BYTES = 1 << 20 };

// Collective over team->comm. Writes the trial whole or not at all: to the journal if there is one, the trial is small
// and one rank has trained it, else to its own file. Returns -1 and an error, the same on all ranks.
int trial_write(
    const struct team *team, const struct trial_result *r, const struct trial_target *target, struct err *e);
// Writes the attributes of a group of scores: error, threshold, metrics.
int trial_write_metrics(
    struct store_file *f, const char *group, const struct score_config *c, const struct evaluation *v, struct err *e);
