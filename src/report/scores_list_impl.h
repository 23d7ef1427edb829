// Functions that the readers of CSV, JSON lines and HDF5 scores share.
#pragma once

#include "report/scores_list.h"

// Returns true if an error, which may be NaN, is above the threshold of the file. Rounds the error to single precision
// first, because scores are stored in single precision.
bool scores_list_is_above(const struct scores_list *l, double error);
// Counts a row, of which `error` and `is_anomalous` are set. Returns true if the row belongs to the list so far: then
// the caller fills in the rest and calls scores_list_add.
bool scores_list_wants(struct scores_list *l, const struct scored_row *row);
// Adds a row, whose strings then belong to the list. If the list gets too long, frees its last row.
void scores_list_add(struct scores_list *l, const struct scored_row *row);

// Sorts the list, largest error first. Call it after the last row.
void scores_list_sort(struct scores_list *l);

int scores_list_read_csv(struct scores_list *l, const char *path, struct err *e);
int scores_list_read_json(struct scores_list *l, const char *path, struct err *e);
int scores_list_read_hdf5(struct scores_list *l, const char *path, struct err *e);
