// What the formats of scores share.
#pragma once

#include "report/scores_list.h"

// Counts a row, whose error may be NaN. Returns true if it belongs to the list so far: the caller then fills in the row
// and calls scores_list_add.
bool scores_list_wants(struct scores_list *l, double error);
// Takes a row, which owns its strings. One that is now beyond the length of the list is freed.
void scores_list_add(struct scores_list *l, const struct scored_row *row);
// Sets the threshold of the file, before its first row.
void scores_list_threshold(struct scores_list *l, double threshold);

// Puts the largest error first, after the last row.
void scores_list_sort(struct scores_list *l);

int scores_list_read_csv(struct scores_list *l, const char *path, struct err *e);
int scores_list_read_json(struct scores_list *l, const char *path, struct err *e);
int scores_list_read_hdf5(struct scores_list *l, const char *path, struct err *e);
