// What the files of merging share: the trials of all runs, and the file of the one that is read.
#pragma once

#include "leaderboard/merge.h"
#include "leaderboard/result_hash.h"
#include "leaderboard/stale.h"

struct store_file;
struct journal;

// A trial in a file.
struct merge_source {
    const char *path;        // borrowed from the list of files
    char *group;             // owned: "" or "trials/KEY"
    char *id, *started;      // owned
    char *stale;             // owned: sources that have changed, as its run says; "": none
    int run;                 // of the runs that are merged
    struct journal *journal; // borrowed: of a trial that is a record; NULL: it has a file or a group
    int record;              // number of the trial in it
    char bits[RESULT_HASH_LENGTH + 1], where[RESULT_HASH_LENGTH + 1]; // hashes; "": not needed
};

struct merge {
    struct merge_source *source; // owned
    int n, room;
    char **paths; // owned: of all files
    int n_paths;
    struct store_file *open;      // the file or the record that was used last; NULL: none
    const struct journal *opened; // of the record
    int opened_record;
    struct store_file **run_file; // (n_run_files), owned: open for the records in them
    int n_run_files;
    struct journal **journal; // (n_journals), owned
    int n_journals;
    bool *knows; // (runs), owned: which runs have stale trials, and so know which versions of data are the newest
    int run;     // the one that is being listed
    struct stale stale; // of that run
    struct merge_counts counts;
};

// Writes the path of an object of a trial into out and returns it.
const char *source_part(char out[512], const char *group, const char *name);

// merge_list.c
// Adds the trials of a run: of its folder, or of a run's file. Of a folder, bad ones are only reported in `e`.
int merge_add_run(struct merge *m, const char *run, struct err *e);
// Frees what a source owns.
void merge_source_free(struct merge_source *s);
