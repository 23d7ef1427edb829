// A run as it is given to a command: its folder, a run's file (run.h5, or a merged one), or a trial's.
#pragma once

#include "leaderboard/row.h"
#include <sys/stat.h>

// Its leaderboard, best first, into new memory (an owned array of *n). Of a folder: what run.h5 tells of trials whose
// files have not changed since, and the trial files that are newer. `is_ours`: this program has written them a moment
// ago (store_open). Trial files of a folder that are bad are left out: 0 and errors that name them.
int run_read_rows(const char *run, bool is_ours, struct leaderboard_row **rows, int *n, struct err *e);
// Trial files of a folder that are of no use: damaged, of another trial, or no files at all.
struct bad_files {
    struct bad_file {
        char *path, *why; // owned; why: the message, which begins with the path
        struct stat seen; // of the name itself, not of what a link leads to
    } * v;                // (n), owned
    int n;
};
void bad_files_free(struct bad_files *b);
// As run_read_rows of a folder, of which arrays are compared with their checksums, too. `reads_all`: all trial
// files, also those that run.h5 knows. Those of no use are in `bad` (0). -1: what could not be found out.
int run_examine_rows(
    const char *folder, bool reads_all, struct leaderboard_row **rows, int *n, struct bad_files *bad, struct err *e);
// Whether trial `id` may be in a file of this name, which is FOLDER/<id>.h5. -1 and ERR_DATA.
int trial_check_name(const char *path, const char *id, struct err *e);
void rows_free(struct leaderboard_row **rows, int n);

// The paths of the trial files in FOLDER/trials in order of name, new memory (*n of them). NULL: there is no such
// folder.
char **run_trial_files(const char *folder, int *n, struct err *e);
// A run's file, of which the leaderboard was walked and no more.
struct store_file *run_open(const char *path, struct err *e);
// The file of a trial, which was walked where the trial is: row->group is the place in it.
struct store_file *trial_open(const struct leaderboard_row *s, struct err *e);
