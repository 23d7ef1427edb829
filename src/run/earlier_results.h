// What earlier runs in a folder have left: results, files that are of no use, trials of data that has changed.
#pragma once

#include "leaderboard/run_read.h"
#include "leaderboard/stale.h"
#include "trial/plan.h"

struct earlier_results {
    struct earlier_result {
        char id[TRIAL_ID_LENGTH + 1];
        double loss; // as objective_loss
    } * trial;       // (n), owned, by id: those that can be read
    int n;
    struct bad_files bad; // owned
    char *data;           // owned: versions of data, those of this run the newest
    struct stale stale;   // owned
    bool has_changed;     // `data` and `stale` are not what the folder says
};

// Examines the trial files of the folder (NULL, or not there: none), before MPI starts: their walk forks. Changes
// nothing. -1 and an error if it could not be found out.
int earlier_results_read(
    const struct experiment *x, const struct plan *plan, const char *folder, struct earlier_results *p, struct err *e);
// Under the lease of the folder: files of no use get another name, <id>.h5.damaged, which is reported, and are trained
// again; which trials are stale is written down. -1 and ERR_IO.
int earlier_results_settle(const struct earlier_results *p, const char *folder, struct err *e);
void earlier_results_free(struct earlier_results *p);
// NULL: there is no such trial.
const struct earlier_result *earlier_results_find(const struct earlier_results *p, const char *id);
