// Makes and frees the struct of an open file. Opens a file without a walk, and closes it.
#include "store/store_impl.h"

#include "base/mem.h"
#include "store/schema.h"
#include <stdlib.h>
#include <string.h>

struct store_file *file_new(const char *path, char *temporary, hid_t id)
{
    struct store_file *f = mem_new(1, sizeof *f);
    *f = (struct store_file){.path = mem_text(path), .temporary = temporary, .id = id};
    return f;
}

void file_free(struct store_file **f)
{
    read_checks_free(*f);
    packed_free(&(*f)->packed);
    free((*f)->path);
    free((*f)->temporary);
    free(*f);
    *f = NULL;
}

struct store_file *file_open_unchecked(const char *path, struct err *e)
{
    library_setup();
    hid_t list = library_access(false);
    struct store_file *f = file_new(path, NULL, H5Fopen(path, H5F_ACC_RDONLY, list));
    if (f->id < 0) {
        file_fail(f, NULL, e, "cannot open it");
        file_free(&f);
    }

    H5Pclose(list);
    return f;
}

struct store_file *file_open(const char *path, struct err *e)
{
    bool is_sealed;
    struct store_file *f = seal_check(path, &is_sealed, e) < 0 ? NULL : file_open_unchecked(path, e);
    if (f)
        f->is_sealed = is_sealed;

    return f;
}

int format_version(const char *format)
{
    return strcmp(format, FORMAT_RUN) == 0 ? FORMAT_RUN_VERSION : FORMAT_VERSION;
}

void store_close(struct store_file **f)
{
    if (!*f)
        return;
    if (!(*f)->packed)
        H5Fclose((*f)->id);
    file_free(f);
}

const char *store_path(const struct store_file *f)
{
    return f->path;
}
