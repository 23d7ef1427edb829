// Writes the names, times and groups of rows into a file of scores.
#pragma once

#include "apply/score_places.h"
#include "apply/spool.h"
#include "data/row_reader.h"
#include "store/store.h"

// Copies the coordinates of all rows of a split into a group, in pieces. `dimension` is the scale of the rows.
int scores_write_coordinates(
    struct store_file *f, const char *group, const char *dimension, struct row_reader *r, struct err *e);

// Where a coordinate is written: the group, and the dimension and length of its arrays.
struct coordinate_place {
    struct store_file *f;
    const char *group, *dimension;
    int64_t rows;
};

// Keeps names and times of rows until their number is known. Zero it to start.
struct spooled_names {
    struct spool id;   // the names, each with a NUL
    struct spool time; // the times, as int64

    int64_t zoned, unzoned; // number of times with an offset from UTC; number of times without one
    bool has_zones;         // offsets differ
    int offset_minutes;     // the first offset
    char zone[8];           // the first offset as it is shown: "Z" or "+01:00"
};
// Adds the name and time of the next row. Returns -1 and an error on failure.
int spooled_names_add(
    struct spooled_names *s, const struct score_naming *naming, const struct score_place *place, struct err *e);
// Writes all names and times. Returns -1 and an error on failure.
int spooled_names_write(
    const struct spooled_names *s, const struct score_pass *p, const struct coordinate_place *to, struct err *e);
void spooled_names_close(struct spooled_names *s);
