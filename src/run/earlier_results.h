// Finds what earlier runs have left in a folder: results, files that cannot be used, and trials whose data has changed.
#pragma once

#include "leaderboard/run_read.h"
#include "leaderboard/stale.h"
#include "trial/plan.h"

struct earlier_trial {
    char id[TRIAL_ID_LENGTH + 1];
    double loss;        // as objective_loss returns it
    bool is_in_journal; // it has no file
};

struct earlier_results {
    struct earlier_trial *trial; // owned; (n): the trials that can be read, sorted by id
    int n;
    struct bad_files bad; // owned
    char *data;           // owned; versions of the data of this run, and of other data that the folder records
    struct stale stale;   // owned
    bool has_changed;     // `data` or `stale` differs from what the folder records
};

// Examines the trial files of the folder (NULL or missing: none) and changes nothing. Must be called before MPI starts,
// because it forks a child that checks the files. Returns -1 and an error if the folder cannot be examined. The
// caller frees `r` with earlier_results_free in both cases.
int earlier_results_read(
    const struct experiment *x, const struct plan *plan, const char *folder, struct earlier_results *r, struct err *e);
// Reports the files that cannot be used and renames them to <id>.h5.damaged, so that their trials are trained again.
// Before it renames a damaged journal of this part (0: of any part), it copies the good trials to a new journal.
// Records the stale trials and the versions of the data. The caller must hold the lease of the folder. Returns 0, or -1
// and ERR_IO.
int earlier_results_apply(const struct earlier_results *r, const char *folder, int part, struct err *e);
void earlier_results_free(struct earlier_results *r);
// Returns the trial of an id, or NULL if there is none.
const struct earlier_trial *earlier_results_find(const struct earlier_results *r, const char *id);
