// Durable, self-describing HDF5 files. This module is the only one that includes HDF5.
//
// Writing: a file has a temporary name in its own folder until it is complete. It is flushed, synced, read back and
// compared with the checksum of every array, sealed (seal.c), and renamed. A kill -9 while HDF5 has a file open for
// writing destroys the file, so an open file never has its final name.
// Reading: the seal is compared before HDF5 reads the file. If this process did not write the file, a forked child
// walks it (walk.c) before it is opened here. This is necessary because the HDF5 library of many systems crashes on
// malformed files, or hangs.
// HDF5 is not thread-safe: call these functions from one thread only. Functions return 0, or -1 and an error, unless
// their comment says otherwise. They never follow soft or external links. Paths look like "history/epoch".
#pragma once

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STORE_MAX_RANK = 4, STORE_REALS_MAX = 16 };
enum store_type { STORE_U8, STORE_I8, STORE_I16, STORE_I32, STORE_I64, STORE_F32, STORE_F64, STORE_TEXT };
size_t store_type_size(enum store_type type); // bytes of one element; STORE_TEXT: of a char *

// Describes a dataset to other programs (CF conventions).
struct store_about {
    const char *long_name; // NULL: none
    const char *units;     // UDUNITS; "1" for pure numbers; NULL: none
    // The dimension scale of each dimension: the name of a dataset in the same group, or "/absolute". A dataset that is
    // a scale has its own name here, and is written before the arrays that use it.
    const char *scales[STORE_MAX_RANK];
};

struct store_shape {
    enum store_type type;
    int rank;
    int64_t dims[STORE_MAX_RANK];
};

// Entries [first, first + n) of one dimension.
struct store_range {
    int64_t first, n;
};
static inline struct store_range store_entries(int64_t first, int64_t n)
{
    return (struct store_range){first, n};
}

// --- writing
struct store_file;
// Opens PATH's temporary file for writing and sets the attributes `format` and `format_version`. The folder must exist.
struct store_file *store_create(const char *path, const char *format, struct err *e);
// Does the same for an output that output_take has taken (base/output.h). Borrows `output` until the commit. The commit
// fails if another program has written the file since output_take, unless output->replaces_any.
struct output;
struct store_file *store_create_output(const struct output *output, const char *format, struct err *e);
// Completes the file and renames it to PATH. Frees *f even on failure. On failure the temporary file is removed and
// PATH is unchanged.
int store_commit(struct store_file **f, struct err *e);
// Commits as store_commit does. If PATH existed and `previous` is not NULL, keeps the old file as `previous` in the
// same folder.
int store_commit_keeping(struct store_file **f, const char *previous, struct err *e);
// Removes the temporary file and frees *f. NULL-safe.
void store_abandon(struct store_file **f);

// Writes an array, and makes missing groups. Every array is contiguous and gets an attribute `xxh3` with its checksum
// (XXH3-64 in hexadecimal digits). Strings are variable-length UTF-8. `about` may be NULL.
int store_write(struct store_file *f, const char *path, const struct store_shape *shape, const void *data,
    const struct store_about *about, struct err *e);

// Writes an array in pieces along its first dimension: call begin once, write until all rows are written, then end.
struct store_stream;
struct store_stream *store_stream_begin(struct store_file *f, const char *path, const struct store_shape *shape,
    const struct store_about *about, struct err *e);
int store_stream_write(struct store_stream *s, int64_t rows, const void *data, struct err *e);
// Completes the array. Returns -1 and an error if the number of rows is wrong. Frees *s even on failure.
int store_stream_end(struct store_stream **s, struct err *e);

// Sets the attributes `long_name` and `units` and the scales of an existing dataset, such as one that
// store_write_parallel wrote.
int store_describe(struct store_file *f, const char *path, const struct store_about *about, struct err *e);
// Writes a dimension scale that is a counter: 0 to n-1 as int64. `path` is also the name of the dimension.
int store_write_index(struct store_file *f, const char *path, int64_t n, const char *long_name, struct err *e);

// These three set or replace an attribute of an object. The object "" or "/" is the file. A group that does not exist
// is made.
int store_set_text(struct store_file *f, const char *object, const char *name, const char *value, struct err *e);
int store_set_int(struct store_file *f, const char *object, const char *name, int64_t value, struct err *e);
int store_set_real(struct store_file *f, const char *object, const char *name, double value, struct err *e);
// Gives a group a checksum of all attributes in it. store_verify_all compares this checksum, and store_copy copies it.
// A commit gives such a checksum to the file. Call this function for a part of a file that must be verifiable without
// the rest.
int store_seal_attributes(struct store_file *f, const char *group, struct err *e);
// Computes the checksum of store_seal_attributes, in hexadecimal digits.
int store_attributes_checksum(struct store_file *f, const char *group, char out[17], struct err *e);

