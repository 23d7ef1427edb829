// Copies the records of journals into a run's file unchanged, and writes the offset, size and checksum of each. A value
// that several journals share is written once.
#include "store/journal_impl.h"

#include "base/mem.h"
#include "store/schema.h"
#include "store/store_impl.h"
#include <stdlib.h>
#include <string.h>

enum { BLOCK = RECORDS_BLOCK_BYTES, HEADER = sizeof(struct journal_record) };

// A record and its offset in the run's file.
struct copied_record {
    struct journal *j; // borrowed
    int i;             // number of a trial; -1: a shared value
    struct journal_place from;
    int64_t to;
    char *key; // owned; the key of a trial
};

struct journal_copy {
    struct copied_record *trial, *shared; // (n), (n_shared), owned
    int n, room, n_shared, shared_room;
    struct journal *last; // the journal whose shared values were noted most recently
    int *by_key;          // (n), owned: in order of key; NULL: not sorted yet
};

struct journal_copy *journal_copy_new(void)
{
    return mem_new(1, sizeof(struct journal_copy));
}

void journal_copy_free(struct journal_copy **copy)
{
    struct journal_copy *c = *copy;
    if (!c)
        return;

    for (int i = 0; i < c->n; i++)
        free(c->trial[i].key);
    free(c->trial);
    free(c->shared);
    free(c->by_key);
    free(c);
    *copy = NULL;
}

static void copied_add(struct copied_record **list, int *n, int *room, const struct copied_record *r)
{
    if (*n == *room)
        *list = mem_grow(*list, (size_t)(*room = 2 * *room + 64), sizeof **list);
    ASSERT(*n < *room, "record %d of %d", *n, *room);
    (*list)[(*n)++] = *r;
}

void journal_copy_add(struct journal_copy *c, struct journal *j, int i, const char *key)
{
    ASSERT(i >= 0 && i < j->n && j->trial[i].at >= 0, "%s: trial %d of %d", j->path, i, j->n);
    if (c->last != j) {
        if (c->last)
            journal_rest(c->last);
        for (int k = 0; k < j->n_shared; k++)
            copied_add(&c->shared, &c->n_shared, &c->shared_room,
                &(struct copied_record){.j = j, .i = -1, .from = j->shared[k]});
        c->last = j;
    }
    copied_add(
        &c->trial, &c->n, &c->room, &(struct copied_record){.j = j, .i = i, .from = j->trial[i], .key = mem_text(key)});
    free(c->by_key);
    c->by_key = NULL;
}

static int compare_copied_keys(const void *a, const void *b, void *copy)
{
    const struct journal_copy *c = copy;
    return strcmp(c->trial[*(const int *)a].key, c->trial[*(const int *)b].key);
}

static void sort_copied(struct journal_copy *c)
{
    if (c->by_key)
        return;

    c->by_key = mem_new((size_t)c->n + 1, sizeof *c->by_key);
    for (int i = 0; i < c->n; i++)
        c->by_key[i] = i;
    if (c->n > 1)
        qsort_r(c->by_key, (size_t)c->n, sizeof *c->by_key, compare_copied_keys, c);
}

