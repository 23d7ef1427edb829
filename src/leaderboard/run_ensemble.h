// The ensemble of a run's file: that of all its trials, or one that a command has chosen.
#pragma once

#include "leaderboard/candidate.h"

// An ensemble that a command has chosen. `extend` writes what else it knows into the file.
struct chosen_ensemble {
    struct ensemble *ensemble; // its trials are all in the file
    int (*extend)(void *context, struct store_file *f, struct err *e);
    void *context;
};

struct run_ensemble {
    struct member_candidate *candidate; // owned
    int n;
    const struct chosen_ensemble *chosen; // borrowed; NULL: all trials that can be members
};
// A run with more trials has no ensemble by itself.
enum { RUN_ENSEMBLE_TRIALS = 20000 };

// Notes a trial, in order of the leaderboard. Its objects are in `group` of an open file. The row must live as long as
// *r.
void run_ensemble_note(
    struct run_ensemble *r, struct store_file *f, const char *group, const struct leaderboard_row *row);
// Writes the ensemble with its scores after the stacked errors. If there is no ensemble, or none with
// scores, writes the reason as an attribute of the leaderboard. Frees what *r owns, even on failure.
int run_ensemble_write(
    struct run_ensemble *r, struct store_file *f, const struct leaderboard_row *rows, int n, struct err *e);
