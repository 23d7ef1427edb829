// Small files on disk that appear whole or not at all, and messages of a disk that fails: which file, how many bytes it
// needs, how many are free.
#pragma once

#include "base/err.h"
#include <stdbool.h>
#include <sys/stat.h>

// Where `path` leads through symbolic links, also if nothing is there; new memory. Files are written and replaced
// there, and the links stay.
char *disk_resolve(const char *path);

// ".NAME.tmp-HOST-PID" beside the file that `path` leads to, new memory: the name under which it is written. Whoever
// finds one whose process has gone may remove it.
char *disk_temporary(const char *path);
// Makes an empty temporary of `path` and returns its descriptor; -1 and errno on failure. It has the mode and, if
// possible, the owner of the file that it will replace, so that private data is never readable for others. If a signal
// ends the process, the temporary is removed (base/cleanup.h).
int disk_open_temporary(const char *temporary, const char *path);
// Removes a temporary that is not wanted any more.
void disk_discard(const char *temporary);
// Removes the temporaries of `path` that were left by processes of this machine which have ended.
void disk_tidy(const char *path);
// Whether NAME is such a name; then its host, and the number of its process.
bool disk_is_temporary(const char *name, char host[256], long *pid);

// Adds "PATH: WHAT: reason of `error` (1.2 MB needed, 300 kB free)", ERR_IO. `bytes` that the file needs in all; 0: not
// known. What is free is said where lack of room is the reason. Returns -1.
int disk_fail(struct err *e, const char *path, int error, double bytes, const char *what);

// " (1.2 MB needed, 300 kB free)" of the file system that `path` lies on; "" where nothing is known. Returns out.
char *disk_room(char out[96], const char *path, double bytes);

// Syncs `temporary`, gives it the name `path` and syncs their folder. What was at `path` is called `previous` first,
// unless that is NULL. A file that is replaced hands on its mode and, if possible, its owner. On failure `path` is
// unchanged, unless only the final sync failed.
int disk_rename(const char *temporary, const char *path, const char *previous, struct err *e);

// What had a name at some time.
struct disk_seen {
    bool exists;
    struct stat s;
};
void disk_look(const char *path, struct disk_seen *seen);
// As disk_rename, unless `path` is no longer the file that was seen: then ERR_IO, and nothing is changed.
int disk_rename_over(const char *temporary, const char *path, const struct disk_seen *seen, struct err *e);
// Writes a whole file and makes it durable (disk_rename).
int disk_write(const char *path, const char *text, struct err *e);
// The same at once and without a sync: after a crash of the machine the file may be the old one, empty or missing.
int disk_replace(const char *path, const char *text, struct err *e);
// As disk_replace, but only where there is no file of that name: 1 where there is one, also when two programs on two
// machines try at once.
int disk_create(const char *path, const char *text, struct err *e);
// The folder and those that it lies in.
int disk_make_folder(const char *path, struct err *e);
