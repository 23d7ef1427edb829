// What the files of store/ share: an open file, the error messages of HDF5, objects found by path, pieces of arrays.
#pragma once

#include "base/err.h"
#include "base/output.h"
#include "store/links.h"
#include "store/packed_impl.h"
#include "store/seal.h"
#include "store/store.h"
#include <hdf5.h>
#include <sys/stat.h>

enum { STORE_PIECE_BYTES = 4 << 20 }; // what checks and copies hold in memory at a time

// What the driver has seen of the disk.
struct disk_note {
    int error;      // errno of the first write that failed; 0: none
    uint64_t bytes; // of the file, including those whose write failed or was dropped
};

struct hash_stream;

// How far the comparison of an array with its checksum has come while it is read.
struct read_check {
    char *path;     // owned; NULL: not in use
    char *expected; // the checksum, owned; NULL: the array has none
    struct hash_stream *hash;
    int64_t next; // rows before this one are in `hash`
    bool is_good; // the whole array was compared, or cannot be
};
enum { READ_CHECKS = 8 }; // arrays of a file that are read in turns

struct store_file {
    char *path;                   // owned, as given
    char *temporary;              // owned; NULL: open for reading
    const struct disk_seen *seen; // borrowed: what it may replace; NULL: anything
    struct packed *packed;        // owned: the content, if the file is in memory; NULL: HDF5 has it
    hid_t id;
    hid_t recent;      // of object_recent, open where there is a path
    char *recent_path; // owned
    struct disk_note note;
    bool lost;      // the last read ended at a value that its integer type cannot hold
    bool failed;    // something failed while writing: never commit
    bool is_sealed; // it was opened for reading, and its seal is good
    struct read_check check[READ_CHECKS];
    int next_check;             // the place of `check` that is taken next
    struct seal_arrays *arrays; // those that array_verify has found good are noted here; NULL: nowhere
};

// store_file.c: the version of a format that this program writes, the highest that it reads
int format_version(const char *format);

