// Files that appear whole or not at all: written under a temporary name, read back, synced, renamed.
#include "store/store_impl.h"

#include "base/mem.h"
#include "store/schema.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *folder_of(const char *path)
{
    return path == object_name(path) ? mem_text(".") : mem_format("%.*s", (int)(object_name(path) - path), path);
}

char *durable_temporary(const char *path)
{
    char host[256] = "";
    gethostname(host, sizeof host - 1);
    const char *name = object_name(path);
    return mem_format("%.*s.%s.tmp-%s-%ld", (int)(name - path), path, name, host, (long)getpid());
}

// EINVAL: the file system knows no sync of such a thing (folders on some network file systems).
static int sync_path(const char *path, int flags, struct err *e)
{
    int fd = open(path, flags | O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(e, "%s: cannot open it to sync it", path);
    int r = fsync(fd) < 0 && errno != EINVAL ? err_errno(e, "%s: cannot sync it to disk", path) : 0;
    close(fd);
    return r;
}

int durable_rename(const char *temporary, const char *path, const char *previous, struct err *e)
{
    if (sync_path(temporary, 0, e) < 0)
        return -1;
    if (previous && rename(path, previous) < 0 && errno != ENOENT)
        return err_errno(e, "%s: cannot rename it to %s", path, previous);
    if (rename(temporary, path) < 0)
        return err_errno(e, "%s: cannot give the file its name", path);
    char *folder = folder_of(path);
    int r = sync_path(folder, O_DIRECTORY, e);
    free(folder);
    return r;
}

struct store_file *file_new(const char *path, char *temporary, hid_t id)
{
    struct store_file *f = mem_new(1, sizeof *f);
    *f = (struct store_file){.path = mem_text(path), .temporary = temporary, .id = id};
    return f;
}

void file_free(struct store_file **f)
{
    free((*f)->path);
    free((*f)->temporary);
    free(*f);
    *f = NULL;
}

struct store_file *durable_open(const char *path, char *temporary, enum durable_how how, struct err *e)
{
    library_setup();
    hid_t access = library_access(true), creation = H5Pcreate(H5P_FILE_CREATE);
    if (how == DURABLE_SEALED)
        H5Pset_userblock(creation, STORE_SEAL_BYTES);
    struct store_file *f = file_new(path, temporary, -1);
    driver_set(access, &f->error);
    f->is_sealed = how == DURABLE_SEALED;
    f->id = how == DURABLE_OLD ? H5Fopen(temporary, H5F_ACC_RDWR, access)
                               : H5Fcreate(temporary, H5F_ACC_TRUNC, creation, access);
    if (f->id < 0 && f->error)
        err_add(e, ERR_IO, "%s: cannot open its temporary for writing: %s", path, strerror(f->error));
    else if (f->id < 0)
        file_fail(f, NULL, e, "cannot open its temporary for writing");
    H5Pclose(creation);
    H5Pclose(access);
    if (f->id < 0) {
        unlink(temporary);
        file_free(&f);
    }
    return f;
}

int durable_format(struct store_file *f, const char *format, int format_version, struct err *e)
{
    if (store_set_text(f, "", STORE_FORMAT, format, e) < 0)
        return -1;
    return store_set_int(f, "", STORE_FORMAT_VERSION, format_version, e);
}

struct store_file *store_create(const char *path, const char *format, int format_version, struct err *e)
{
    struct store_file *f = durable_open(path, durable_temporary(path), DURABLE_NEW, e);
    if (f && durable_format(f, format, format_version, e) < 0)
        store_abandon(&f);
    return f;
}

// The note that the driver made when a write failed. Returns -1 when there is one.
int durable_check(struct store_file *f, const char *object, struct err *e)
{
    if (!f->error)
        return 0;
    f->failed = true;
    return err_add(e, ERR_IO, "%s: %s%scannot write it: %s", f->path, object ? object : "", object ? ": " : "",
        strerror(f->error));
}

int durable_close(struct store_file *f, struct err *e)
{
    int r = f->failed ? err_add(e, ERR_IO, "%s: not kept: a write to it had failed", f->path) : 0;
    if (r == 0 && H5Fflush(f->id, H5F_SCOPE_GLOBAL) < 0)
        r = file_fail(f, NULL, e, "cannot write it out");
    if (H5Fclose(f->id) < 0 && r == 0)
        r = file_fail(f, NULL, e, "cannot close it");
    return r == 0 ? durable_check(f, NULL, e) : r;
}

static int check(struct store_file *f, struct err *e)
{
    hid_t access = library_access(false);
    f->id = H5Fopen(f->temporary, H5F_ACC_RDONLY, access);
    H5Pclose(access);
    if (f->id < 0)
        return file_fail(f, NULL, e, "cannot read back what was written");
    int r = verify_all(f, e);
    H5Fclose(f->id);
    return r;
}

int store_commit_keeping(struct store_file **file, const char *previous, struct err *e)
{
    struct store_file *f = *file;
    int r = durable_close(f, e);
    if (r == 0)
        r = check(f, e);
    if (r == 0 && f->is_sealed)
        r = seal_write(f->temporary, f->path, e);
    if (r == 0)
        r = durable_rename(f->temporary, f->path, previous, e);
    if (r < 0)
        unlink(f->temporary);
    file_free(file);
    return r;
}

int store_commit(struct store_file **f, struct err *e)
{
    return store_commit_keeping(f, NULL, e);
}

void store_abandon(struct store_file **f)
{
    if (!*f)
        return;
    (*f)->error = ECANCELED; // what HDF5 still holds is not worth a write
    H5Fclose((*f)->id);
    unlink((*f)->temporary);
    file_free(f);
}

const char *store_path(const struct store_file *f)
{
    return f->path;
}
