// Files that must not outlive the process that made them: temporaries and locks. They are noted here while they exist,
// and are removed when a signal ends the process.
#pragma once

#include <sys/types.h>

// Starts to note files; without this call none are noted. The notes are shared with child processes: if a child
// crashes, its parent can remove the files that the child left.
void cleanup_start(void);
// From now on, a signal that ends the process (SIGTERM, SIGINT, SIGHUP and the like) first removes the files that this
// process has noted. A signal that is ignored stays ignored.
void cleanup_listen(void);

// A lock is removed only by the process that noted it: when that process is dead, another one may hold the lock.
enum cleanup_kind { CLEANUP_TEMPORARY, CLEANUP_LOCK };
void cleanup_add(const char *path, enum cleanup_kind kind);
void cleanup_drop(const char *path);
// Removes the temporaries noted by the process `pid`, which must have ended.
void cleanup_after(pid_t pid);
