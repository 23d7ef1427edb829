// The names, times and groups of rows in a file of scores.
#pragma once

#include "apply/score_places.h"
#include "apply/spool.h"
#include "data/row_reader.h"
#include "store/store.h"

// Copies the coordinates of all rows of a split into a group, along its scale `dimension`, in pieces.
int scores_write_coordinates(
    struct store_file *f, const char *group, const char *dimension, struct row_reader *r, struct err *e);

// An array of a group, its dimension and its length.
struct coordinate_place {
    struct store_file *f;
    const char *group, *dimension;
    int64_t rows;
};

// Names and times of rows whose number is known only at their end. Zero it to start.
struct spooled_names {
    struct spool id;   // each with a NUL
    struct spool time; // int64

    int64_t zoned, unzoned; // times with an offset from UTC, and without
    bool has_zones;         // offsets differ
    int offset_minutes;     // the first of them
    char zone[8];           // as it is shown: "Z" or "+01:00"
};
// Adds those of the next row. Returns -1 and an error if that fails.
int spooled_names_add(
    struct spooled_names *s, const struct score_naming *naming, const struct score_place *place, struct err *e);
// Writes them. Returns -1 and an error if that fails.
int spooled_names_write(
    const struct spooled_names *s, const struct score_pass *p, const struct coordinate_place *to, struct err *e);
void spooled_names_close(struct spooled_names *s);
