// Writes columns, each with the scale of its dimension, and the names of labels.
#include "trial/trial_columns.h"

#include "data/label_names.h"
#include "store/schema.h"
#include <stdio.h>
#include <stdlib.h>

static int write_trial_column(struct store_file *f, const char *group, const struct trial_column *c, struct err *e)
{
    char path[256];
    struct store_shape shape = {c->type, 1, {c->n}};
    struct store_about about = {c->long_name, c->units, {c->scale}};

    ASSERT(c->n >= 0 && c->name && c->scale, "%s: %lld values", group, (long long)c->n);
    snprintf(path, sizeof path, "%s/%s", group, c->name);
    return store_write(f, path, &shape, c->data, &about, e);
}

int trial_columns_write(
    struct store_file *f, const char *group, const struct trial_column *columns, size_t n, struct err *e)
{
    int failed = 0;
    for (size_t i = 0; i < n && !failed; i++)
        if (columns[i].data)
            failed = write_trial_column(f, group, &columns[i], e);
    return failed;
}

int trial_write_label_names(struct store_file *f, const char *group, char *const *names, int n, struct err *e)
{
    if (n == 0)
        return 0;

    char *lines = label_names_join(names, n);
    int failed = store_set_text(f, group, DATASET_LABEL_NAMES, lines, e);
    free(lines);
    return failed;
}

const char *trial_label_about(int n_names)
{
    return n_names ? "label: number of its line in label_names, from 0" : "label in its source";
}
