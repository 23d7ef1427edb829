// Lists the files that hold the trials of a run: RUN/trials/*.h5 and the journals RUN/journal/*.hgj.
#pragma once

#include "base/err.h"

#define JOURNALS "journal" // name of the folder with the journals

// Returns the paths of the trial files in FOLDER/trials in order of name, in new memory. Sets *n to their number.
// Returns NULL and ERR_USAGE if the folder cannot be read.
char **run_trial_files(const char *folder, int *n, struct err *e);
// Returns the paths of the journals in order of name, in new memory. Sets *n to their number. Returns NULL if there is
// no such folder.
char **run_journals(const char *folder, int *n);
// Returns the ids of all trials in journals, in new memory. They are sorted and unique. Sets *n to their number. Omits
// journals that cannot be read.
char **run_journal_ids(const char *folder, int *n);
// Returns the number of trial files, including bad ones, plus the number of ids in the journals.
int run_count_trials(const char *folder);
