// Finds what identifies the rows of a piece: numbers, ids and times.
#pragma once

#include "apply/score_pass.h"
#include "base/timestamp.h"

struct score_place {
    int64_t row;              // number of the row in its file; for a window: number of its first time step
    const char *file;         // NULL: there is only one file
    struct row_text id, time; // text NULL: the row has none
    char time_room[TIME_TEXT_ROOM];
};

// Which names the rows of the data have.
struct score_naming {
    bool has_file, has_id, has_time;
};
struct score_naming score_naming_of(const struct score_pass *p);

// Reads the names of rows [first, first + rows), on rank 0. Returns -1 and an error on failure.
int score_places_read(struct score_pass *p, int64_t first, int64_t rows, struct err *e);
// Sets *out to the names of row i of the piece. The strings are valid until the next piece. Several threads may call
// it.
void score_place_of(const struct score_pass *p, int64_t i, struct score_place *out);
// Returns the number that the scaling of the model gives to the group of row i of the piece; -1: none. For a window,
// this is the group of its first time step, because no window crosses a border of groups.
int score_place_group(const struct score_pass *p, int64_t i);
