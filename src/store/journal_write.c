// Appends trials to a journal.
//
// One call writes a trial, together with the records of the shared values that this trial is the first to refer to.
// This process remembers where the journal ends, and writes there. If the call fails, the journal is cut off at that
// place and closed, and the next trial makes a new journal.
//
// The first trial that has a value holds the value itself. If a second trial has the same value, the value gets a
// record of its own, to which the second and all later trials refer. After SEGMENT trials this starts again, so that a
// damaged value spoils at most the trials of its segment.
#include "store/journal_impl.h"

#include "base/clock.h"
#include "base/disk.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SEGMENT = 256, SEEN_BITS = 14 };
static const double SYNC_SECONDS = 0.1;

struct seen_value {
    uint64_t checksum;
    size_t bytes; // 0: this place of the table is free
    bool is_apart;
};

struct journal_writer {
    char *stem, *path; // owned; path: NULL before the first trial
    int fd;
    int64_t end;
    bool is_dirty, is_new;       // is_dirty: some bytes are not synced; is_new: the file's name is not synced
    double synced;               // time of the last sync
    int trials;                  // trials in this segment so far
    struct seen_value *seen;     // (1 << SEEN_BITS), owned: a hash table
    struct packed_bytes out;     // bytes that the next call writes
    struct packed_bytes payload; // bytes of the trial
};

struct journal_writer *journal_writer_new(const char *stem)
{
    struct journal_writer *w = mem_new(1, sizeof *w);

    *w = (struct journal_writer){.stem = mem_text(stem), .fd = -1};
    w->seen = mem_new((size_t)1 << SEEN_BITS, sizeof *w->seen);
    return w;
}

static void segment_begin(struct journal_writer *w)
{
    memset(w->seen, 0, ((size_t)1 << SEEN_BITS) * sizeof *w->seen);
    w->trials = 0;
}

static void buffer_add_record(
    struct packed_bytes *b, enum journal_kind kind, const void *bytes, size_t n, const char *id)
{
    static const char zeros[8];
    const size_t padding = journal_padded(n) - n;
    struct journal_record r;

    ASSERT(padding < sizeof zeros, "%zu bytes of padding", padding);
    journal_record_set(&r, kind, bytes, n, id);
    packed_bytes_add(b, &r, sizeof r);
    packed_bytes_add(b, bytes, n);
    packed_bytes_add(b, zeros, padding);
}

// Returns true if a value is stored in a record of its own. Adds that record when the value comes for the second time.
static bool share_value(void *writer, const struct packed_value *v)
{
    struct journal_writer *w = writer;
    const size_t mask = ((size_t)1 << SEEN_BITS) - 1;
    size_t at = (size_t)v->checksum & mask;
    int tried = 0;

    while (w->seen[at].bytes && (w->seen[at].checksum != v->checksum || w->seen[at].bytes != v->bytes)) {
        if (++tried > 32) // the table is too full: this value is not shared
            return false;
        at = (at + 1) & mask;
    }

    struct seen_value *s = &w->seen[at];
    if (!s->bytes) {
        *s = (struct seen_value){v->checksum, v->bytes, false};
        return false;
    }
    if (!s->is_apart)
        buffer_add_record(&w->out, JOURNAL_SHARED, v->data, v->bytes, "");
    s->is_apart = true;
    return true;
}

// Makes the journal's file. Returns -1 and an error on failure.
static int journal_make(struct journal_writer *w, struct err *e)
{
    for (int i = 1; w->fd < 0; i++) {
        free(w->path);
        w->path = mem_format("%s-%d" JOURNAL_SUFFIX, w->stem, i);
        w->fd = open(w->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (w->fd < 0 && errno != EEXIST)
            return disk_fail(e, w->path, errno, 0, "cannot make it");
    }

    char head[JOURNAL_HEAD_BYTES];
    journal_head(head);
    w->out.n = 0;
    w->end = 0;
    w->is_new = true;
    packed_bytes_add(&w->out, head, sizeof head);
    segment_begin(w);
    return 0;
}

// Closes a journal after a failed write. Cuts it off after its last whole record; if that fails too, a torn record
// remains.
static int journal_give_up(struct journal_writer *w, const char *what, size_t bytes, struct err *e)
{
    const int why = errno;

    const bool is_cut = ftruncate(w->fd, (off_t)w->end) == 0;

    if (is_cut && w->end == 0)
        unlink(w->path);
    close(w->fd);
    w->fd = -1;
    return disk_fail(e, w->path, why, (double)bytes, what);
}

int journal_add(struct journal_writer *w, const char *id, struct store_file *trial, struct err *e)
{
    const struct packed_share share = {share_value, w};

    w->out.n = w->payload.n = 0;
    if (w->fd < 0 && journal_make(w, e) != 0)
        return -1;
    if (w->trials++ >= SEGMENT)
        segment_begin(w);

    packed_pack(packed_of_file(trial), &share, &w->payload);
    buffer_add_record(&w->out, JOURNAL_TRIAL, w->payload.data, w->payload.n, id);
    if (disk_write_at(w->fd, w->out.data, w->out.n, (off_t)w->end) < 0)
        return journal_give_up(w, "cannot write it", w->out.n, e);

    w->end += (int64_t)w->out.n;
    w->is_dirty = true;
    return journal_sync(w, true, e);
}

int journal_sync(struct journal_writer *w, bool is_due, struct err *e)
{
    const double now = clock_wall();

    if (!w->is_dirty || (is_due && now - w->synced < SYNC_SECONDS))
        return 0;
    ASSERT(w->fd >= 0, "%s: written, but not open", w->stem);
    if (fdatasync(w->fd) < 0 || (w->is_new && disk_sync_folder(w->path, &(struct err){0}) < 0)) {
        w->is_dirty = false;
        return journal_give_up(w, "cannot sync it to disk", 0, e);
    }

    w->is_dirty = w->is_new = false;
    w->synced = clock_wall();
    return 0;
}

int journal_writer_end(struct journal_writer **writer, struct err *e)
{
    struct journal_writer *w = *writer;
    if (!w)
        return 0;

    int rc = journal_sync(w, false, e);
    if (w->fd >= 0 && close(w->fd) < 0 && rc == 0)
        rc = disk_fail(e, w->path, errno, 0, "cannot close it");
    free(w->seen);
    free(w->out.data);
    free(w->payload.data);
    free(w->path);
    free(w->stem);
    free(w);
    *writer = NULL;
    return rc;
}
