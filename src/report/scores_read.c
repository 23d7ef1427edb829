// Reads a file of scores in the format that the ending of its name indicates.
#include "report/scores_list.h"
#include "report/scores_list_impl.h"
#include "store/schema.h"
#include "store/store.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool has_ending(const char *path, const char *ending)
{
    const char *dot = strrchr(path, '.');
    return dot && strcasecmp(dot, ending) == 0;
}

int scores_list_read(struct scores_list *l, const char *path, const struct scores_query *query, struct err *e)
{
    int rc;

    *l = (struct scores_list){.query = *query, .threshold = NAN};
    if (has_ending(path, ".csv"))
        rc = scores_list_read_csv(l, path, e);
    else if (has_ending(path, ".jsonl"))
        rc = scores_list_read_json(l, path, e);
    else
        rc = scores_list_read_hdf5(l, path, e);
    scores_list_sort(l);
    return rc;
}

bool scores_list_is_file(const char *path)
{
    if (has_ending(path, ".csv") || has_ending(path, ".jsonl"))
        return true;
    char *format = has_ending(path, ".h5") ? store_peek_format(path) : NULL;
    bool is_scores = format && strcmp(format, FORMAT_SCORES) == 0;
    free(format);
    return is_scores;
}
