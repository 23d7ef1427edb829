// Reads the columns of data sets and models. Older files have no columns; then each feature is one column.
#include "cli/like.h"

#include "base/err.h"
#include "base/mem.h"
#include "data/data_config.h"
#include "data/data_table.h"
#include "nn/nn.h"
#include "store/schema.h"
#include "store/store.h"
#include "trial/model_load.h"
#include "trial/model_open.h"
#include <stdlib.h>
#include <string.h>

// Sets *out to a copy of the columns or, if there are none, to one column for each name of a feature. Returns -1 and an
// error if there are neither.
static int take_columns_or_names(
    const char *name, const struct columns *columns, char *const *features, int n, struct columns *out, struct err *e)
{
    if (columns->n)
        columns_copy(out, columns);
    else if (features)
        columns_of_names(out, features, n);
    else
        return err_add(e, ERR_DATA, "--like %s: found no columns, allowed: a table, or a model of one", name);
    return 0;
}

static int load_of_split(const char *name, struct columns *out, struct err *e)
{
    struct data_source source = {0};
    struct store_file *f = NULL;

    if (data_source_parse(name, NULL, &source, e) != 0)
        return -1;
    struct data_table *t = data_table_open(&source, &f, e);
    int result = t ? take_columns_or_names(name, &t->table_columns, t->features, t->columns, out, e) : -1;
    if (result == 0 && t->label_name && !out->label_name)
        out->label_name = mem_text(t->label_name);

    data_table_free(&t);
    store_close(&f);
    data_source_free(&source);
    return result;
}

static int load_of_model(const char *name, struct columns *out, struct err *e)
{
    struct trained_model m;

    if (model_walk(name, e) != 0 || model_load(name, &m, e) != 0)
        return -1;
    int result = take_columns_or_names(name, &m.columns, m.features, shape_size(&m.model->input), out, e);
    model_unload(&m);
    return result;
}

// Returns true if `name` is FILE:SPLIT of a data set.
static bool is_split(const char *name)
{
    const char *colon = strrchr(name, ':');
    if (!colon || colon == name)
        return false;

    char *file = mem_format("%.*s", (int)(colon - name), name);
    char *format = store_peek_format(file);
    bool is_dataset = format && strcmp(format, FORMAT_DATASET) == 0;
    free(format);
    free(file);
    return is_dataset;
}

int like_load(const char *name, struct columns *out, struct err *e)
{
    *out = (struct columns){0};
    return is_split(name) ? load_of_split(name, out, e) : load_of_model(name, out, e);
}