static struct copied_record *copied_record_find(struct journal_copy *c, const char *key)
{
    sort_copied(c);
    for (int low = 0, high = c->n; low < high;) {
        const int middle = low + (high - low) / 2;
        struct copied_record *r = &c->trial[c->by_key[middle]];
        const int order = strcmp(key, r->key);
        if (order == 0)
            return r;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

struct store_file *journal_copy_trial(struct journal_copy *c, const char *key, const char *mount, struct err *e)
{
    const struct copied_record *r = copied_record_find(c, key);
    return r ? journal_trial(r->j, r->i, mount, e) : NULL;
}

// --- writing
static int compare_copied_values(const void *a, const void *b)
{
    const struct copied_record *x = a, *y = b;
    return journal_compare_values(&x->from, &y->from);
}

// Sorts the shared values, and keeps one of several that are equal.
static void drop_equal_values(struct journal_copy *c)
{
    int kept = 0;

    if (c->n_shared > 1)
        qsort(c->shared, (size_t)c->n_shared, sizeof *c->shared, compare_copied_values);
    for (int i = 0; i < c->n_shared; i++)
        if (kept == 0 || compare_copied_values(&c->shared[kept - 1], &c->shared[i]) != 0)
            c->shared[kept++] = c->shared[i];
    c->n_shared = kept;
}

static size_t record_size(const struct copied_record *r)
{
    return HEADER + journal_padded(r->from.bytes);
}

// Sets the offset of each record. Returns the number of bytes of all records.
static int64_t place_records(struct journal_copy *c)
{
    int64_t end = 0;

    for (int i = 0; i < c->n_shared; i++) {
        c->shared[i].to = end;
        end += (int64_t)record_size(&c->shared[i]);
    }
    for (int i = 0; i < c->n; i++) {
        c->trial[i].to = end;
        end += (int64_t)record_size(&c->trial[i]);
    }
    return end;
}

// Collects bytes for an array of blocks.
struct block_writer {
    struct store_stream *stream;
    unsigned char *buffer; // (room)
    size_t n, room;        // `room` is a multiple of BLOCK
};

static int blocks_flush(struct block_writer *w, bool is_last, struct err *e)
{
    if (is_last) {
        const size_t whole = (w->n + BLOCK - 1) / BLOCK * BLOCK;
        memset(w->buffer + w->n, 0, whole - w->n);
        w->n = whole;
    }
    ASSERT(w->n % BLOCK == 0 && w->n <= w->room, "%zu bytes of %zu", w->n, w->room);
    int rc = w->n ? store_stream_write(w->stream, (int64_t)(w->n / BLOCK), w->buffer, e) : 0;
    w->n = 0;
    return rc;
}

static int blocks_add(struct block_writer *w, const unsigned char *bytes, size_t n, struct err *e)
{
    int rc = 0;

    for (size_t done = 0, step; done < n && rc == 0; done += step) {
        step = n - done < w->room - w->n ? n - done : w->room - w->n;
        memcpy(w->buffer + w->n, bytes + done, step);
        w->n += step;
        if (w->n == w->room)
            rc = blocks_flush(w, false, e);
    }
    return rc;
}

static int copy_records(
    const struct copied_record *list, int n, struct block_writer *w, struct packed_bytes *bytes, struct err *e)
{
    int rc = 0;

    for (int i = 0; i < n && rc == 0; i++) {
        const size_t size = record_size(&list[i]), used = HEADER + (size_t)list[i].from.bytes;
        if (bytes->room < size)
            bytes->data = mem_grow(bytes->data, bytes->room = 2 * size, 1);
        memset(bytes->data + used, 0, size - used);
        rc = journal_read(list[i].j, list[i].from.at, bytes->data, used, e);
        if (rc == 0)
            rc = blocks_add(w, bytes->data, size, e);
        if (i + 1 == n || list[i + 1].j != list[i].j)
            journal_rest(list[i].j);
    }
    return rc;
}

static int write_record_data(struct journal_copy *c, struct store_file *f, struct err *e)
{
    const int64_t blocks = (place_records(c) + BLOCK - 1) / BLOCK;
    const struct store_shape shape = {STORE_U8, 2, {blocks, BLOCK}};
    const struct store_about about = {"records of journals, one after the other", "1", {RECORDS_BLOCK, RECORDS_BYTE}};
    struct block_writer w = {.room = 1 << 20};
    struct packed_bytes bytes = {0};

    int rc = store_write_index(f, RUN_RECORDS "/" RECORDS_BLOCK, blocks, "block of the records", e);
    if (rc == 0)
        rc = store_write_index(f, RUN_RECORDS "/" RECORDS_BYTE, BLOCK, "byte of a block", e);
    w.stream = rc == 0 ? store_stream_begin(f, RUN_RECORDS "/" RECORDS_DATA, &shape, &about, e) : NULL;
    if (!w.stream)
        return -1;

    w.buffer = mem_new(w.room, 1);
    rc = copy_records(c->shared, c->n_shared, &w, &bytes, e);
    if (rc == 0)
        rc = copy_records(c->trial, c->n, &w, &bytes, e);
    if (rc == 0)
        rc = blocks_flush(&w, true, e);
    const int ended = store_stream_end(&w.stream, rc == 0 ? e : &(struct err){0});
    free(w.buffer);
    free(bytes.data);
    return rc == 0 ? ended : rc;
}

// Writes three columns: the offset of each record, its number of bytes without the header, and the checksum of these
// bytes.
static int write_places(struct store_file *f, const char *const names[3], const char *scale,
    const struct copied_record *const *list, int n, struct err *e)
{
    static const char *const about[] = {"byte at which the record begins, counted through all blocks; -1: none",
        "bytes of the record behind its header", "their checksum (XXH3-64)"};
    const struct store_shape shape = {STORE_I64, 1, {n}};
    int64_t *v = mem_new((size_t)n + 1, sizeof *v);
    int rc = 0;

    for (int k = 0; k < 3 && rc == 0; k++) {
        char *path = mem_format(RUN_RECORDS "/%s", names[k]);
        for (int i = 0; i < n; i++) {
            const struct copied_record *r = list[i];
            int64_t values[] = {-1, 0, 0};
            if (r) {
                values[0] = r->to;
                values[1] = (int64_t)r->from.bytes;
                values[2] = (int64_t)r->from.checksum;
            }
            v[i] = values[k];
        }
        rc = store_write(f, path, &shape, v, &(struct store_about){about[k], "1", {scale}}, e);
        free(path);
    }
    free(v);
    return rc;
}

int journal_copy_write(struct journal_copy *c, struct store_file *f, const char *const *keys, int n, struct err *e)
{
    static const char *const trials[] = {RECORDS_FIRST, RECORDS_BYTES, RECORDS_CHECKSUM};
    static const char *const values[] = {RECORDS_SHARED_FIRST, RECORDS_SHARED_BYTES, RECORDS_SHARED_CHECKSUM};
    if (c->n == 0)
        return 0;

    drop_equal_values(c);
    const int all = n > c->n_shared ? n : c->n_shared;
    const struct copied_record **list = mem_new((size_t)all + 1, sizeof *list);
    int rc = write_record_data(c, f, e);

    for (int i = 0; i < n; i++)
        list[i] = copied_record_find(c, keys[i]);
    if (rc == 0)
        rc = store_write_index(f, RUN_RECORDS "/" RECORDS_ROW, n, "row of the leaderboard", e);
    if (rc == 0)
        rc = write_places(f, trials, RECORDS_ROW, list, n, e);
    for (int i = 0; i < c->n_shared; i++)
        list[i] = &c->shared[i];
    if (rc == 0)
        rc = store_write_index(f, RUN_RECORDS "/" RECORDS_SHARED, c->n_shared, "value that trials share", e);
    if (rc == 0)
        rc = write_places(f, values, RECORDS_SHARED, list, c->n_shared, e);
    free(list);
    return rc;
}
