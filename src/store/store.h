// Durable, self-describing HDF5 files. The one door to HDF5.
//
// A file is written under a temporary name in its own folder and takes its name only when it is whole: flushed, synced,
// read back against the checksum of every array, sealed (seal.c), renamed (a kill -9 while an HDF5 file is open for
// writing destroys it). The seal is compared before HDF5 reads the file. A file that this process did not write is
// walked by a forked child before it is opened here: the HDF5 library of many systems crashes or hangs on malformed
// files. HDF5 is not thread-safe: call from one thread.
#pragma once

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STORE_MAX_RANK = 4, STORE_REALS_MAX = 16 };
enum store_type { STORE_U8, STORE_I8, STORE_I16, STORE_I32, STORE_I64, STORE_F32, STORE_F64, STORE_TEXT };
size_t store_type_size(enum store_type type); // bytes of one element; of STORE_TEXT that of a char *

// What a dataset is, for whoever opens it without us (CF conventions).
struct store_about {
    const char *long_name;              // NULL: none
    const char *units;                  // UDUNITS; "1" for pure numbers; NULL: none
    const char *scales[STORE_MAX_RANK]; // the dimension scale of each dimension: a dataset's name in the same group, or
                                        // "/absolute"; a scale itself names itself. Written before whoever uses them.
};

struct store_shape {
    enum store_type type;
    int rank;
    int64_t dims[STORE_MAX_RANK];
};

// --- writing
struct store_file;
// Opens PATH's temporary for writing and sets the attributes `format` and `format_version`. Folders must exist.
struct store_file *store_create(const char *path, const char *format, int format_version, struct err *e);
// The same of a file whose turn we have (base/output.h), which is borrowed until the file is committed. The commit
// fails if another program has written the file since the turn began, unless output->replaces_any.
struct output;
struct store_file *store_create_output(
    const struct output *output, const char *format, int format_version, struct err *e);
// Makes it whole and gives it its name; frees *f in every case. On failure the temporary is removed and PATH is
// untouched.
int store_commit(struct store_file **f, struct err *e);
// As store_commit; what had the name PATH is called `previous` from now on, in the same folder.
int store_commit_keeping(struct store_file **f, const char *previous, struct err *e);
// Removes the temporary and frees. NULL-safe.
void store_abandon(struct store_file **f);

// Groups on the way are made as needed. Every array is contiguous and gets its checksum (XXH3-64, hexadecimal text) as
// attribute `xxh3`. Texts are variable-length UTF-8. Paths look like "history/epoch".
int store_write(struct store_file *f, const char *path, const struct store_shape *shape, const void *data,
    const struct store_about *about, struct err *e);

// An array that comes in pieces along its first dimension: begin, write until all rows are there, end.
struct store_stream;
struct store_stream *store_stream_begin(struct store_file *f, const char *path, const struct store_shape *shape,
    const struct store_about *about, struct err *e);
int store_stream_write(struct store_stream *s, int64_t rows, const void *data, struct err *e);
int store_stream_end(struct store_stream **s, struct err *e); // frees *s in every case; refuses a wrong row count

// The attributes `long_name` and `units` and the scales of a dataset that is already there (one of
// store_write_parallel).
int store_describe(struct store_file *f, const char *path, const struct store_about *about, struct err *e);
// A dimension scale that only counts: 0 to n-1 as int64. `path` is at once its dimension's name.
int store_write_index(struct store_file *f, const char *path, int64_t n, const char *long_name, struct err *e);

// Attributes of an object ("" or "/": the file; a group is made where it does not exist). One that exists is replaced.
int store_set_text(struct store_file *f, const char *object, const char *name, const char *value, struct err *e);
int store_set_int(struct store_file *f, const char *object, const char *name, int64_t value, struct err *e);
int store_set_real(struct store_file *f, const char *object, const char *name, double value, struct err *e);
// The group gets a checksum of all attributes in it, which store_verify_all compares, and which goes where the group is
// copied. A file has one by itself when it is committed; this is for what is part of it and has to stand alone.
int store_seal_attributes(struct store_file *f, const char *group, struct err *e);
// What that checksum is now, in hexadecimal digits.
int store_attributes_checksum(struct store_file *f, const char *group, char out[17], struct err *e);

