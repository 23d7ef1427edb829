// Files that must not outlive the process that made them: temporaries and locks. They are noted here while they exist,
// and are removed when a signal ends the process.
#pragma once

#include <sys/types.h>

// Starts noting; without this call nothing is noted. The notes are shared with the children of this process, so that a
// parent can remove what a child that crashed has left.
void cleanup_start(void);
// From now on a signal that ends the process (SIGTERM, SIGINT, SIGHUP and the like) first removes the files that it has
// noted. A signal that is ignored stays ignored.
void cleanup_listen(void);

// A lock is removed only by its own process: after the death of its holder another process may have it.
enum cleanup_kind { CLEANUP_TEMPORARY, CLEANUP_LOCK };
void cleanup_add(const char *path, enum cleanup_kind kind);
void cleanup_drop(const char *path);
// Removes the temporaries noted by the process `pid`, which must have ended.
void cleanup_after(pid_t pid);