// library.c: HDF5's settings and its error messages
void library_setup(void);         // before every first call: HDF5 forgets its settings in MPI_Finalize
hid_t library_access(bool write); // a new file access property list
// Adds "FILE: OBJECT: message: HDF5's innermost reason" and forgets HDF5's error. ERR_IO for a file that is written,
// ERR_DATA for one that is read. `object` may be NULL; so may `e`. Returns -1.
int file_fail(struct store_file *f, const char *object, struct err *e, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void library_reason(char *out, size_t room); // ": reason", or "" where HDF5 gives none

// driver.c: makes `access` write through our driver, which notes a failure. Returns -1 if HDF5 refuses the driver.
int driver_set(hid_t access, struct disk_note *note);

// durable.c
// Makes or opens the temporary for writing. Owns the string `temporary` from then on, also on failure.
enum durable_how { DURABLE_OLD, DURABLE_NEW };
struct store_file *durable_open(const char *path, char *temporary, enum durable_how how, struct err *e);
// 0, or -1 and an error when a write of this file has failed on disk.
int durable_check(struct store_file *f, const char *object, struct err *e);
// Closes the file in HDF5: all that it still holds is written now. 0 only when every write of this file has succeeded.
int durable_close(struct store_file *f, struct err *e);
int durable_format(struct store_file *f, const char *format, struct err *e);

// store_file.c
struct store_file *file_new(const char *path, char *temporary, hid_t id); // takes `temporary`
void file_free(struct store_file **f);
struct store_file *file_open(const char *path, struct err *e);           // without a walk, but with a good seal
struct store_file *file_open_unchecked(const char *path, struct err *e); // even so

// map_watch.c
struct map_watch *map_watch_new(const char *path, int fd, void *base, size_t length);
void map_watch_free(struct map_watch **w); // NULL-safe

// object.c: objects by path, through hard links only
hid_t object_open(struct store_file *f, const char *path, struct err *e);
hid_t dataset_open(struct store_file *f, const char *path, struct err *e); // refuses other kinds of objects
// The same object as object_open, borrowed until it is released. In a file that is written it then stays open until
// another one is asked for, because attributes are many to an object; in one that is read HDF5 could crash on it where
// the file is malformed.
hid_t object_recent(struct store_file *f, const char *path, struct err *e);
void object_release(struct store_file *f);
void object_forget(struct store_file *f);                 // before a file that is written is closed
char *object_sibling(const char *path, const char *name); // NAME in the group of PATH, or "/absolute"; new memory
const char *object_name(const char *path);                // the part behind the last slash
hid_t links_new(void);                                    // link creation property list: missing groups are made

// type.c: our types and HDF5's
hid_t type_open(enum store_type type);          // in memory, native; to be closed
const char *integer_name(enum store_type type); // for messages
int type_of(hid_t type);                        // the smallest of ours that holds all of its values; -1: none
int64_t shape_rows(const struct store_shape *shape);
int64_t shape_row_elements(const struct store_shape *shape);
int64_t shape_piece(const struct store_shape *shape); // rows of one piece, at least 1

// array.c
// An array that is open in HDF5.
struct open_array {
    struct store_file *f; // borrowed
    const char *path;     // borrowed
    hid_t dataset;
    struct store_shape shape;
};
// Opens an array and sets *a. Returns -1 and an error if it does not exist, or as array_shape; then nothing is open.
int array_open(struct store_file *f, const char *path, struct open_array *a, struct err *e);
void array_close(struct open_array *a);
// Sets a->shape, the only member of `a` that is not set yet. Returns -1 and an error if the array has a rank, type or
// storage that we do not read.
int array_shape(struct open_array *a, struct err *e);
// Selects entries of one dimension, with all entries of the others: *file is the space of the array with the selection,
// *memory the space of as many values in memory. The caller closes both, also on failure.
int array_select(const struct open_array *a, int dimension, struct store_range part, hid_t *file, hid_t *memory);

// write.c
hid_t dataset_create(struct store_file *f, const char *path, const struct store_shape *shape, struct err *e);

// strings.c
void strings_free(char **strings, int64_t n); // the strings, not the array
void strings_hash(struct hash_stream *hash, char *const *strings, int64_t n);

// rows.c
// Returns a transfer property list for values of a type in memory. Strings get a small conversion buffer, because HDF5
// clears its default one, of a mebibyte, at every transfer of strings.
hid_t transfer_of_type(hid_t type);
// Reads entries of one dimension, with all entries of the others, as `type` of HDF5. Returns -1 and an error; sets
// f->lost if an integer type cannot hold a value.
int array_read(
    const struct open_array *a, int dimension, struct store_range part, hid_t type, void *data, struct err *e);
const char *entry_name(int dimension); // "row" or "column", for messages
int read_texts(const struct open_array *a, struct store_range rows, char **texts, struct err *e);

// walk_array.c
// Reads an open array whose shape is not set yet: of plain numbers the first and last element, otherwise all of it.
// Returns -1 and an error if HDF5 cannot read it. Passes over an array that array_shape refuses, because nobody will
// read it.
int array_try(struct open_array *a, struct err *e);

// packed_copy.c: store_copy from a file in memory
int packed_copy(struct store_file *from, const char *object, struct store_file *to, const char *name, struct err *e);

// verify.c
// Adds rows to the checksum as they are stored, strings with their NULs. Numbers are also added to `part`, unless it is
// NULL.
int array_hash(const struct open_array *a, struct store_range rows, struct hash_stream *hash, struct hash_stream *part,
    struct err *e);
// store_verify of an open array, whose shape need not be set. Reports a good one to `each`, unless that is NULL.
int array_verify(struct open_array *a, const struct store_each *each, struct err *e);
// The errors of a checksum: the array differs from it, or it cannot be read. Both return -1.
int checksum_differs(const struct open_array *a, const char *found, const char *expected, struct err *e);
int checksum_unreadable(struct store_file *f, const char *path, struct err *e);
// Returns true if the file was written with a seal but has none now.
bool seal_is_missing(struct store_file *f);
// Returns -1 and an error if so.
int seal_missing(struct store_file *f, struct err *e);
// Compares the attributes of the file and of all groups in it with their checksums.
int attributes_verify_all(struct store_file *f, struct err *e);
int checksum_set(struct store_file *f, const char *path, uint64_t value, struct err *e);

// attributes.c
char *attribute_text(hid_t object, const char *name); // as store_get_text, of an open object
void attribute_touch(hid_t object, const char *name); // reads it and forgets it
// Adds path, name and value to the hash, if it is a single value.
void attribute_hash(hid_t object, const char *path, const char *name, struct hash_stream *hash);

// attributes_checksum.c: 0 where they are as written, or have no checksum
int attributes_verify(struct store_file *f, const char *path, hid_t group, struct err *e);

// checked_files.c
enum checked_what {
    CHECKED_WALK = 1,       // it passed the walk
    CHECKED_SEAL = 2,       // its seal is good
    CHECKED_ATTRIBUTES = 4, // its attributes were compared with their checksums, with any result
};
// Returns whether this process has checked the file as it is now.
bool checked_has(const struct stat *s, enum checked_what what);
void checked_add(const struct stat *s, enum checked_what what);

// read_check.c
// Must be called before rows from `first` on are read as `type`. Sets *check to the check to which read_check_add must
// add their values, or to NULL if they need no check. Returns -1 and an error if the array was compared and is damaged.
int read_check_begin(
    struct open_array *a, enum store_type type, int64_t first, struct read_check **check, struct err *e);
// Adds the rows that were read. Returns -1 and an error if they were the last ones and the array is damaged.
int read_check_add(const struct open_array *a, struct read_check *c, enum store_type type, int64_t rows,
    const void *data, struct err *e);
void read_checks_free(struct store_file *f);
