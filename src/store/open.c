// Opens files for reading. A child walks the file first; then we check its format.
#include "store/store_impl.h"

#include "base/log.h"
#include "base/mem.h"
#include "store/schema.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Checks that the file has this format, in a version that this program knows. Returns -1 and an error if not.
static int format_check(struct store_file *f, const char *format, struct err *e)
{
    char *found = store_get_text(f, "", STORE_FORMAT);
    int64_t stored = 0;
    int rc = 0;
    if (!found)
        rc = err_add(e, ERR_DATA, "%s: no attribute \"%s\", expected \"%s\": not written by this program", f->path,
            STORE_FORMAT, format);
    else if (strcmp(found, format) != 0)
        rc = err_add(e, ERR_DATA, "%s: %s: found \"%s\", expected \"%s\"", f->path, STORE_FORMAT, found, format);
    else
        rc = store_get_int(f, "", STORE_FORMAT_VERSION, &stored, e);
    if (rc == 0 && (stored < 1 || stored > format_version(format)))
        rc = err_add(e, ERR_DATA,
            "%s: %s: found %lld, known here are 1 to %d: is it from a newer version of this program?", f->path,
            STORE_FORMAT_VERSION, (long long)stored, format_version(format));

    free(found);
    return rc;
}

// Compares the attributes of a file whose seal is missing, and reports a difference. Another program removes the seal
// when it opens the file for writing, even if it changes nothing that we read. A difference is not an error, because it
// may only be an attribute that was added. Arrays are compared when they are read.
static void warn_of_attributes(struct store_file *f)
{
    struct stat s;
    struct err found = {0};

    if (!seal_is_missing(f) || stat(f->path, &s) < 0 || checked_has(&s, CHECKED_ATTRIBUTES))
        return;

    checked_add(&s, CHECKED_ATTRIBUTES);
    if (attributes_verify_all(f, &found) == 0)
        return;

    const char *why = err_behind(found.text, f->path);
    log_warning("%s: another program has changed its attributes, and results may depend on them: %.*s", f->path,
        (int)strcspn(why, "\n"), why);
}

struct store_file *store_open(const char *path, const char *format, enum store_check check, struct err *e)
{
    if (check == STORE_CHECK && store_walk(path, e) < 0)
        return NULL;
    struct store_file *f = file_open(path, e);
    if (f && format && format_check(f, format, e) < 0)
        store_close(&f);
    if (f)
        warn_of_attributes(f);
    return f;
}

struct store_file *store_open_sealed(const char *path, const char *format, struct err *e)
{
    struct store_file *f = store_open(path, format, STORE_CHECKED, e);
    if (!f)
        return NULL;
    if (!f->is_sealed)
        err_add(e, ERR_DATA, "%s: damaged, or not written by this program: it has no seal", path);
    if (!f->is_sealed || store_verify_all(f, NULL, e) < 0)
        store_close(&f);

    return f;
}
