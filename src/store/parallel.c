// Bulk numbers from all ranks of a group into one durable file: all write their rows through MPI-IO, then only rank 0
// continues with the file.
//
// HDF5 cannot write variable-length strings through MPI-IO, and Open MPI's default MPI-IO is known to corrupt parallel
// writes without a word: so each rank's rows are read back by rank 0 and compared with what the rank had in memory.
#include "store/parallel.h"

#include "base/disk.h"
#include "base/hash.h"
#include "base/mem.h"
#include "comm/comm.h"
#include "comm/comm_mpi.h"
#include "store/store_impl.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIECE_BYTES = 64 << 20 }; // one write of a rank

// What rank 0 knows of one rank's part of one dataset.
struct claim {
    int64_t first, rows;
    uint64_t hash;
};

static size_t part_bytes(const struct store_part *p)
{
    return (size_t)(p->rows * shape_row_elements(&p->shape)) * store_type_size(p->shape.type);
}

static int by_first_row(const void *a, const void *b)
{
    const struct claim *x = a, *y = b;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return (x->rows > y->rows) - (x->rows < y->rows); // an empty part before the one that begins where it lies
}

// Do the claims (size), sorted, cover every row once?
static int claims_check(
    const char *file, const struct store_part *p, const struct claim *claims, int size, struct err *e)
{
    int64_t next = 0;
    for (int i = 0; i < size; i++) {
        if (claims[i].rows == 0)
            continue;
        if (claims[i].first != next)
            return err_add(e, ERR_SOFTWARE, "%s: %s: row %" PRId64 " is given by %s", file, p->path, next,
                claims[i].first > next ? "no rank" : "two ranks");
        next += claims[i].rows;
    }
    if (next != p->shape.dims[0])
        return err_add(e, ERR_SOFTWARE, "%s: %s: ranks give %" PRId64 " of %" PRId64 " rows", file, p->path, next,
            p->shape.dims[0]);

    return 0;
}

// Collective over comm. The claims (n, size) of all ranks, sorted by row, on rank 0; new memory.
static struct claim *claims_collect(
    const struct comm *comm, const char *path, const struct store_parts *parts, struct err *e)
{
    ASSERT(parts->n >= 0 && parts->list, "%d parts", parts->n);
    size_t count = (size_t)parts->n * (size_t)comm->size;
    struct claim *claims = mem_new(count, sizeof *claims);

    for (int i = 0; i < parts->n; i++) {
        const struct store_part *p = &parts->list[i];
        ASSERT(p->shape.rank > 0 && p->shape.type != STORE_TEXT && p->first >= 0 && p->rows >= 0, "%s", p->path);
        claims[i * comm->size + comm->rank] =
            (struct claim){.first = p->first, .rows = p->rows, .hash = hash_bytes(p->data, part_bytes(p))};
    }
    comm_join_to_root(comm, claims, count * sizeof *claims);
    for (int i = 0; i < parts->n && comm->rank == 0; i++) {
        qsort(claims + i * comm->size, (size_t)comm->size, sizeof *claims, by_first_row);
        claims_check(path, &parts->list[i], claims + i * comm->size, comm->size, e);
    }

    return claims;
}

static char *temporary_shared(const struct comm *comm, const char *path)
{
    char *name = disk_temporary(path);
    size_t room = strlen(name) + 1;
    comm_broadcast(comm, 0, &room, sizeof room);
    name = mem_grow(name, room, 1);
    comm_broadcast(comm, 0, name, room);
    return name;
}

// Writes rows [from, from + rows) of this rank's part.
static int piece_write(
    hid_t dataset, hid_t type, hid_t transfer, const struct store_part *p, int64_t from, int64_t rows)
{
    hid_t file = -1, memory = -1;
    int r = rows_select(dataset, &p->shape, p->first + from, rows, &file, &memory);
    size_t row_bytes = (size_t)shape_row_elements(&p->shape) * store_type_size(p->shape.type);

    if (H5Dwrite(dataset, type, memory, file, transfer, (const char *)p->data + (size_t)from * row_bytes) < 0)
        r = -1;
    H5Sclose(memory);
    H5Sclose(file);
    return r;
}

// Writes this rank's rows, independently of other ranks. A collective write that fails on one rank, for instance on a
// full disk, would leave the others waiting for ever in MPI_File_set_view, because HDF5 does not restore the view of a
// rank that failed (seen with MPICH 4 and with Open MPI 5). The rows of a rank are one block: collective writes gain
// nothing.
static int rows_write(struct store_file *f, hid_t dataset, const struct store_part *p, struct err *e)
{
    int64_t row_bytes = shape_row_elements(&p->shape) * (int64_t)store_type_size(p->shape.type);
    int64_t most = row_bytes > 0 && row_bytes < PIECE_BYTES ? PIECE_BYTES / row_bytes : 1;
    hid_t type = type_open(p->shape.type), transfer = H5Pcreate(H5P_DATASET_XFER);
    char room[96];
    int r = 0;

    H5Pset_dxpl_mpio(transfer, H5FD_MPIO_INDEPENDENT);
    for (int64_t from = 0, rows; from < p->rows && row_bytes > 0 && r == 0; from += rows) {
        rows = p->rows - from < most ? p->rows - from : most;
        if (piece_write(dataset, type, transfer, p, from, rows) < 0)
            r = file_fail(f, p->path, e, "cannot write %" PRId64 " rows at row %" PRId64 "%s", rows, p->first + from,
                disk_room(room, f->path, (double)(p->shape.dims[0] * row_bytes))); // MPI-IO gives no reason
    }

    H5Pclose(transfer);
    H5Tclose(type);
    return r;
}

