// A run as users give it to a command: its folder, a run's file (run.h5 or a merged one), or a trial's file.
#pragma once

#include "leaderboard/row.h"
#include "leaderboard/trial_open.h"
#include <sys/stat.h>

// Reads the leaderboard of a run. Sets *rows to an array of *n, best first, that the caller owns. For a folder it takes
// the rows of run.h5 whose trial files have not changed since, and reads the newer trial files. `check`: STORE_OWN
// if this job has just written them, else STORE_CHECK. Bad trial files of a folder are left out: 0, and errors that
// name them.
int run_read_rows(const char *run, enum store_check check, struct leaderboard_row **rows, int *n, struct err *e);
void rows_free(struct leaderboard_row **rows, int n);

// Trial files and journals of a folder that cannot be used, or not all of them: damaged, of another trial, or no
// regular files.
struct bad_files {
    struct bad_file {
        char *path, *why; // owned; why: the message, which begins with the path
        struct stat seen; // of the name itself; links are not followed
    } * v;                // (n), owned
    int n;
};
void bad_files_free(struct bad_files *b);
// Does the same as run_read_rows for a folder, in no particular order, and also compares arrays with their checksums.
// With `reads_all`, it also reads the trial files that run.h5 knows. Files that cannot be used go to `bad` (0). Returns
// -1 if the answer is unknown.
int run_examine_rows(
    const char *folder, bool reads_all, struct leaderboard_row **rows, int *n, struct bad_files *bad, struct err *e);
// Checks that trial `id` may be in a file of this name, which must be FOLDER/<id>.h5. Returns -1 and ERR_DATA if not.
int trial_check_name(const char *path, const char *id, struct err *e);