// Before any work is done: may a command write to this name? Both return -1 and ERR_USAGE if not.
// The output must not be one of n inputs (those that are not NULL), by device and inode.
int store_check_output(const char *output, const char *const *inputs, int n, struct err *e);
// Only a new file, or a regular file whose attribute `format` is this one, may be replaced. Forks: call it before
// MPI_Init. One of this program's files that is damaged is ERR_DATA.
int store_check_replace(const char *path, const char *format, struct err *e);

// The attribute `format` of a file, new memory; NULL if it cannot be read. Forks.
char *store_peek_format(const char *path);

// --- reading
// Looks at the first bytes of PATH, without HDF5 and without a child: 0, or -1 and ERR_DATA if it is no regular file,
// cannot be read, is empty, no HDF5 file, or shorter than it says. A pipe is never waited for. Other damage shows only
// when the file is walked or verified.
int store_glance(const char *path, struct err *e);
// Opens and walks PATH in a forked child with limits on its time and memory: 0 where HDF5 reads it through and through,
// else -1 and ERR_DATA. Remembers what was walked, so that store_open does not fork again while the file is unchanged.
// Call it before MPI_Init for every file that this process did not write: forking is not safe everywhere afterwards.
int store_walk(const char *path, struct err *e);
// The walks of n files by one process, which goes ahead while this one works, and is replaced where a file was its end:
// fast where there are thousands. `verifies`: compares all arrays with their checksums, too. _next waits for what the
// next file is like: 0, and it may be opened as `is_ours`, or -1 and why not. `paths` is borrowed.
struct store_walker;
// Is notified of every array that is as it was written, or has no checksum.
struct store_each {
    void (*array)(void *context, const char *path, int64_t bytes, bool has_checksum);
    void *context;
};
struct store_walker *store_walker_new(const char *const *paths, int n, bool verifies);
int store_walker_next(struct store_walker *w, struct err *e);
// From the next file on, all that is damaged in a file is reported, not only the first thing; so is a seal that is
// gone; and `each` is notified of arrays, without their paths. The walker must verify.
void store_walker_report(struct store_walker *w, const struct store_each *each);
void store_walker_free(struct store_walker **w);
// A walk of the file's attributes and of n of its objects with all that is in them, those that it has; for who then
// opens the file as `is_ours` and touches nothing else. Nothing is remembered.
int store_walk_objects(const char *path, const char *const *objects, int n, struct err *e);
// From now on this process opens files without a walk: rank 0 of its job has walked the same ones and told so.
void store_trust(void);
// Opens PATH for reading. `format`: what its attribute must say; NULL: any HDF5 file. `is_ours` skips the child's walk:
// true only for a file that this process has written.
struct store_file *store_open(const char *path, const char *format, bool is_ours, struct err *e);
// As store_open, without a walk, which would fork. Returns NULL and an error unless the file has a seal (seal.c) and
// every byte of it is as it was written.
struct store_file *store_open_sealed(const char *path, const char *format, struct err *e);
void store_close(struct store_file **f);
const char *store_path(const struct store_file *f); // as given to store_create or store_open

