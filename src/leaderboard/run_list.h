// What holds the trials of a run's folder: the files RUN/trials/*.h5 and the journals RUN/journal/*.hgj.
#pragma once

#include "base/err.h"

#define JOURNALS "journal" // the folder

// Returns the paths of the trial files in FOLDER/trials in order of name, *n of them in new memory. NULL if there is no
// such folder.
char **run_trial_files(const char *folder, int *n, struct err *e);
// Returns the paths of the journals in order of name, *n of them in new memory.
char **run_journals(const char *folder, int *n);
// Frees n strings and their array.
void paths_free(char **paths, int n);
// Returns the ids of the trials in journals, *n of them in order, without repetition, in new memory. Those of a journal
// that cannot be read are left out.
char **run_journal_ids(const char *folder, int *n);
// Returns how many trials the folder has, in files and in journals, whether they can be read or not.
int run_count_trials(const char *folder);
