// Reads a run as users give it to a command: a folder, a run's file (run.h5 or a merged one), or a trial's file.
#pragma once

#include "leaderboard/row.h"
#include "leaderboard/trial_open.h"
#include <sys/stat.h>

// Reads the leaderboard of a run. Sets *rows to the rows, best first, in memory that the caller owns; *n is their
// number. For a folder, reads the trial files and journals that are newer than run.h5, and takes the other rows from
// run.h5. `check` is STORE_OWN if this job has just written the files, which are then all read; otherwise it is
// STORE_CHECK. Bad trial files of a folder are left out: then it returns 0 and adds errors that name them.
int run_read_rows(const char *run, enum store_check check, struct leaderboard_row **rows, int *n, struct err *e);
void rows_free(struct leaderboard_row **rows, int n);

// Trial files and journals of a folder that cannot be used completely: damaged, of another trial, or not a regular
// file.
struct bad_files {
    struct bad_file {
        char *path, *why; // owned; `why` is the message, which begins with the path
        struct stat seen; // state of the name itself; links are not followed
    } * v;                // (n), owned
    int n;
};
void bad_files_free(struct bad_files *b);
// Reads the rows of a folder, as run_read_rows does, but in no particular order. Also compares arrays with their
// checksums. With `reads_all`, also reads the trial files whose rows are in run.h5. Adds files that cannot be used to
// `bad`, which is not an error. Returns -1 and an error if the files cannot be listed or checked.
int run_examine_rows(
    const char *folder, bool reads_all, struct leaderboard_row **rows, int *n, struct bad_files *bad, struct err *e);
// Checks that the file of trial `id` has the right name, which is FOLDER/<id>.h5. Returns -1 and ERR_DATA if not.
int trial_check_name(const char *path, const char *id, struct err *e);
