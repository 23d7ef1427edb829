// Files that are read. A name that a user gives, or that is found in a folder, can lead to a FIFO, a socket or a
// device. Opening or reading one of those can block forever or change a device's state. Every file of a user, of a
// run's folder and of a data set is therefore opened here, or checked here before a library opens it by name.
#pragma once

#include <stdbool.h>
#include <stdio.h>

// Opens a regular file for reading and returns its descriptor. Returns -1 if the file does not exist, is of another
// kind or cannot be opened. Then *why (if `why` is not NULL) is the reason, valid until the next call, and errno is
// ENOENT if the file does not exist.
int input_open(const char *path, const char **why);
// Does the same as input_open, but returns a stream, or NULL on failure.
FILE *input_stream(const char *path, const char **why);
// Does the same as input_open, but closes the file again and returns 0: for libraries that open a file by its name.
int input_check(const char *path, const char **why);

// Returns true if a file begins with n bytes, at most 64. Returns false if it does not, or cannot be read; then *why is
// the reason as input_open gives it, and otherwise it stays.
bool input_begins_with(const char *path, const void *bytes, size_t n, const char **why);

// Returns true if both names lead to one file, by device and inode: symbolic links, hard links and relative paths do
// not hide it. Returns false if either name leads to nothing.
bool input_is_same(const char *a, const char *b);
