// Finds the coordinates of selected rows, which may come from several tables.
#pragma once

#include "data/data_select.h"

// Fills in the ids, times and groups that any of the tables has, one per selected row. Rows of tables without them get
// "", TIME_MISSING and GROUP_MISSING. Groups with equal names become one group. The ids are borrowed from the tables.
// Returns -1 and an error if memory is short.
int select_coordinates(const struct data_selection *s, struct coordinates *out, struct err *e);
// Fills in only the groups and their names. Returns -1 and an error if memory is short.
int select_groups(const struct data_selection *s, struct coordinates *out, struct err *e);
