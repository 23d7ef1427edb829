// Writes bulk numbers from all ranks of a group into one durable file. HDF5 on rank 0 makes the arrays and finds the
// offsets of their bytes in the file. Then every rank writes its rows there by plain writes. After that only rank 0
// continues with the file.
//
// Only rank 0 uses HDF5 here, and no rank uses MPI-IO. If several ranks have a file open in HDF5, a full disk makes
// them hang: the rank that fails leaves the barriers of HDF5 and MPI-IO, and the other ranks wait there for ever. Open
// MPI's MPI-IO is also known to corrupt parallel writes silently. Rank 0 still reads all rows back and compares them
// with what the ranks had in memory, because not every file system supports writes from several machines.
#include "store/parallel.h"

#include "base/disk.h"
#include "base/hash.h"
#include "base/mem.h"
#include "comm/comm.h"
#include "store/store_impl.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// What one rank reports to rank 0 about its part of a dataset: which rows it has, and their hash.
struct claim {
    int64_t first, rows;
    uint64_t hash;
};

// One call of store_write_parallel.
struct parallel_write {
    const struct comm *comm;         // borrowed, as are `path` and `parts`
    const char *path;                // path of the file
    const struct store_parts *parts; // the parts of this rank
    char *temporary;                 // owned; the same on all ranks
    struct claim *claims; // (parts, ranks), owned: claims of this rank; on rank 0 those of all ranks, sorted by row
    int64_t *offsets;     // (parts), owned: offset of each dataset's bytes in the file; -1: it has none
};

static int64_t row_bytes(const struct store_part *p)
{
    return shape_row_elements(&p->shape) * (int64_t)store_type_size(p->shape.type);
}

static size_t part_bytes(const struct store_part *p)
{
    return (size_t)(p->rows * row_bytes(p));
}

static int by_first_row(const void *a, const void *b)
{
    const struct claim *x = a, *y = b;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return (x->rows > y->rows) - (x->rows < y->rows); // at the same row, an empty part comes first
}

// Returns the claims of all ranks on dataset i.
static struct claim *claims_of(const struct parallel_write *w, int i)
{
    return w->claims + (ptrdiff_t)i * w->comm->size;
}

// Checks that the sorted claims on dataset i cover every row exactly once.
static int claims_check(const struct parallel_write *w, int i, struct err *e)
{
    const struct store_part *p = &w->parts->list[i];
    const struct claim *claims = claims_of(w, i);
    int64_t next = 0;

    for (int rank = 0; rank < w->comm->size; rank++) {
        if (claims[rank].rows == 0)
            continue;
        if (claims[rank].first != next)
            return err_add(e, ERR_SOFTWARE, "%s: %s: row %" PRId64 " is given by %s", w->path, p->path, next,
                claims[rank].first > next ? "no rank" : "two ranks");
        next += claims[rank].rows;
    }
    if (next != p->shape.dims[0])
        return err_add(e, ERR_SOFTWARE, "%s: %s: ranks give %" PRId64 " of %" PRId64 " rows", w->path, p->path, next,
            p->shape.dims[0]);

    return 0;
}

// Gathers on rank 0 which rows each rank has, and their hashes. Collective over comm.
static void claims_collect(struct parallel_write *w, struct err *e)
{
    const int n = w->parts->n, size = w->comm->size;
    size_t count = (size_t)n * (size_t)size;
    w->claims = mem_new(count, sizeof *w->claims);

    for (int i = 0; i < n; i++) {
        const struct store_part *p = &w->parts->list[i];
        ASSERT(p->shape.rank > 0 && p->shape.type != STORE_TEXT && p->first >= 0 && p->rows >= 0, "%s", p->path);
        claims_of(w, i)[w->comm->rank] =
            (struct claim){.first = p->first, .rows = p->rows, .hash = hash_bytes(p->data, part_bytes(p))};
    }

    comm_join_to_root(w->comm, w->claims, count * sizeof *w->claims);
    for (int i = 0; i < n && w->comm->rank == 0; i++) {
        qsort(claims_of(w, i), (size_t)size, sizeof *w->claims, by_first_row);
        claims_check(w, i, e);
    }
}