// On rank 0: the temporary with all arrays, not yet written. What HDF5 itself has to write is then on disk, and no lack
// of room can hit it in MPI-IO: a file that it cannot close crashes the program in MPI_Finalize.
static int temporary_make(
    const char *path, const char *temporary, const char *format, const struct store_parts *parts, struct err *e)
{
    struct store_file *f = durable_open(path, mem_text(temporary), DURABLE_NEW, e);
    if (!f)
        return -1;

    int r = durable_format(f, format, e);
    for (int i = 0; i < parts->n && r == 0; i++) {
        hid_t dataset = dataset_create(f, parts->list[i].path, &parts->list[i].shape, e);
        r = dataset < 0 || H5Dclose(dataset) < 0 ? -1 : 0;
    }
    if (r < 0) {
        store_abandon(&f);
        return -1;
    }
    r = durable_close(f, e);
    if (r < 0)
        disk_discard(temporary);
    file_free(&f);

    return r;
}

// Collective over comm.
static void parts_write(const struct comm *comm, struct store_file *f, const struct store_parts *parts, struct err *e)
{
    for (int i = 0; i < parts->n; i++) {
        hid_t dataset = dataset_open(f, parts->list[i].path, e);
        if (comm_agree(comm, e) == 0)
            rows_write(f, dataset, &parts->list[i], e);
        if (dataset >= 0 && H5Dclose(dataset) < 0)
            file_fail(f, parts->list[i].path, e, "cannot close the array");
        if (comm_agree(comm, e) < 0)
            return;
    }
}

// Collective over comm: all parts into the temporary, which is closed again.
static int temporary_write(
    const struct comm *comm, const char *path, const char *temporary, const struct store_parts *parts, struct err *e)
{
    library_setup();
    hid_t access = library_access(true);
    H5Pset_fapl_mpio(access, comm_mpi(comm), MPI_INFO_NULL);
    struct store_file *f = file_new(path, mem_text(temporary), H5Fopen(temporary, H5F_ACC_RDWR, access));
    if (f->id < 0)
        file_fail(f, NULL, e, "cannot open its temporary for writing on all ranks");
    H5Pclose(access);
    if (comm_agree(comm, e) == 0)
        parts_write(comm, f, parts, e);
    if (f->id >= 0 && H5Fclose(f->id) < 0)
        file_fail(f, NULL, e, "cannot close it");
    file_free(&f);

    return comm_agree(comm, e);
}

// Reads a dataset back once: each rank's part against its claim, and the checksum of the whole.
static int claims_verify(
    struct store_file *f, const struct store_part *p, const struct claim *claims, int size, struct err *e)
{
    struct hash_stream *whole = hash_stream_new();
    int r = 0;

    for (int i = 0; i < size && r == 0; i++) {
        struct hash_stream *part = hash_stream_new();
        r = verify_hash(f, p->path, claims[i].first, claims[i].rows, whole, part, e);
        if (r == 0 && hash_stream_value(part) != claims[i].hash)
            r = err_add(e, ERR_IO,
                "%s: %s: rows %" PRId64 " to %" PRId64 " are not in the file as they were written: does "
                "this file system do parallel writes right?",
                f->path, p->path, claims[i].first, claims[i].first + claims[i].rows - 1);
        hash_stream_free(&part);
    }
    if (r == 0)
        r = checksum_set(f, p->path, hash_stream_value(whole), e);
    hash_stream_free(&whole);

    return r;
}

// On rank 0: the temporary, opened by it alone, with all parts verified.
static struct store_file *temporary_take(const struct comm *comm, const char *path, char *temporary,
    const struct store_parts *parts, const struct claim *claims, struct err *e)
{
    struct store_file *f = durable_open(path, temporary, DURABLE_OLD, e);
    if (!f)
        return NULL;
    int r = 0;

    for (int i = 0; i < parts->n && r == 0; i++)
        r = claims_verify(f, &parts->list[i], claims + i * comm->size, comm->size, e);
    if (r < 0)
        store_abandon(&f);

    return f;
}

int store_write_parallel(const struct comm *comm, const char *path, const char *format, const struct store_parts *parts,
    struct store_file **f, struct err *e)
{
    *f = NULL;
    char *temporary = temporary_shared(comm, path);
    struct claim *claims = claims_collect(comm, path, parts, e);
    if (comm->rank == 0 && e->count == 0)
        temporary_make(path, temporary, format, parts, e);
    int r = comm_agree(comm, e);
    if (r == 0) {
        r = temporary_write(comm, path, temporary, parts, e);
        if (r == 0 && comm->rank == 0)
            *f = temporary_take(comm, path, mem_text(temporary), parts, claims, e);
        r = comm_agree(comm, e);
        if (r < 0 && comm->rank == 0)
            disk_discard(temporary);
    }
    free(claims);
    free(temporary);

    return r;
}
