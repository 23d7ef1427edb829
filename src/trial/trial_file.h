// Writes a finished trial as a file: history, scores, model and provenance. results/README.md is the reference of the
// content.
#pragma once

#include "score/reference.h"
#include "trial/comparison.h"
#include "trial/experiment.h"
#include "trial/work_order.h"

struct store_file;
struct journal_writer;
struct leaderboard_row;

// Everything that goes into a trial's file. On ranks other than the team's first, `evaluation` is empty and `scores`
// holds only that rank's rows.
struct trial_result {
    const struct experiment *experiment;
    const struct order *order;
    const struct trial *trial;
    const struct model *model;
    const struct data_sets *sets;
    struct trained trained;
    struct scores *scores;                  // (sets->n_test); NULL if training diverged
    struct evaluation *evaluation;          // (sets->n_test)
    struct series_evaluation *series;       // (sets->n_test): for time steps with labels
    struct evaluation *steps;               // (sets->n_test): for time steps, if samples are windows
    struct detector_comparison *comparison; // (sets->n_test), first rank only; NULL: not requested
    struct training_errors training;        // first rank only
    struct training_errors training_steps;  // for time steps, if samples are windows
    struct reference step_reference;        // first rank only, owned: for time steps, if samples are windows
    struct reference reference;             // first rank only, owned
    double **value_quantiles; // borrowed: quantiles (columns, levels) of the training data; *value_quantiles is NULL
                              // until they are computed
    double wall_seconds, cpu_seconds; // for the whole trial; cpu_seconds: the sum over its ranks
    char started[32];
};

// The place where a finished trial is written. All members are borrowed.
struct trial_target {
    const char *path;               // path of its own file
    struct journal_writer *journal; // first rank only, for small trials; NULL: every trial gets a file
    struct leaderboard_row *row;    // set if the trial was written to the journal
};
// A trial whose arrays have more bytes always gets a file of its own.
enum { TRIAL_JOURNAL_BYTES = 1 << 20 };

// Writes the complete trial or nothing. A small trial that a single rank has trained goes to the journal, if there is
// one; any other trial gets its own file. Returns -1 and an error, the same on all ranks. Collective over team->comm.
int trial_write(
    const struct team *team, const struct trial_result *r, const struct trial_target *target, struct err *e);
// Writes the attributes of a group of scores: the name of the error, threshold and metrics.
int trial_write_metrics(
    struct store_file *f, const char *group, const char *error, const struct evaluation *v, struct err *e);