// Returns the name of rank 0's temporary file, in new memory. Collective over comm.
static char *temporary_shared(const struct comm *comm, const char *path)
{
    char *name = disk_temporary(path);
    size_t room = strlen(name) + 1;
    comm_broadcast(comm, 0, &room, sizeof room);
    name = mem_grow(name, room, 1);
    comm_broadcast(comm, 0, name, room);
    return name;
}

// Makes a dataset with space for all its rows. Sets *offset to the offset of its bytes in the file.
static int array_make(struct store_file *f, const struct store_part *p, int64_t *offset, struct err *e)
{
    hid_t dataset = dataset_create(f, p->path, &p->shape, e);
    if (dataset < 0)
        return -1;

    haddr_t at = H5Dget_offset(dataset);
    int rc = 0;
    *offset = at == HADDR_UNDEF ? -1 : (int64_t)at;
    if (*offset < 0 && p->shape.dims[0] * row_bytes(p) > 0)
        rc = file_fail(f, p->path, e, "cannot find its place in the file");
    if (H5Dclose(dataset) < 0 && rc == 0)
        rc = file_fail(f, p->path, e, "cannot close the array");
    return rc;
}

// Syncs the temporary file, which HDF5 has closed, and drops this machine's cached pages of it. Otherwise this machine
// could overwrite rows of another one: over NFS, a write into a cached page sends the whole page.
static int pages_drop(const struct parallel_write *w, struct err *e)
{
    int fd = open(w->temporary, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return disk_fail(e, w->path, errno, 0, "cannot open its temporary to sync it");

    int rc = fsync(fd) < 0 ? disk_fail(e, w->path, errno, 0, "cannot sync it to disk") : 0;
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    close(fd);
    return rc;
}

// Makes the temporary file with all arrays, which are not written yet, and finds their offsets. Rank 0 only.
static int temporary_make(struct parallel_write *w, const char *format, struct err *e)
{
    struct store_file *f = durable_open(w->path, mem_text(w->temporary), DURABLE_NEW, e);
    if (!f)
        return -1;

    int rc = durable_format(f, format, e);
    for (int i = 0; i < w->parts->n && rc == 0; i++)
        rc = array_make(f, &w->parts->list[i], &w->offsets[i], e);
    if (rc < 0) {
        store_abandon(&f);
        return -1;
    }

    rc = durable_close(f, e);
    if (rc == 0)
        rc = pages_drop(w, e);
    if (rc < 0)
        disk_discard(w->temporary);
    file_free(&f);
    return rc;
}

// Writes this rank's rows of dataset i. `bytes` is the size of the file.
static int rows_write(const struct parallel_write *w, int fd, int i, double bytes, struct err *e)
{
    const struct store_part *p = &w->parts->list[i];
    char what[512];

    if (part_bytes(p) == 0)
        return 0;

    ASSERT(w->offsets[i] >= 0, "%s: %s: no place in the file", w->path, p->path);
    if (disk_write_at(fd, p->data, part_bytes(p), w->offsets[i] + p->first * row_bytes(p)) == 0)
        return 0;

    int error = errno;
    snprintf(what, sizeof what, "%s: cannot write %" PRId64 " rows at row %" PRId64, p->path, p->rows, p->first);
    return disk_fail(e, w->path, error, bytes, what);
}

// Writes this rank's rows of all datasets into the temporary file and syncs them. A network file system shows them to
// other machines only after the sync, and some file systems report a full disk only then.
static int temporary_write(const struct parallel_write *w, struct err *e)
{
    int fd = open(w->temporary, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat s;

    if (fd < 0)
        return disk_fail(e, w->path, errno, 0, "cannot open its temporary for writing on all ranks");

    double bytes = fstat(fd, &s) == 0 ? (double)s.st_size : 0;
    int rc = 0;
    for (int i = 0; i < w->parts->n && rc == 0; i++)
        rc = rows_write(w, fd, i, bytes, e);

    if (rc == 0 && fsync(fd) < 0)
        rc = disk_fail(e, w->path, errno, bytes, "cannot sync it to disk");
    if (close(fd) < 0 && rc == 0)
        rc = disk_fail(e, w->path, errno, bytes, "cannot close it");
    return rc;
}

// Reads an array back once, and compares each rank's rows with its claim. Adds all rows to `whole`.
static int claims_compare(
    const struct open_array *a, const struct claim *claims, int size, struct hash_stream *whole, struct err *e)
{
    for (int rank = 0; rank < size; rank++) {
        const int64_t first = claims[rank].first, rows = claims[rank].rows;
        struct hash_stream *part = hash_stream_new();
        int rc = array_hash(a, store_entries(first, rows), whole, part, e);
        if (rc == 0 && hash_stream_value(part) != claims[rank].hash)
            rc = err_add(e, ERR_IO,
                "%s: %s: damaged: rows %" PRId64 " to %" PRId64 " are not in the file as they were written: does this "
                "file system keep what several machines write?",
                a->f->path, a->path, first, first + rows - 1);
        hash_stream_free(&part);
        if (rc < 0)
            return -1;
    }

    return 0;
}

// Compares dataset i of the file with its claims. Stores its checksum.
static int claims_verify(const struct parallel_write *w, struct store_file *f, int i, struct err *e)
{
    struct open_array a;
    if (array_open(f, w->parts->list[i].path, &a, e) < 0)
        return -1;

    struct hash_stream *whole = hash_stream_new();
    int rc = claims_compare(&a, claims_of(w, i), w->comm->size, whole, e);
    array_close(&a);
    if (rc == 0)
        rc = checksum_set(f, a.path, hash_stream_value(whole), e);
    hash_stream_free(&whole);
    return rc;
}

// Opens the temporary file and verifies all parts. Returns NULL and an error on failure. Rank 0 only.
static struct store_file *temporary_take(const struct parallel_write *w, struct err *e)
{
    struct store_file *f = durable_open(w->path, mem_text(w->temporary), DURABLE_OLD, e);
    int rc = 0;

    for (int i = 0; f && i < w->parts->n && rc == 0; i++)
        rc = claims_verify(w, f, i, e);
    if (rc < 0)
        store_abandon(&f);

    return f;
}

// Writes the file step by step. A step begins only when all ranks have finished the step before without an error.
// Collective over comm.
static int write_in_steps(struct parallel_write *w, const char *format, struct store_file **f, struct err *e)
{
    const bool is_first = w->comm->rank == 0;

    claims_collect(w, e);
    if (is_first && e->count == 0)
        temporary_make(w, format, e);
    if (comm_agree(w->comm, e) < 0)
        return -1;

    comm_broadcast(w->comm, 0, w->offsets, (size_t)w->parts->n * sizeof *w->offsets);
    temporary_write(w, e);
    if (comm_agree(w->comm, e) == 0) {
        if (is_first)
            *f = temporary_take(w, e);
        if (comm_agree(w->comm, e) == 0)
            return 0;
    }

    if (is_first)
        disk_discard(w->temporary);
    return -1;
}

int store_write_parallel(const struct comm *comm, const char *path, const char *format, const struct store_parts *parts,
    struct store_file **f, struct err *e)
{
    ASSERT(parts->n >= 0 && parts->list, "%d parts", parts->n);
    struct parallel_write w = {.comm = comm, .path = path, .parts = parts, .temporary = temporary_shared(comm, path)};

    *f = NULL;
    w.offsets = mem_new((size_t)parts->n, sizeof *w.offsets);
    int rc = write_in_steps(&w, format, f, e);
    ASSERT((rc == 0 && comm->rank == 0) == (*f != NULL), "%s: code %d", path, rc);

    free(w.temporary);
    free(w.claims);
    free(w.offsets);
    return rc;
}
