// What the files of store/ share: an open file, errors of HDF5, access to objects by path, and reading in pieces.
#pragma once

#include "base/err.h"
#include "base/output.h"
#include "store/links.h"
#include "store/packed_impl.h"
#include "store/seal.h"
#include "store/store.h"
#include <hdf5.h>
#include <sys/stat.h>

enum { STORE_PIECE_BYTES = 4 << 20 }; // bytes that checks and copies hold in memory, at most

// The driver's note about failed writes.
struct disk_note {
    int error;      // errno of the first write that failed; 0: none
    uint64_t bytes; // size of the file, including writes that failed or were dropped
};

struct hash_stream;

// The state of the comparison of an array with its checksum, while the array is read.
struct read_check {
    char *path;     // owned; NULL: not in use
    char *expected; // the checksum, owned; NULL: the array has none
    struct hash_stream *hash;
    int64_t next; // rows before this one are in `hash`
    bool is_good; // the whole array was compared, or has no checksum to compare
};
enum { READ_CHECKS = 8 }; // number of arrays of a file that can be read alternately, piece by piece

struct store_file {
    char *path;                   // owned, as given
    char *temporary;              // owned; NULL: open for reading
    const struct disk_seen *seen; // borrowed: the file that a commit may replace; NULL: any
    struct packed *packed;        // owned: the content, if the file is in memory; NULL: HDF5 has it
    hid_t id;
    hid_t recent;      // the object that object_recent keeps open, if recent_path is not NULL
    char *recent_path; // owned
    struct disk_note note;
    bool lost;      // the last read failed because the integer type cannot hold a value
    bool failed;    // a write failed: never commit
    bool is_sealed; // the file is open for reading, and its seal is good
    struct read_check check[READ_CHECKS];
    int next_check;             // index of the next entry of `check` to replace
    struct seal_arrays *arrays; // borrowed: array_verify adds the arrays that are good; NULL: not needed
};

// store_file.c: the version of a format that this program writes, which is also the highest that it reads
int format_version(const char *format);

