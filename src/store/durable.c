// Writes files that appear whole or not at all: they are written under a temporary name, read back, sealed, synced and
// renamed.
//
// A commit takes these steps: set the checksum of all attributes; let HDF5 flush and close the file; check the driver's
// note of failed writes (driver.c); read every array back and compare it with its checksum; append the seal; sync the
// file and rename it. A failure at any step removes the temporary file and leaves the old file unchanged. f->failed is
// set at the first failure of any write and forbids the commit.
#include "store/store_impl.h"

#include "base/disk.h"
#include "base/mem.h"
#include "store/schema.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Makes an empty temporary file. We make it before HDF5 opens it, so that its permissions are never wider than those of
// the file that it replaces. Returns 0, or errno on failure.
static int temporary_make_empty(const char *temporary, const char *path)
{
    int fd = disk_open_temporary(temporary, path);
    if (fd < 0)
        return errno;

    close(fd);
    return 0;
}

struct store_file *durable_open(const char *path, char *temporary, enum durable_how how, struct err *e)
{
    library_setup();
    hid_t access = library_access(true), creation = H5Pcreate(H5P_FILE_CREATE);
    struct store_file *f = file_new(path, temporary, -1);
    if (how == DURABLE_NEW)
        f->note.error = temporary_make_empty(temporary, path);
    if (!f->note.error && driver_set(access, &f->note) == 0)
        f->id = how == DURABLE_OLD ? H5Fopen(temporary, H5F_ACC_RDWR, access)
                                   : H5Fcreate(temporary, H5F_ACC_TRUNC, creation, access);
    if (f->id < 0 && f->note.error)
        disk_fail(e, path, f->note.error, 0, "cannot open its temporary for writing");
    else if (f->id < 0)
        file_fail(f, NULL, e, "cannot open its temporary for writing");
    H5Pclose(creation);
    H5Pclose(access);
    if (f->id < 0) {
        disk_discard(temporary);
        file_free(&f);
    }

    return f;
}

int durable_format(struct store_file *f, const char *format, struct err *e)
{
    ASSERT(f->temporary && format, "%s: not open for writing", f->path);
    if (store_set_text(f, "", STORE_FORMAT, format, e) < 0 ||
        store_set_text(f, "", STORE_SEAL, STORE_SEAL_PLACE, e) < 0)
        return -1;
    return store_set_int(f, "", STORE_FORMAT_VERSION, format_version(format), e);
}

struct store_file *store_create(const char *path, const char *format, struct err *e)
{
    struct store_file *f = durable_open(path, disk_temporary(path), DURABLE_NEW, e);
    if (f && durable_format(f, format, e) < 0)
        store_abandon(&f);
    return f;
}

struct store_file *store_create_output(const struct output *output, const char *format, struct err *e)
{
    struct store_file *f = store_create(output->path, format, e);
    if (f && !output->replaces_any)
        f->seen = &output->seen;
    return f;
}

// Returns -1 and an error if the driver has noted a failed write.
int durable_check(struct store_file *f, const char *object, struct err *e)
{
    if (!f->note.error)
        return 0;

    char what[512] = "cannot write it";
    f->failed = true;
    if (object)
        snprintf(what, sizeof what, "%s: cannot write it", object);

    return disk_fail(e, f->path, f->note.error, (double)f->note.bytes, what);
}

int durable_close(struct store_file *f, struct err *e)
{
    ASSERT(f->temporary, "%s: not open for writing", f->path);
    object_forget(f);
    int rc = f->failed ? err_add(e, ERR_IO, "%s: not kept: a write to it had failed", f->path) : 0;
    if (rc == 0 && H5Fflush(f->id, H5F_SCOPE_GLOBAL) < 0)
        rc = file_fail(f, NULL, e, "cannot write it out");
    if (H5Fclose(f->id) < 0 && rc == 0)
        rc = file_fail(f, NULL, e, "cannot close it");
    return rc == 0 ? durable_check(f, NULL, e) : rc;
}

// Reads back what was written and compares it with the checksums. Notes in `arrays` which arrays the seal need not
// cover.
static int temporary_verify(struct store_file *f, struct seal_arrays *arrays, struct err *e)
{
    ASSERT(f->temporary && arrays->n == 0, "%s: %d arrays are noted", f->path, arrays->n);
    hid_t access = library_access(false);
    f->id = H5Fopen(f->temporary, H5F_ACC_RDONLY, access);
    H5Pclose(access);
    if (f->id < 0)
        return file_fail(f, NULL, e, "cannot read back what was written");

    f->arrays = arrays;
    int rc = store_verify_all(f, NULL, e);
    f->arrays = NULL;

    object_forget(f);
    H5Fclose(f->id);
    return rc;
}

int store_commit_keeping(struct store_file **file, const char *previous, struct err *e)
{
    struct store_file *f = *file;
    struct seal_arrays arrays = {0};

    ASSERT(f->temporary && f->id >= 0, "%s: not open for writing", f->path);
    if (!f->failed && store_seal_attributes(f, "", e) < 0)
        f->failed = true;
    int rc = durable_close(f, e);
    if (rc == 0)
        rc = temporary_verify(f, &arrays, e);
    if (rc == 0)
        rc = seal_write(f->temporary, f->path, &arrays, e);
    if (rc == 0)
        rc = f->seen ? disk_rename_over(f->temporary, f->path, f->seen, e)
                     : disk_rename(f->temporary, f->path, previous, e);
    if (rc < 0)
        disk_discard(f->temporary);
    seal_arrays_free(&arrays);
    file_free(file);
    return rc;
}

int store_commit(struct store_file **f, struct err *e)
{
    return store_commit_keeping(f, NULL, e);
}

void store_abandon(struct store_file **f)
{
    if (!*f)
        return;
    if ((*f)->packed) {
        file_free(f);
        return;
    }
    (*f)->note.error = ECANCELED; // makes the driver drop what HDF5 still holds
    object_forget(*f);
    H5Fclose((*f)->id);
    disk_discard((*f)->temporary);
    file_free(f);
}
