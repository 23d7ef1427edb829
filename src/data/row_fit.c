// Compares a split with the input of a model: the shape of its rows, the names of features, the categories, the type.
#include "data/row_fit.h"

#include "base/err.h"
#include "data/columns.h"
#include "data/data_table.h"
#include "store/store.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void shape_as_tuple(char out[64], int rank, const int *shape)
{
    int n = snprintf(out, 64, "(%d", shape[0]);
    for (int i = 1; i < rank; i++)
        n += snprintf(out + n, 64 - (size_t)n, ", %d", shape[i]);
    snprintf(out + n, 64 - (size_t)n, ")");
}

// Writes how to import pictures of another size or color so that they fit the model. Writes "" if data or model are not
// pictures.
static void picture_hint(char out[96], const struct row_fit *fit, const struct data_table *t)
{
    int color = fit->shape_rank == 3 ? fit->shape[2] : 1;
    out[0] = 0;
    if ((t->type == STORE_U8 || t->type == STORE_I32) && t->shape_rank >= 2 && fit->shape_rank >= 2 &&
        (color == 1 || color == 3))
        snprintf(out, 96, "; hint: hourglass import PICTURES --size %dx%d%s", fit->shape[0], fit->shape[1],
            color == 1 ? " --grayscale" : " --color");
}

// Compares the columns of tables with text, because features with equal names can have different meanings.
static int check_text_columns(const struct row_fit *fit, const struct data_table *t, struct err *e)
{
    const struct columns *c = fit->columns;
    bool has_text = c && c->n && (columns_are_derived(c) || columns_are_derived(&t->table_columns));
    char *difference = has_text ? columns_difference(&t->table_columns, c) : NULL;
    if (!difference)
        return 0;

    err_add(e, ERR_DATA,
        "%s: found other columns (here) than those of the model (there), allowed: the same: %s; hint: import --like MODEL "
        "makes the same features",
        t->name, difference);
    free(difference);
    return -1;
}

int row_fit_check(const struct row_fit *fit, const struct data_table *t, struct err *e)
{
    char found[64], allowed[64], hint[96];

    int first = fit->window.length ? 1 : 0; // first dimension to compare; a window has the time steps before it
    int rank = fit->shape_rank - first;
    const int *shape = fit->shape + first;

    ASSERT(rank > 0, "rows of %d dimensions", rank);
    if (check_text_columns(fit, t, e) != 0)
        return -1;
    if (t->shape_rank != rank || memcmp(t->shape, shape, (size_t)rank * sizeof *t->shape)) {
        shape_as_tuple(found, t->shape_rank, t->shape);
        shape_as_tuple(allowed, rank, shape);
        picture_hint(hint, fit, t);
        return err_add(e, ERR_DATA, "%s: found rows of shape %s, allowed: %s, which the model takes%s", t->name, found,
            allowed, hint);
    }
    int before = e->count;

    for (int c = 0; fit->features && t->features && c < t->columns && e->count == before; c++)
        if (!data_feature_fits(fit->features[c], t->features[c], c))
            err_add(e, ERR_DATA, "%s: found column %d '%s', allowed: '%s', which the model takes there", t->name, c,
                t->features[c], fit->features[c]);

    if (fit->scaling->bytes_only && t->type != STORE_U8)
        err_add(e, ERR_DATA, "%s: found values of type %s, allowed: bytes (u1), which the model was trained on",
            t->name, data_type_name(t->type));
    return e->count == before ? 0 : -1;
}
