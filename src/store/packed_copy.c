// Copies objects of a file in memory into an HDF5 file. Arrays keep the order in which they were written, so that
// scales come before the arrays that use them.
#include "store/store_impl.h"

#include "base/mem.h"
#include "store/schema.h"
#include <stdlib.h>
#include <string.h>

static int copy_attributes(const struct packed_object *o, struct store_file *to, const char *path, struct err *e)
{
    int rc = 0;

    for (int i = 0; i < o->n_attributes && rc == 0; i++) {
        const struct packed_attribute *a = &o->attribute[i];
        const bool is_set = o->is_array && (strcmp(a->name, STORE_LONG_NAME) == 0 || strcmp(a->name, STORE_UNITS) == 0);
        if (is_set)
            continue;
        if (a->type == STORE_TEXT)
            rc = store_set_text(to, path, a->name, a->value.text, e);
        else if (a->type == STORE_F64)
            rc = store_set_real(to, path, a->name, a->value.real, e);
        else
            rc = store_set_int(to, path, a->name, a->value.whole, e);
    }
    return rc;
}

static int copy_array(const struct packed_object *o, struct store_file *to, const char *path, struct err *e)
{
    const struct packed_attribute *long_name = packed_get(o, STORE_LONG_NAME), *units = packed_get(o, STORE_UNITS);
    struct store_about about = {0};
    const int64_t rows = shape_rows(&o->shape), n = rows * shape_row_elements(&o->shape);

    about.long_name = long_name ? long_name->value.text : NULL;
    about.units = units ? units->value.text : NULL;
    memcpy(about.scales, o->scale, sizeof about.scales);
    if (o->shape.type != STORE_TEXT)
        return store_write(to, path, &o->shape, o->data, &about, e);

    char **texts = mem_new((size_t)n + 1, sizeof *texts);
    int rc = packed_read(path, o, STORE_TEXT, store_entries(0, rows), texts, e);
    if (rc == 0)
        rc = store_write(to, path, &o->shape, texts, &about, e);
    strings_free(texts, n);
    free(texts);
    return rc;
}

int packed_copy(struct store_file *from, const char *object, struct store_file *to, const char *name, struct err *e)
{
    const struct packed_object *top = packed_find(from->packed, object);
    int rc = 0;

    ASSERT(to->temporary, "%s: not open for writing", to->path);
    if (!top)
        return err_add(e, ERR_DATA, "%s: %s: not in the file", from->path, object);
    const size_t length = top->length;

    for (int i = 0; i < from->packed->n && rc == 0; i++) {
        const struct packed_object *o = &from->packed->object[i];
        if (strncmp(o->path, top->path, length) != 0 || (length && o->path[length] && o->path[length] != '/'))
            continue;
        const char *rest = o->path + length;
        char *path = mem_format("%s%s%s", name, *rest && *rest != '/' ? "/" : "", rest);
        rc = o->is_array ? copy_array(o, to, path, e) : 0;
        if (rc == 0)
            rc = copy_attributes(o, to, path, e);
        free(path);
    }
    return rc;
}
