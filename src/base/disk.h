// Small files on disk that appear whole or not at all, and messages about a disk that fails: which file, how many bytes
// it needs, how many are free.
#pragma once

#include "base/err.h"
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>

// Returns the path to which the symbolic links at `path` lead, in new memory, even if no file is there. Files are
// written and replaced at that path, so that the links stay.
char *disk_resolve(const char *path);

// Returns ".NAME.tmp-HOST-PID" next to the file to which `path` leads, in new memory: the temporary into which this
// process writes the file. When the process has ended, any program may remove the temporary.
char *disk_temporary(const char *path);
// Creates the empty file `temporary`, which will become `path`, and returns its descriptor, or -1 and errno on failure.
// It has the mode and, if possible, the owner of the file at `path`, so that private data is never readable for others.
// If a signal ends the process, the temporary is removed (base/cleanup.h).
int disk_open_temporary(const char *temporary, const char *path);
// Removes a temporary that is no longer needed.
void disk_discard(const char *temporary);
// Removes the temporaries of `path` whose processes ran on this machine and have ended.
void disk_tidy(const char *path);
// If `name` is the name of a temporary, sets its host and its process number, and returns true.
bool disk_is_temporary(const char *name, char host[256], long *pid);

// Adds the ERR_IO message "PATH: WHAT: reason of `error` (1.2 MB needed, 300 kB free)". The part in parentheses is only
// there if the disk is full. `bytes` is the size of the whole file; 0: unknown. Returns -1.
int disk_fail(struct err *e, const char *path, int error, double bytes, const char *what);

// Writes n bytes at an offset of an open file. Asks the system to start writing a large piece to disk immediately, so
// that the later sync has less to do. Returns -1 and errno on failure.
int disk_write_at(int fd, const void *data, size_t n, off_t at);
// Reads up to n bytes at an offset of an open file, fewer only at the end of the file. Returns the number of bytes, or
// -1 and errno on failure.
ssize_t disk_read_at(int fd, void *to, size_t n, off_t at);

// Describes the file system of `path`: " (1.2 MB needed, 300 kB free)", or "" if nothing is known. Returns out.
char *disk_room(char out[96], const char *path, double bytes);

// Syncs `temporary`, gives it the name `path` and syncs their folder. An earlier file at `path` is first renamed to
// `previous`, unless that is NULL. The new file gets the mode and, if possible, the owner of the file that it replaces.
// On failure `path` is unchanged, unless only the final sync failed.
int disk_rename(const char *temporary, const char *path, const char *previous, struct err *e);

// Syncs the folder of `path`, so that the names in it survive a crash of the machine.
int disk_sync_folder(const char *path, struct err *e);

// Identifies the file that had a name at some moment.
struct disk_seen {
    bool exists;
    struct stat s;
};
void disk_look(const char *path, struct disk_seen *seen);
// Does the same as disk_rename, but if `path` is no longer the file that was seen, adds an ERR_IO error and changes
// nothing.
int disk_rename_over(const char *temporary, const char *path, const struct disk_seen *seen, struct err *e);
// Writes a whole file and makes it durable (disk_rename).
int disk_write(const char *path, const char *text, struct err *e);
// Writes a whole file through a stream and makes it durable. `write` writes the content of `path` to `out`, and returns
// -1 and an error if it cannot. Sets *bytes, unless it is NULL, to the size. Messages call the content `what`.
int disk_write_stream(const char *path, const char *what,
    int (*write)(void *context, const char *path, FILE *out, struct err *e), void *context, int64_t *bytes,
    struct err *e);
// Replaces a file without a sync: if the machine crashes, `path` may then be the old file, empty or missing.
int disk_replace(const char *path, const char *text, struct err *e);
// Does the same as disk_replace, but returns 1 and changes nothing if the file exists. If two programs try at the same
// time, on one or on two machines, only one succeeds.
int disk_create(const char *path, const char *text, struct err *e);
// Makes a folder and its parents.
int disk_make_folder(const char *path, struct err *e);