bool store_has(struct store_file *f, const char *object);
// The names in a group, in order of name, into new memory (an array of *n owned texts, owned itself).
int store_list(struct store_file *f, const char *group, char ***names, int *n, struct err *e);
// `type` is the smallest of ours that holds all values of the stored type (uint16: STORE_I32, float16: STORE_F32).
int store_get_shape(struct store_file *f, const char *path, struct store_shape *shape, struct err *e);
// Rows [first, first + rows) of the first dimension as `type` (converted by HDF5; an integer that cannot hold a value
// is an error), densely into `data`. A scalar has one row. Texts: new memory each, owned by the caller. Soft and
// external links are never followed, by no function here.
// The array is compared with its checksum: when its last row is read, if it is read from the first row to the last in
// order, else before its first read. One that differs is an error, ERR_DATA.
int store_read(struct store_file *f, const char *path, enum store_type type, int64_t first, int64_t rows, void *data,
    struct err *e);
// The same of entries [first, first + n) of the last dimension, with all entries of the others: (..., n), numbers only.
int store_read_last(
    struct store_file *f, const char *path, enum store_type type, int64_t first, int64_t n, void *data, struct err *e);
// If a soft or external link is on the way to an object: which, and what name to use instead; new memory. NULL: none
// is.
char *store_link_hint(struct store_file *f, const char *object);
// Whether one of the errors is that a file is damaged.
bool store_is_damage(const struct err *e);
// Compares the stored checksum of a dataset with its bytes, in pieces. A dataset without one passes.
int store_verify(struct store_file *f, const char *path, struct err *e);
// The same of all arrays and attributes in a group ("": the file); continues after a mismatch.
int store_verify_group(struct store_file *f, const char *group, struct err *e);
// The same of every array, of attributes and of the seal; continues after a mismatch. `each` may be NULL.
int store_verify_all(struct store_file *f, const struct store_each *each, struct err *e);
// Attributes. A missing one: text NULL (else new memory); -1 and an error from the others, unless `e` is NULL.
char *store_get_text(struct store_file *f, const char *object, const char *name);
// The names of an object's attributes in order of name, into new memory as store_list; on failure as many as were
// found.
int store_attributes(struct store_file *f, const char *object, char ***names, int *n, struct err *e);
int store_get_int(struct store_file *f, const char *object, const char *name, int64_t *value, struct err *e);
// An attribute of one or more numbers: how many, at most `room`; *type: theirs. Returns 0 if there is none, or -1 and
// an error if it is no number or more of them.
int store_get_reals(struct store_file *f, const char *object, const char *name, double *values, int room,
    enum store_type *type, struct err *e);
int store_get_real(struct store_file *f, const char *object, const char *name, double *value, struct err *e);

// --- mapping
// The bytes of a contiguous dataset in native byte order, mapped read-only: shared by all processes of a node through
// the page cache, and read from disk only as they are touched. Valid after store_close.
struct store_mapping {
    const void *data; // NULL: this dataset cannot be mapped (chunked, compressed, foreign byte order); read it instead
    size_t bytes;
    void *base;
    size_t length;
    struct map_watch *watch; // owned: what happens to the file meanwhile
};
int store_map(struct store_file *f, const char *path, struct store_mapping *map, struct err *e);
void store_unmap(struct store_mapping *map);
// Whether all that was read of a mapping is what its file held when it was mapped. `checksum`: of its bytes, as in its
// attribute; NULL: none. Looks at size and time, which costs nothing; the bytes are compared if these say that the file
// was written or cannot say, and with STORE_MAP_BYTES also from time to time. -1 and ERR_DATA: it was written, or cut
// off (no signal comes of that: zeros were read).
enum store_map_checks { STORE_MAP_LOOK, STORE_MAP_BYTES };
int store_map_check(const struct store_mapping *map, const char *checksum, enum store_map_checks checks, struct err *e);
// Bytes [first, first + n) will be read soon: the system fetches them ahead; or not soon again: this process lets go of
// their memory. Advice, which changes no byte.
void store_map_advise(const struct store_mapping *map, size_t first, size_t n, bool is_needed);

// Copies a group or dataset with all attributes from one file into another (the trials of a run into run.h5).
int store_copy(struct store_file *from, const char *object, struct store_file *to, const char *name, struct err *e);

const char *store_library(void); // "HDF5 1.10.8"
