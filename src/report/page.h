// The report of a run: one HTML page that shows what the files of the run contain. Its style, its scripts and its data
// are inside, so it opens from a file and needs no network.
#pragma once

#include "base/err.h"
#include <stdint.h>

// What page_write has written.
struct page_summary {
    int trials, failed;
    int64_t bytes; // size of the page
};

// Writes the report of `run` (a folder, a run's file or a trial's file) to the file `path`, whole or not at all.
// Replaces `path` only if it is an earlier report. Trial files that cannot be used are left out, and `bad` names them.
// Returns -1 and an error if there is nothing to show, or if the page could not be written.
int page_write(const char *run, const char *path, struct page_summary *summary, struct err *bad, struct err *e);
// Returns the path that a report has by default, in new memory: report.html in the run's folder, or next to its file.
char *page_default_path(const char *run);