// library.c: HDF5's settings and its error messages
void library_setup(void); // call it before each file is opened or made, because MPI_Finalize resets HDF5's settings
hid_t library_access(bool write); // returns a new file access property list
// Adds "FILE: OBJECT: message: HDF5's innermost reason" and clears HDF5's error. A file that is open for writing counts
// as failed from then on. The kind is ERR_IO if the file is open for writing, ERR_DATA if it is open for reading.
// `object` and `e` may be NULL. Returns -1.
int file_fail(struct store_file *f, const char *object, struct err *e, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void library_reason(char *out, size_t room); // sets `out` to ": reason", or to "" if HDF5 gives none

// driver.c: makes `access` use our driver for writing, which notes failures. Returns -1 if HDF5 refuses the driver.
int driver_set(hid_t access, struct disk_note *note);

// durable.c
// Makes or opens the temporary file for writing. Owns the string `temporary` from then on, even on failure.
enum durable_how { DURABLE_OLD, DURABLE_NEW };
struct store_file *durable_open(const char *path, char *temporary, enum durable_how how, struct err *e);
// Returns -1 and an error if a write of this file has failed on disk.
int durable_check(struct store_file *f, const char *object, struct err *e);
// Closes the file in HDF5, which writes everything that it still holds. Returns 0 only if every write of this file has
// succeeded.
int durable_close(struct store_file *f, struct err *e);
int durable_format(struct store_file *f, const char *format, struct err *e);

// store_file.c
struct store_file *file_new(const char *path, char *temporary, hid_t id); // owns `temporary` from then on
void file_free(struct store_file **f);
struct store_file *file_open(const char *path, struct err *e);           // without a walk; compares the seal, if any
struct store_file *file_open_unchecked(const char *path, struct err *e); // without a walk; compares nothing

// map_watch.c
struct map_watch *map_watch_new(const char *path, int fd, void *base, size_t length);
void map_watch_free(struct map_watch **w); // NULL-safe

// object.c: finds objects by path, through hard links only
hid_t object_open(struct store_file *f, const char *path, struct err *e);
hid_t dataset_open(struct store_file *f, const char *path, struct err *e); // refuses groups
// Opens the object as object_open does. It is borrowed until object_release. In a file that is open for writing, the
// object then stays open until another one is requested, because an object gets many attributes one after the other. In
// a file that is open for reading, object_release closes it, because HDF5 could crash on the open object of a malformed
// file.
hid_t object_recent(struct store_file *f, const char *path, struct err *e);
void object_release(struct store_file *f);
// Closes the object that object_recent keeps open. Call it before a file that is open for writing is closed.
void object_forget(struct store_file *f);
// Returns the path of NAME in the group of PATH, or NAME itself if it is absolute, in new memory.
char *object_sibling(const char *path, const char *name);
const char *object_name(const char *path); // returns the part after the last slash
hid_t links_new(void);                     // returns a link creation property list that makes missing groups

// type.c: our types and HDF5's
hid_t type_open(enum store_type type);          // returns the native type in memory, which the caller closes
const char *integer_name(enum store_type type); // name of an integer type for messages
int type_of(hid_t type);                        // returns the smallest of our types that holds all values; -1: none
int64_t shape_rows(const struct store_shape *shape);
int64_t shape_row_elements(const struct store_shape *shape);
int64_t shape_piece(const struct store_shape *shape); // returns the number of rows of a piece, at least 1

// array.c
// An array that is open in HDF5.
struct open_array {
    struct store_file *f; // borrowed
    const char *path;     // borrowed
    hid_t dataset;
    struct store_shape shape;
};
// Opens an array and sets *a. Returns -1 and an error if it does not exist or array_shape refuses it; then nothing is
// open.
int array_open(struct store_file *f, const char *path, struct open_array *a, struct err *e);
void array_close(struct open_array *a);
// Sets a->shape; the other members of `a` must be set. Returns -1 and an error if the array has a rank, type or storage
// that we do not read.
int array_shape(struct open_array *a, struct err *e);
// Selects entries of one dimension, with all entries of the other dimensions. Sets *file to the array's dataspace with
// the selection, and *memory to a dataspace for that many values. The caller closes both, even on failure.
int array_select(const struct open_array *a, int dimension, struct store_range part, hid_t *file, hid_t *memory);

// write.c
hid_t dataset_create(struct store_file *f, const char *path, const struct store_shape *shape, struct err *e);

// strings.c
void strings_free(char **strings, int64_t n); // frees the strings, not the array
void strings_hash(struct hash_stream *hash, char *const *strings, int64_t n);

// rows.c
// Returns a transfer property list for values of a type in memory. For strings it has a small conversion buffer: the
// default one has a mebibyte, and HDF5 clears it at every transfer of strings.
hid_t transfer_of_type(hid_t type);
// Reads entries of one dimension, with all entries of the other dimensions, as HDF5's `type`. Returns -1 and an error
// on failure, and sets f->lost if an integer type cannot hold a value.
int array_read(
    const struct open_array *a, int dimension, struct store_range part, hid_t type, void *data, struct err *e);
const char *entry_name(int dimension); // returns "row" or "column", for messages
int read_texts(const struct open_array *a, struct store_range rows, char **texts, struct err *e);

// walk_array.c
// Reads an open array whose shape is not set yet. Reads only the first and last element of an array of plain numbers,
// and all of any other array. Returns -1 and an error if HDF5 cannot read it. Skips an array that array_shape refuses,
// because it will not be read later.
int array_try(struct open_array *a, struct err *e);

// packed_copy.c: store_copy for a file in memory
int packed_copy(struct store_file *from, const char *object, struct store_file *to, const char *name, struct err *e);

// verify.c
// Adds rows to a checksum as they are stored, strings with their NULs. Adds numbers also to `part`, unless it is NULL.
int array_hash(const struct open_array *a, struct store_range rows, struct hash_stream *hash, struct hash_stream *part,
    struct err *e);
// Compares an open array as store_verify does. Its shape need not be set. Calls `each` if the array is good. `each` may
// be NULL.
int array_verify(struct open_array *a, const struct store_each *each, struct err *e);
// Report that an array differs from its checksum, or that the checksum cannot be read. Return -1.
int checksum_differs(const struct open_array *a, const char *found, const char *expected, struct err *e);
int checksum_unreadable(struct store_file *f, const char *path, struct err *e);
// Returns true if the file was written with a seal but has none now.
bool seal_is_missing(struct store_file *f);
// Returns -1 and an error if seal_is_missing.
int seal_missing(struct store_file *f, struct err *e);
// Compares the attributes of the file and of all its groups with their checksums.
int attributes_verify_all(struct store_file *f, struct err *e);
int checksum_set(struct store_file *f, const char *path, uint64_t value, struct err *e);

// attributes.c
char *attribute_text(hid_t object, const char *name); // store_get_text for an open object
void attribute_touch(hid_t object, const char *name); // reads an attribute and drops its value
// Adds path, name and value of an attribute to the hash. Omits an attribute that is not a single value.
void attribute_hash(hid_t object, const char *path, const char *name, struct hash_stream *hash);

// attributes_checksum.c: returns 0 if the attributes of the group agree with their checksum or have none, otherwise -1
// and an error
int attributes_verify(struct store_file *f, const char *path, hid_t group, struct err *e);

// checked_files.c
enum checked_what {
    CHECKED_WALK = 1,       // the file passed the walk
    CHECKED_SEAL = 2,       // the seal is good
    CHECKED_ATTRIBUTES = 4, // the attributes were compared with their checksums; they may have differed
};
// Returns true if this process has done this check of the file, and the file has not changed since.
bool checked_has(const struct stat *s, enum checked_what what);
void checked_add(const struct stat *s, enum checked_what what);

// read_check.c
// Call it before rows from `first` on are read as `type`. Sets *check to the check that read_check_add must add the
// values to, or to NULL if they need no check. Returns -1 and an error if the array was compared and is damaged.
int read_check_begin(
    struct open_array *a, enum store_type type, int64_t first, struct read_check **check, struct err *e);
// Adds the rows that were read to the check. Returns -1 and an error if they were the last rows and the array is
// damaged.
int read_check_add(const struct open_array *a, struct read_check *c, enum store_type type, int64_t rows,
    const void *data, struct err *e);
void read_checks_free(struct store_file *f);