// Copies a group or dataset, with everything in it, into another file. The trials of a run are copied into run.h5 this
// way.
int store_copy(struct store_file *from, const char *object, struct store_file *to, const char *name, struct err *e);

// store_check_output and store_check_replace check whether a command may write to a file. Call them before any work is
// done. store_check_output returns -1 and ERR_USAGE if the output is one of the n inputs. It compares device and inode,
// and skips inputs that are NULL.
int store_check_output(const char *option, const char *output, const char *const *inputs, int n, struct err *e);
// Returns 0 if PATH does not exist, or is a regular file with this `format`. Returns -1 and ERR_DATA if it is a damaged
// file of this program, and -1 and ERR_USAGE otherwise. Forks, so call it before MPI_Init.
int store_check_replace(const char *path, const char *format, struct err *e);

// Returns the attribute `format` of a file in new memory. Returns NULL if it cannot be read. Forks.
char *store_peek_format(const char *path);

// Makes a file in memory. The functions of this header write and read it. `path` is its name in messages. It can become
// a record of a journal (journal.h), and store_copy can copy it into an HDF5 file. store_close frees it.
struct store_file *store_create_packed(const char *path, const char *format, struct err *e);

// --- checks before a file is opened
// Checks the first bytes of PATH, without HDF5 and without a child. Returns -1 and ERR_DATA if PATH is not a regular
// file, cannot be read, is empty, is not HDF5, or is shorter than its header says. Never blocks on a pipe. Only a walk
// or a verification finds other damage.
int store_check_header(const char *path, struct err *e);
// Opens and walks PATH in a forked child, with limits on time and memory. Returns 0 if HDF5 can read all of it. Call it
// before MPI_Init for every file that this process did not write, because a fork after MPI_Init is not safe everywhere.
int store_walk(const char *path, struct err *e);
// Walks the file's attributes and n existing objects with everything in them. The caller may then open the file as
// STORE_CHECKED, but must read only what was walked. The result is not remembered.
int store_walk_objects(const char *path, const char *const *objects, int n, struct err *e);
// Lets this process open files without a walk from now on, because rank 0 of its job has walked the same files.
void store_trust(void);

// Walks n files in one child. While the caller uses a file, the child already walks the next ones. If a file crashes
// the child, a new child continues with the next file. This is fast for thousands of files. Borrows `paths`.
struct store_walker;
enum store_depth {
    STORE_STRUCTURE, // walks the file
    STORE_CHECKSUMS  // walks the file, and compares all arrays and attributes with their checksums
};
struct store_walker *store_walker_new(const char *const *paths, int n, enum store_depth depth);
// Waits for the result of the next file. Returns 0 if the file may be opened as STORE_CHECKED.
int store_walker_next(struct store_walker *w, struct err *e);
// `array` is called for every array that agrees with its checksum or has none.
struct store_each {
    void (*array)(void *context, const char *path, int64_t bytes, bool has_checksum);
    void *context;
};
// From the next file on, makes the walker report all damage in a file, not only the first, and a missing seal, too.
// Calls `each` for arrays, with NULL as path. The walker's depth must be STORE_CHECKSUMS.
void store_walker_report(struct store_walker *w, const struct store_each *each);
void store_walker_free(struct store_walker **w);

// --- reading
// What the caller knows about a file before it is opened.
enum store_check {
    STORE_CHECK,   // nothing: a child walks the file first
    STORE_CHECKED, // the file was walked
    STORE_OWN      // this process, or another rank of its job, wrote the file
};
// Opens PATH for reading. `format` is the required value of the attribute `format`; NULL accepts any HDF5 file.
struct store_file *store_open(const char *path, const char *format, enum store_check check, struct err *e);
// Opens PATH without a walk, which would fork. Compares the file with its seal (seal.c), and all arrays and attributes
// with their checksums. Returns NULL and an error if they differ or if the file has no seal.
struct store_file *store_open_sealed(const char *path, const char *format, struct err *e);
void store_close(struct store_file **f);            // NULL-safe
const char *store_path(const struct store_file *f); // as given to store_create or store_open
const char *store_library(void);                    // "HDF5 1.10.8"

