// Prints the anomalies in a file of scores as a table, CSV or JSON, the largest error first.
#pragma once

#include "report/scores_list.h"
#include <stdio.h>

enum scores_print { PRINT_TABLE, PRINT_CSV, PRINT_JSON };

// Prints the list. `path` is the name of the file of scores.
void top_scores_print(const struct scores_list *l, const char *path, enum scores_print how, FILE *out);
