// A file in memory: the groups, arrays and attributes of an HDF5 file, without HDF5. The functions of store.h write it
// and read it like a file on disk. Packed into bytes, it is a record of a journal (journal.h).
#pragma once

#include "store/store.h"

struct packed_attribute {
    const char *name;
    enum store_type type; // STORE_TEXT, STORE_I64 or STORE_F64
    union {
        const char *text;
        int64_t whole;
        double real;
    } value;
};

// A group or an array. All pointers point into memory of the file.
struct packed_object {
    const char *path; // without a slash at either end; "": the file itself
    size_t length;    // length of `path`
    bool is_array;
    struct store_shape shape;           // arrays only, as are the members below up to `checksum`
    const char *scale[STORE_MAX_RANK];  // as in struct store_about
    const void *data;                   // dense; strings follow each other, each with its NUL
    size_t bytes;                       // number of bytes in `data`
    uint64_t checksum;                  // XXH3 of `data`
    struct packed_attribute *attribute; // (n_attributes)
    int n_attributes, attributes_room;
};

struct packed {
    struct packed_object *object; // (n), owned; [0] is the file itself
    int n, room;
    int recent;                  // index of the object that was found last
    const char *mount;           // the path under which the content appears; "": the root
    struct packed_block *blocks; // owned: the memory of all names and values
};

struct packed *packed_new(const char *mount);
void packed_free(struct packed **p); // NULL-safe
// Returns n bytes of memory that lives as long as the file.
void *packed_take(struct packed *p, size_t n);
// Returns a copy of a string, which lives as long as the file.
const char *packed_text(struct packed *p, const char *text);

// Returns the object. Returns NULL if it does not exist.
struct packed_object *packed_find(struct packed *p, const char *path);
// Returns the group or array. If it does not exist, makes a group, and the groups that it is in.
struct packed_object *packed_make(struct packed *p, const char *path);
// Adds an empty group that does not exist yet. `path` is as in struct packed_object.
struct packed_object *packed_add(struct packed *p, const char *path, size_t length);
// Adds an array and copies its values. Strings are char *, one for each element; NULL is "".
void packed_write(struct packed *p, const char *path, const struct store_shape *shape, const void *data,
    const struct store_about *about);
// Sets an attribute. Copies its name and, if it is a string, its value.
void packed_set(struct packed *p, struct packed_object *o, const struct packed_attribute *a);
const struct packed_attribute *packed_get(const struct packed_object *o, const char *name);
// Both list names in order, as store_list and store_attributes do.
void packed_list(const struct packed *p, const struct packed_object *group, char ***names, int *n);
void packed_attributes(const struct packed_object *o, char ***names, int *n);

// --- bytes (packed_bytes.c)
// A value of PACKED_SHARE_BYTES or more can be stored apart, once for many files. It is then found by its checksum.
enum { PACKED_SHARE_BYTES = 256 };
struct packed_value {
    const void *data;
    size_t bytes;
    uint64_t checksum;
};
struct packed_bytes {
    unsigned char *data; // owned
    size_t n, room;
};
// Appends n bytes.
void packed_bytes_add(struct packed_bytes *out, const void *data, size_t n);
// `shares` decides whether a value is stored apart. If it is NULL, no value is.
struct packed_share {
    bool (*shares)(void *context, const struct packed_value *value);
    void *context;
};
// Appends the file to `out`.
void packed_pack(const struct packed *p, const struct packed_share *share, struct packed_bytes *out);
// `find` sets the data of a value that is stored apart. It returns false if the value does not exist.
struct packed_lookup {
    bool (*find)(void *context, struct packed_value *value);
    void *context;
};
// Unpacks a file and copies its values. Returns NULL if the bytes are not a packed file, or if a value that is stored
// apart is missing.
struct packed *packed_unpack(const void *bytes, size_t n, const char *mount, const struct packed_lookup *lookup);

// --- reading (packed_read.c)
// Reads rows of an array as store_read does. Returns -1 and an error that begins with FILE: PATH.
int packed_read(const char *file, const struct packed_object *o, enum store_type type, struct store_range rows,
    void *data, struct err *e);
