// Small files on disk that appear whole or not at all, and messages of a disk that fails: which file, how many bytes it
// needs, how many are free.
#pragma once

#include "base/err.h"
#include <stdbool.h>

// ".NAME.tmp-HOST-PID" beside `path`, new memory: the name under which a file is written. Whoever finds one whose
// process has gone may remove it.
char *disk_temporary(const char *path);
// Whether NAME is such a name; then its host, and the number of its process.
bool disk_is_temporary(const char *name, char host[256], long *pid);

// Adds "PATH: WHAT: reason of `error` (1.2 MB needed, 300 kB free)", ERR_IO. `bytes` that the file needs in all; 0: not
// known. What is free is said where lack of room is the reason. Returns -1.
int disk_fail(struct err *e, const char *path, int error, double bytes, const char *what);

// " (1.2 MB needed, 300 kB free)" of the file system that `path` lies on; "" where nothing is known. Returns out.
char *disk_room(char out[96], const char *path, double bytes);

// Syncs `temporary`, gives it the name `path` and syncs their folder. What was at `path` is called `previous` first,
// unless that is NULL. On failure `path` is as before, but where only
// the last of these failed.
int disk_rename(const char *temporary, const char *path, const char *previous, struct err *e);
// Writes a whole file and makes it durable (disk_rename).
int disk_write(const char *path, const char *text, struct err *e);
// The same at once and without a sync: after a crash of the machine the file may be the old one, empty or missing.
int disk_replace(const char *path, const char *text, struct err *e);
// As disk_replace, but only where there is no file of that name: 1 where there is one, also when two programs on two
// machines try at once.
int disk_create(const char *path, const char *text, struct err *e);
// The folder and those that it lies in.
int disk_make_folder(const char *path, struct err *e);
