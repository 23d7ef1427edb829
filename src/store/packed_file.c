// Makes and opens files in memory.
#include "store/journal_impl.h"

#include "base/mem.h"
#include "store/schema.h"
#include "store/store_impl.h"

struct store_file *store_create_packed(const char *path, const char *format, struct err *e)
{
    struct store_file *f = file_new(path, NULL, -1);

    ASSERT(format, "%s: no format", path);
    f->packed = packed_new("");
    if (store_set_text(f, "", STORE_FORMAT, format, e) < 0 ||
        store_set_int(f, "", STORE_FORMAT_VERSION, FORMAT_VERSION, e) < 0)
        store_close(&f);
    return f;
}

struct store_file *packed_file_open(const char *path, struct packed *p)
{
    struct store_file *f = file_new(path, NULL, -1);

    ASSERT(p, "%s: nothing is unpacked", path);
    f->packed = p;
    return f;
}

const struct packed *packed_of_file(const struct store_file *f)
{
    ASSERT(f->packed, "%s: not in memory", f->path);
    return f->packed;
}
