// The state of a merge, which its files share: the trials of all runs, and the file that is read.
#pragma once

#include "leaderboard/merge.h"
#include "leaderboard/result_hash.h"
#include "leaderboard/stale.h"

struct store_file;
struct journal;

// A trial in an input file.
struct merge_source {
    const char *path;        // borrowed from the list of files
    char *group;             // owned: "" or "trials/KEY"
    char *id, *started;      // owned
    char *stale;             // owned: the sources that have changed, according to the trial's run; "": none
    int run;                 // number of the run that it comes from
    struct journal *journal; // borrowed: holds the trial as a record; NULL: the trial has a file or a group of its own
    int record;              // number of the trial in the journal
    // hashes of results and of provenance (result_hash.h); "": not needed
    char bits[RESULT_HASH_LENGTH + 1], where[RESULT_HASH_LENGTH + 1];
};

struct merge {
    struct merge_source *source; // owned
    int n, room;
    char **paths; // owned: paths of all input files
    int n_paths;
    struct store_file *open;      // the file or the record that was used last; NULL: none
    const struct journal *opened; // journal of the open record
    int opened_record;
    struct store_file **run_file; // (n_run_files), owned: kept open, because records are read from them
    int n_run_files;
    struct journal **journal; // (n_journals), owned
    int n_journals;
    bool *knows;        // (runs), owned: whether the run has stale trials, and so knows which of its trials are stale
    int run;            // number of the run that is being listed
    struct stale stale; // the stale trials of the run that is being listed
    struct merge_counts counts;
};

// Writes the path of an object of a trial to `out` and returns `out`.
const char *source_part(char out[512], const char *group, const char *name);

// merge_list.c
// Adds the trials of a run, which is a folder or a run's file. Bad trial files of a folder are reported in `e` and left
// out.
int merge_add_run(struct merge *m, const char *run, struct err *e);
// Frees what a source owns.
void merge_source_free(struct merge_source *s);
