// Opens the records in a run's file: reads the offset, size and checksum of each.
#include "store/journal_impl.h"

#include "base/mem.h"
#include "store/schema.h"
#include "store/store_impl.h"
#include <stdlib.h>
#include <string.h>

// Reads an array of *n integers into new memory. If *n is negative, accepts any length and sets *n. Returns NULL and an
// error if the array has another length or cannot be read.
static int64_t *read_places(struct store_file *f, const char *name, int64_t *n, struct err *e)
{
    char *path = mem_format(RUN_RECORDS "/%s", name);
    struct store_shape shape;
    int64_t *v = NULL;

    if (store_get_shape(f, path, &shape, e) == 0) {
        if (shape.rank != 1 || shape.type != STORE_I64 || (*n >= 0 && shape.dims[0] != *n)) {
            err_add(e, ERR_DATA, "%s: %s: found another shape than that of its neighbours", f->path, path);
        } else {
            *n = shape.dims[0];
            v = mem_new((size_t)*n + 1, sizeof *v);
            if (store_read(f, path, STORE_I64, store_entries(0, *n), v, e) != 0) {
                free(v);
                v = NULL;
            }
        }
    }
    free(path);
    return v;
}

// Reads the places of records into new memory. Returns NULL and an error on failure.
static struct journal_place *read_records(struct store_file *f, const char *const names[3], int64_t *n, struct err *e)
{
    int64_t *column[3] = {0};
    struct journal_place *p = NULL;

    for (int i = 0; i < 3 && (i == 0 || column[i - 1]); i++)
        column[i] = read_places(f, names[i], n, e);
    if (column[2]) {
        p = mem_new((size_t)*n + 1, sizeof *p);
        for (int64_t i = 0; i < *n; i++)
            p[i] = (struct journal_place){
                .at = column[0][i], .bytes = (uint64_t)column[1][i], .checksum = (uint64_t)column[2][i]};
    }
    for (int i = 0; i < 3; i++)
        free(column[i]);
    return p;
}

struct journal *journal_open_run(struct store_file *f, char *const *keys, int n, struct err *e)
{
    static const char *const trials[] = {RECORDS_FIRST, RECORDS_BYTES, RECORDS_CHECKSUM};
    static const char *const values[] = {RECORDS_SHARED_FIRST, RECORDS_SHARED_BYTES, RECORDS_SHARED_CHECKSUM};
    int64_t rows = n, n_shared = -1;
    if (!store_has(f, RUN_RECORDS))
        return NULL;

    struct journal *j = mem_new(1, sizeof *j);
    *j = (struct journal){.path = mem_text(f->path), .fd = -1, .run = f};
    struct journal_place *trial = read_records(f, trials, &rows, e);
    struct journal_place *shared = trial ? read_records(f, values, &n_shared, e) : NULL;

    for (int i = 0; shared && i < n; i++) {
        const size_t length = strlen(keys[i]);
        ASSERT(length < sizeof trial[i].id, "%s is too long for a key", keys[i]);
        memcpy(trial[i].id, keys[i], length + 1);
        journal_add_trial(j, &trial[i]);
    }
    for (int64_t i = 0; shared && i < n_shared; i++)
        journal_add_shared(j, &shared[i]);
    free(trial);
    if (!shared)
        journal_free(&j);
    else
        journal_index(j);
    free(shared);
    return j;
}
