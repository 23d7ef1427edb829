// What identifies the rows of a data set besides their number: an id, a time, and the group that they belong to.
#pragma once

#include "base/err.h"
#include "store/store.h"
#include <stdbool.h>
#include <stdint.h>

enum { GROUP_MISSING = -1 };

// Zero it to start: the rows have only numbers.
struct coordinates {
    char **id;             // (rows), owned; a row without one has ""; NULL: there are no ids
    int64_t *time;         // (rows), owned: microseconds since 1970, or TIME_MISSING; NULL: there are no times
    int64_t *group;        // (rows), owned: index of group_names, or GROUP_MISSING; NULL: there are no groups
    bool borrows_ids;      // the strings of `id` are not owned
    const char *dimension; // borrowed: the scale of the rows in files; NULL: sample

    // Set if the split has them, even if the arrays were not read.
    char *id_name;      // owned: the column of the ids; NULL: there are no ids
    char *time_name;    // owned: the column of the times; NULL: there are no times
    char *time_zone;    // owned: the offset in which times are shown, such as "+01:00"; NULL: none was given
    char *group_name;   // owned: the column of the groups, or "file"; NULL: there are no groups
    char **group_names; // (n_group_names), owned
    int n_group_names;
};

// Reads from a split, or from the scores of a test set, what coordinates its `rows` rows have. Returns -1 and ERR_DATA
// for arrays that do not fit the rows.
int coordinates_open(struct store_file *f, const char *group, int64_t rows, struct coordinates *out, struct err *e);
// Reads the coordinates of rows [first, first + rows) that coordinates_open found. Arrays of earlier rows are freed.
int coordinates_read(
    struct store_file *f, const char *group, int64_t first, int64_t rows, struct coordinates *c, struct err *e);
// Frees only the arrays, of `rows` rows.
void coordinates_free_rows(struct coordinates *c, int64_t rows);
// Frees all.
void coordinates_free(struct coordinates *c, int64_t rows);

// to := the names that describe the coordinates of `from`, without rows.
void coordinates_copy_names(struct coordinates *to, const struct coordinates *from);
// How the arrays are described, for callers that write them in pieces; coordinates_write_names must follow.
extern const struct store_about about_id, about_time, about_group;
// Writes the attributes that describe the coordinates, after the arrays.
int coordinates_write_names(struct store_file *f, const char *group, const struct coordinates *c, struct err *e);
// Writes the arrays of `rows` rows along the scale of the rows in the group, and the attributes.
int coordinates_write(
    struct store_file *f, const char *group, int64_t rows, const struct coordinates *c, struct err *e);

// to := the coordinates of the rows row[0..rows) of `from`, whose ids are borrowed. Returns -1 and an error if memory
// runs out.
int coordinates_pick(
    const struct coordinates *from, const int64_t *row, int64_t rows, struct coordinates *to, struct err *e);

// Returns how a row is called, as new memory: its id, else its time, else NULL.
char *coordinates_row_name(const struct coordinates *c, int64_t row);
// Returns the time of a row in its zone as new memory, or NULL if it has none.
char *coordinates_time_text(const struct coordinates *c, int64_t row);
// Returns the name of the group of a row, or NULL if it has none.
const char *coordinates_group(const struct coordinates *c, int64_t row);
