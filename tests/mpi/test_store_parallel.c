// Arrays whose rows the ranks hold in parts, written by all into one file: uneven, empty and missing parts.
// links: store comm base
#include "base/hash.h"
#include "base/mem.h"
#include "comm/comm.h"
#include "mpi_check.h"
#include "store/parallel.h"
#include "store/schema.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 1001, COLUMNS = 700 };

static float value(int64_t row, int column)
{
    return (float)(row * 1000 + column);
}

// This rank's rows of x: the last rank has none.
static struct store_part part_of_x(const struct comm *comm)
{
    int parts = comm->size > 1 ? comm->size - 1 : 1;
    int64_t first = comm->rank < parts ? ROWS * comm->rank / parts : ROWS;
    int64_t rows = comm->rank < parts ? ROWS * (comm->rank + 1) / parts - first : 0;
    float *data = mem_new((size_t)rows * COLUMNS, sizeof *data);
    for (int64_t i = 0; i < rows; i++)
        for (int k = 0; k < COLUMNS; k++)
            data[i * COLUMNS + k] = value(first + i, k);
    return (struct store_part){"scores/test/x", {STORE_F32, 2, {ROWS, COLUMNS}}, first, rows, data};
}

static void finish(struct store_file *f)
{
    struct err e = {0};
    CHECK(store_write_index(f, "scores/test/sample", ROWS, "row", &e) == 0, "%s", e.text);
    CHECK(store_write_index(f, "scores/test/unit", COLUMNS, "unit", &e) == 0, "%s", e.text);
    struct store_about about = {.long_name = "reconstruction", .units = "1", .scales = {"sample", "unit"}};
    CHECK(store_describe(f, "scores/test/x", &about, &e) == 0, "%s", e.text);
    CHECK(store_commit(&f, &e) == 0, "%s", e.text);
}

static void check(const char *path)
{
    struct err e = {0};
    float row[COLUMNS];
    uint8_t flags[3];
    struct hash_stream *hash = hash_stream_new();
    struct store_file *f = store_open(path, FORMAT_TRIAL, STORE_OWN, &e);
    CHECK(f, "%s", e.text);
    for (int64_t i = 0; i < ROWS; i++) {
        CHECK(store_read(f, "scores/test/x", STORE_F32, store_entries(i, 1), row, &e) == 0, "%s", e.text);
        for (int k = 0; k < COLUMNS; k++)
            CHECK(row[k] == value(i, k), "row %ld column %d", (long)i, k);
        hash_stream_add(hash, row, sizeof row);
    }
    char *stored = store_get_text(f, "scores/test/x", STORE_CHECKSUM), expected[17];
    snprintf(expected, sizeof expected, "%016llx", (unsigned long long)hash_stream_value(hash));
    CHECK(stored && strcmp(stored, expected) == 0, "%s %s", stored, expected);
    CHECK(store_read(f, "flags", STORE_U8, store_entries(0, 3), flags, &e) == 0, "%s", e.text);
    CHECK(flags[0] == 0 && flags[1] == 10 && flags[2] == 20);
    store_close(&f);
    hash_stream_free(&hash);
    free(stored);
}

static void test_write(const struct comm *comm, const char *path)
{
    struct err e = {0};
    struct store_file *f;
    uint8_t flags[3] = {0, 10, 20}, flag = flags[comm->rank % 3];
    bool all = comm->size != 3; // then rank 0 gives all rows
    struct store_part parts[] = {part_of_x(comm),
        {"flags", {STORE_U8, 1, {3}}, all ? 0 : comm->rank, all ? (comm->rank == 0) * 3 : 1, all ? flags : &flag},
        {"none", {STORE_F32, 2, {0, 5}}, 0, 0, NULL}};
    CHECK(store_write_parallel(comm, path, FORMAT_TRIAL, &(struct store_parts){parts, 3}, &f, &e) == 0, "%s", e.text);
    CHECK((f != NULL) == (comm->rank == 0));
    if (f)
        finish(f);
    comm_barrier(comm);
    check(path);
    comm_barrier(comm);
    free((void *)parts[0].data);
}

// Rows that nobody gives, or two, are our own mistake and said on every rank; so is a folder that is not there.
static void test_refused(const struct comm *comm, const char *path, const char *nowhere)
{
    struct err gap = {0}, twice = {0}, folder = {0};
    struct store_file *f;
    struct store_part part = part_of_x(comm);
    part.rows -= comm->rank == 0;
    CHECK(store_write_parallel(comm, path, FORMAT_TRIAL, &(struct store_parts){&part, 1}, &f, &gap) == -1 && !f);
    CHECK(gap.kind == ERR_SOFTWARE && strstr(gap.text, comm->size > 2 ? "by no rank" : "of 1001 rows"), "%s", gap.text);
    part.rows += comm->rank == 0;
    part.first -= comm->rank == 1 && part.rows;
    int r = store_write_parallel(comm, path, FORMAT_TRIAL, &(struct store_parts){&part, 1}, &f, &twice);
    CHECK(comm->size < 3 || (r == -1 && strstr(twice.text, "by two ranks")), "%s", twice.text);
    store_abandon(&f);
    part.first += comm->rank == 1 && part.rows;
    CHECK(store_write_parallel(comm, nowhere, FORMAT_TRIAL, &(struct store_parts){&part, 1}, &f, &folder) == -1 && !f);
    CHECK(folder.kind == ERR_IO && strstr(folder.text, "cannot open its temporary"), "%s", folder.text);
    free((void *)part.data);
}