bool store_has(struct store_file *f, const char *object);
// Lists the names in a group in order of name. The caller owns the array of *n strings and each string.
int store_list(struct store_file *f, const char *group, char ***names, int *n, struct err *e);
// Sets *shape. Its `type` is the smallest of our types that holds all values of the stored type (uint16: STORE_I32,
// float16: STORE_F32).
int store_get_shape(struct store_file *f, const char *path, struct store_shape *shape, struct err *e);
// Reads rows of the first dimension as `type`, densely into `data`. HDF5 converts the values. A value that an integer
// type cannot hold is an error. A scalar has one row. Each string is in new memory, owned by the caller.
// Compares the array with its checksum. If the array is read in order from its first row to its last, it is compared
// after the last row, otherwise before the first read. A difference is an error, ERR_DATA.
int store_read(
    struct store_file *f, const char *path, enum store_type type, struct store_range rows, void *data, struct err *e);
// Reads entries of the last dimension, with all entries of the other dimensions, into `data` (..., n). Otherwise does
// the same as store_read, but only for numbers.
int store_read_last(struct store_file *f, const char *path, enum store_type type, struct store_range columns,
    void *data, struct err *e);
// Returns a hint, in new memory, if a soft or external link is on the path of an object. The hint names the link and
// says what path to use instead. Returns NULL if there is no link.
char *store_link_hint(struct store_file *f, const char *object);

// Returns true if one of the errors reports a damaged file.
bool store_is_damage(const struct err *e);
// Compares a dataset with its stored checksum, in pieces. Returns 0 if it has no checksum.
int store_verify(struct store_file *f, const char *path, struct err *e);
// Compares all arrays and attributes in a group ("": the file) with their checksums. Continues after a mismatch.
int store_verify_group(struct store_file *f, const char *group, struct err *e);
// Compares all arrays and attributes of the file with their checksums, and requires the seal. Continues after a
// mismatch. `each` may be NULL.
int store_verify_all(struct store_file *f, const struct store_each *each, struct err *e);

// Returns the string of an attribute in new memory. Returns NULL if there is no such attribute.
char *store_get_text(struct store_file *f, const char *object, const char *name);
// Both return -1 if the attribute is missing or has another type. They then add an error, unless `e` is NULL.
int store_get_int(struct store_file *f, const char *object, const char *name, int64_t *value, struct err *e);
int store_get_real(struct store_file *f, const char *object, const char *name, double *value, struct err *e);
// An attribute of one or more numbers.
struct store_reals {
    double *values;       // (capacity), borrowed
    int capacity;         // at most STORE_REALS_MAX
    enum store_type type; // result: the type as stored
};
// Reads an attribute of one or more numbers. Returns how many it has, or 0 if it does not exist. Returns -1 and an
// error if it holds something else, or more than `capacity` numbers.
int store_get_reals(struct store_file *f, const char *path, const char *name, struct store_reals *reals, struct err *e);
// Lists the names of an object's attributes in order of name, in new memory as store_list does. On failure, lists the
// names that were found before.
int store_attributes(struct store_file *f, const char *object, char ***names, int *n, struct err *e);

// --- mapping
// The bytes of a contiguous dataset in native byte order, mapped read-only. All processes of a node share them in the
// page cache. They are read from disk only when they are touched. A mapping stays valid after store_close.
struct store_mapping {
    const void *data; // NULL: the dataset cannot be mapped (chunked, compressed, foreign byte order) and must be read
    size_t bytes;
    void *base;
    size_t length;
    struct map_watch *watch; // owned: notices changes of the file
};
int store_map(struct store_file *f, const char *path, struct store_mapping *map, struct err *e);
void store_unmap(struct store_mapping *map);
// Checks that the file still holds what it held when it was mapped. `checksum` is the one in the dataset's attribute,
// or NULL if it has none. Always looks at size and modification time, which costs nothing. Compares the bytes if these
// show a change or are inconclusive, and with STORE_MAP_BYTES also from time to time. Returns -1 and ERR_DATA if the
// file was cut off, if the bytes differ, or if the file was written and there is no checksum. If it was cut off,
// readers get zeros and no signal.
enum store_map_checks { STORE_MAP_LOOK, STORE_MAP_BYTES };
int store_map_check(const struct store_mapping *map, const char *checksum, enum store_map_checks checks, struct err *e);
// Advises the system about bytes [first, first + n). STORE_MAP_SOON reads them ahead. STORE_MAP_DONE releases the
// memory that they take in this process. Never changes the bytes that a reader gets.
enum store_map_need { STORE_MAP_SOON, STORE_MAP_DONE };
void store_map_advise(const struct store_mapping *map, size_t first, size_t n, enum store_map_need need);
// Waits until bytes [first, first + n) are in memory. Reads them in order and in large pieces, at the speed of the
// disk. Reports no errors, because the reader of the bytes notices them. Any thread may call this function.
void store_map_fetch(const struct store_mapping *map, size_t first, size_t n);
