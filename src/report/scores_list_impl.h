// Shared by the readers of the formats of scores.
#pragma once

#include "report/scores_list.h"

// Counts a row, whose error may be NaN. Returns true if the row belongs to the list so far: then the caller fills in
// the row and calls scores_list_add.
bool scores_list_wants(struct scores_list *l, double error);
// Adds a row, whose strings then belong to the list. If the list gets too long, frees its last row.
void scores_list_add(struct scores_list *l, const struct scored_row *row);
// Sets the threshold of the file. Call it before the first row.
void scores_list_threshold(struct scores_list *l, double threshold);

// Sorts the list, largest error first. Call it after the last row.
void scores_list_sort(struct scores_list *l);

int scores_list_read_csv(struct scores_list *l, const char *path, struct err *e);
int scores_list_read_json(struct scores_list *l, const char *path, struct err *e);
int scores_list_read_hdf5(struct scores_list *l, const char *path, struct err *e);
