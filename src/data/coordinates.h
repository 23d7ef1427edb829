// Coordinates identify the rows of a data set besides their number: an id, a time, and the group that they belong to.
#pragma once

#include "base/err.h"
#include "store/store.h"
#include <stdbool.h>
#include <stdint.h>

enum { GROUP_MISSING = -1 };

// Zero it to start: then rows are identified only by their numbers.
struct coordinates {
    char **id;             // (rows), owned; "": the row has no id; NULL: there are no ids
    int64_t *time;         // (rows), owned: microseconds since 1970, or TIME_MISSING; NULL: there are no times
    int64_t *group;        // (rows), owned: index into group_names, or GROUP_MISSING; NULL: there are no groups
    bool borrows_ids;      // the strings of `id` are not owned
    const char *dimension; // borrowed: name of the scale of the rows in files; NULL: "sample"

    // These are set if the split has the coordinate, even if its array was not read.
    char *id_name;      // owned: name of the column of ids; NULL: there are no ids
    char *time_name;    // owned: name of the column of times; NULL: there are no times
    char *time_zone;    // owned: offset with which times are shown, such as "+01:00"; NULL: unknown
    char *group_name;   // owned: name of the column of groups, or "file"; NULL: there are no groups
    char **group_names; // (n_group_names), owned
    int n_group_names;
};

// Finds out which coordinates the rows of `group` have. The group is a split, or holds the scores of a test set.
// Returns -1 and ERR_DATA if an array does not fit the rows.
int coordinates_open(struct store_file *f, const char *group, int64_t rows, struct coordinates *out, struct err *e);
// Reads the coordinates of rows [first, first + rows), after coordinates_open. Arrays of rows that were read before
// must have been freed. Returns -1 and an error if an array cannot be read, or if a row has the number of a group that
// has no name.
int coordinates_read(
    struct store_file *f, const char *group, int64_t first, int64_t rows, struct coordinates *c, struct err *e);
// Frees only the arrays. `rows` is their length.
void coordinates_free_rows(struct coordinates *c, int64_t rows);
// Frees everything. `rows` is the length of the arrays.
void coordinates_free(struct coordinates *c, int64_t rows);

// Copies the names that describe the coordinates of `from`, but no rows.
void coordinates_copy_names(struct coordinates *to, const struct coordinates *from);
// Descriptions of the arrays, for callers that write them in pieces and then call coordinates_write_names.
extern const struct store_about about_id, about_time, about_group;
// Writes the attributes that describe the coordinates. Call it after the arrays were written.
int coordinates_write_names(struct store_file *f, const char *group, const struct coordinates *c, struct err *e);
// Writes the arrays, along the scale of the rows in the group, and the attributes.
int coordinates_write(
    struct store_file *f, const char *group, int64_t rows, const struct coordinates *c, struct err *e);

// Sets *to to the coordinates of rows row[0..rows) of `from`; the ids are borrowed. Returns -1 and an error if memory
// runs out.
int coordinates_pick(
    const struct coordinates *from, const int64_t *row, int64_t rows, struct coordinates *to, struct err *e);

// Returns a name of a row in new memory: its id, or else its time, or else NULL.
char *coordinates_row_name(const struct coordinates *c, int64_t row);
// Returns the time of a row, in its zone, in new memory, or NULL if the row has none.
char *coordinates_time_text(const struct coordinates *c, int64_t row);
// Returns the name of the group of a row, or NULL if the row has none.
const char *coordinates_group(const struct coordinates *c, int64_t row);
