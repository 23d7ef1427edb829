// Sets up the HDF5 library as we need it, and adds its error messages to ours.
#include "store/store_impl.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// Large arrays start at multiples of a cache line. So a mapped array is aligned for every type.
enum { ALIGNED_FROM = 4096, ALIGNMENT = 64 };

void library_setup(void)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    H5PLset_loading_state(0); // never loads plugins that a file asks for
}

hid_t library_access(bool write)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fapl_sec2(access);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    H5Pset_file_locking(access, false, true);
    if (write) {
        H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18);
        H5Pset_alignment(access, ALIGNED_FROM, ALIGNMENT);
    }

    return access;
}

static herr_t note_innermost(unsigned n, const H5E_error2_t *error, void *out)
{
    if (n == 0)
        *(const char **)out = error->desc;
    return 0;
}

void library_reason(char *out, size_t room)
{
    ASSERT(room > 0, "no space for a reason");
    const char *reason = NULL;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, note_innermost, &reason);
    out[0] = 0;
    if (!reason)
        return;

    // HDF5 wraps the system's message: "..., errno = 28, error message = 'No space left on device', ..."
    const char *system = strstr(reason, "error message = '");
    const char *end = system ? strchr(system += strlen("error message = '"), '\'') : NULL;
    if (end)
        snprintf(out, room, ": %.*s", (int)(end - system), system);
    else
        snprintf(out, room, ": %s", reason);
}

int file_fail(struct store_file *f, const char *object, struct err *e, const char *format, ...)
{
    char what[512], reason[512];
    library_reason(reason, sizeof reason);
    H5Eclear2(H5E_DEFAULT);
    if (f->temporary)
        f->failed = true;
    if (!e)
        return -1;

    const char *name = object ? object : "";
    const char *separator = object ? ": " : "";
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return err_add(e, f->temporary ? ERR_IO : ERR_DATA, "%s: %s%s%s%s", f->path, name, separator, what, reason);
}

const char *store_library(void)
{
    static char name[32];
    unsigned major, minor, release;
    H5get_libversion(&major, &minor, &release);
    snprintf(name, sizeof name, "HDF5 %u.%u.%u", major, minor, release);
    return name;
}