// --- faults: this program's versions of the system's calls come before the C library's
static enum { NO_FAULT, FULL_FOR_ARRAYS, FULL, FULL_AT_SYNC, LOSING } fault;
static long calls, full_from = LONG_MAX; // FULL: from this write on, from 1
static int hits;

enum { ARRAY_BYTES = 65536 }; // what HDF5 writes of its own is smaller

static bool is_full(size_t n)
{
    bool yes = (fault == FULL && ++calls >= full_from) || (fault == FULL_FOR_ARRAYS && n >= ARRAY_BYTES);
    hits += yes;
    errno = yes ? ENOSPC : errno;
    return yes;
}

// Says that it wrote, and left something out.
static size_t lose(size_t n)
{
    bool yes = fault == LOSING && n >= ARRAY_BYTES;
    hits += yes;
    return yes ? n - 4 : n;
}

#define LIBC(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t pwrite(int fd, const void *data, size_t n, off_t at)
{
    if (is_full(n))
        return -1;
    ssize_t written = LIBC(pwrite)(fd, data, lose(n), at);
    return written < 0 ? written : (ssize_t)n;
}

int ftruncate(int fd, off_t length)
{
    return is_full(0) ? -1 : LIBC(ftruncate)(fd, length);
}

int fsync(int fd)
{
    hits += fault == FULL_AT_SYNC;
    errno = fault == FULL_AT_SYNC ? ENOSPC : errno;
    return fault == FULL_AT_SYNC ? -1 : LIBC(fsync)(fd);
}

static void test_fault(const struct comm *comm, const char *path, int kind, const char *said)
{
    struct err e = {0};
    struct store_file *f;
    struct store_part part = part_of_x(comm);
    hits = 0;
    fault = kind;
    int r = store_write_parallel(comm, path, FORMAT_TRIAL, &(struct store_parts){&part, 1}, &f, &e);
    fault = NO_FAULT;
    CHECK(comm_sum(comm, hits) > 0);
    CHECK(r == -1 && !f && e.kind == ERR_IO && strstr(e.text, said), "%d: %s", kind, e.text);
    CHECK(access(path, F_OK) != 0);
    free((void *)part.data);
}

// The disk of one rank is full from its K-th write on, for every rank and K: no rank waits for the one that failed.
static void test_full_on_one_rank(const struct comm *comm, const char *path, int rank)
{
    struct store_part part = part_of_x(comm);
    bool has_failed = true;

    for (long k = 1; has_failed; k++) {
        struct err e = {0};
        struct store_file *f;
        calls = hits = 0;
        full_from = comm->rank == rank ? k : LONG_MAX;
        fault = FULL;
        int rc = store_write_parallel(comm, path, FORMAT_TRIAL, &(struct store_parts){&part, 1}, &f, &e);
        has_failed = comm_sum(comm, hits) > 0;
        CHECK(rc == (has_failed ? -1 : 0) && (f != NULL) == (rc == 0 && comm->rank == 0), "write %ld: %s", k, e.text);
        CHECK(!has_failed || (e.kind == ERR_IO && strstr(e.text, "No space left on device (")), "%ld: %s", k, e.text);
        store_abandon(&f);
        CHECK(access(path, F_OK) != 0);
        CHECK(k > 1 || has_failed || rank == comm->size - 1, "rank %d writes nothing", rank);
    }

    fault = NO_FAULT;
    full_from = LONG_MAX;
    free((void *)part.data);
}

static int folder_empty(const char *folder)
{
    DIR *d = opendir(folder);
    int n = 0;
    for (struct dirent *entry; (entry = readdir(d));)
        n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(d);
    return n == 0;
}

int main(void)
{
    struct comm world;
    struct err e = {0};
    if (comm_start(&world, 1, &e) < 0)
        return err_print(&e);
    char folder[] = "/tmp/hourglass-test-XXXXXX", path[64], nowhere[64];
    CHECK(world.rank || mkdtemp(folder));
    comm_broadcast(&world, 0, folder, sizeof folder);
    snprintf(path, sizeof path, "%s/a.h5", folder);
    snprintf(nowhere, sizeof nowhere, "%s/none/a.h5", folder);
    for (int i = 0; i < 20; i++)
        test_write(&world, path);
    if (world.rank == 0)
        unlink(path);
    test_refused(&world, path, nowhere);
    test_fault(&world, path, LOSING, "are not in the file as they were written");
    test_fault(&world, path, FULL_FOR_ARRAYS, "a.h5: scores/test/x: cannot write ");
    test_fault(&world, path, FULL_AT_SYNC, "a.h5: cannot sync it to disk: No space left on device (");
    for (int rank = 0; rank < world.size; rank++)
        test_full_on_one_rank(&world, path, rank);
    comm_barrier(&world);
    if (world.rank == 0) {
        CHECK(folder_empty(folder), "%s", folder);
        rmdir(folder);
    }
    comm_stop(&world);
    return 0;
}
