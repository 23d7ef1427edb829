// Opens a journal: finds its records, even between damaged bytes, and compares each with its checksum.
#include "base/disk.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/input.h"
#include "base/mem.h"
#include "store/journal_impl.h"
#include "store/store.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SCAN_PIECE = 1 << 20, HEADER = sizeof(struct journal_record) };

static void note_damage(struct journal *j, char *message)
{
    j->damage = mem_grow(j->damage, (size_t)j->n_damages + 1, sizeof *j->damage);
    ASSERT(message, "%s: damage without a message", j->path);
    j->damage[j->n_damages++] = message;
}

// Notes that a record is damaged. `id` is the id of the trial. If it is NULL, the record is a value that trials share.
static void note_damaged_record(struct journal *j, int64_t at, const char *id)
{
    if (id)
        note_damage(
            j, mem_format("%s: damaged: trial %s at byte %" PRId64 " is not what was written", j->path, id, at));
    else
        note_damage(j, mem_format("%s: damaged: a value at byte %" PRId64 " that trials share", j->path, at));
}

// Returns the offset of the first good header at or after `at`, or `size` if there is none. Sets *is_empty if all bytes
// before it are 0: a crash of the machine leaves zeros where data was not written yet.
static int64_t next_header(struct journal *j, int64_t at, int64_t size, bool *is_empty, struct err *e)
{
    char *piece = mem_new(SCAN_PIECE + HEADER, 1);
    int64_t found = size;

    *is_empty = true;
    while (at < size && found == size) {
        const size_t n = size - at < SCAN_PIECE + HEADER ? (size_t)(size - at) : SCAN_PIECE + HEADER;
        if (journal_read(j, at, piece, n, e) != 0)
            break;
        for (size_t i = 0; i < n && i < SCAN_PIECE; i++) {
            struct journal_record r;
            if (piece[i] == *JOURNAL_MAGIC && n - i >= HEADER && memcmp(piece + i, JOURNAL_MAGIC, 8) == 0) {
                memcpy(&r, piece + i, HEADER);
                if (journal_record_is_good(&r)) {
                    found = at + (int64_t)i;
                    break;
                }
            }
            *is_empty = *is_empty && piece[i] == 0;
        }
        at += SCAN_PIECE;
    }

    free(piece);
    return found;
}

// Compares the bytes of a record with their checksum. Adds the record to the index, or notes that it is damaged.
static int scan_record(struct journal *j, int64_t at, const struct journal_record *r, struct err *e)
{
    struct journal_place p = {.at = at, .bytes = r->bytes, .checksum = r->checksum};
    void *bytes = mem_array((size_t)r->bytes + 1, 1, j->path, e);
    int rc = bytes ? journal_read(j, at + HEADER, bytes, (size_t)r->bytes, e) : -1;
    const bool is_trial = r->kind == JOURNAL_TRIAL;

    memcpy(p.id, r->id, sizeof p.id);
    if (rc == 0 && hash_bytes(bytes, (size_t)r->bytes) != r->checksum)
        note_damaged_record(j, at, is_trial ? r->id : NULL);
    else if (rc == 0 && is_trial)
        journal_add_trial(j, &p);
    else if (rc == 0)
        journal_add_shared(j, &p);

    free(bytes);
    return rc;
}

// Skips bytes that are not a record, and notes them as damage unless they are zeros up to the end of the file. Returns
// the offset of the next record.
static int64_t scan_damage(struct journal *j, int64_t at, int64_t size, struct err *e)
{
    bool is_empty;
    const int64_t next = next_header(j, at, size, &is_empty, e);

    if (next < size || !is_empty)
        note_damage(j, mem_format("%s: damaged: bytes %" PRId64 " to %" PRId64 " are no trial", j->path, at, next));
    return next;
}

// Compares the first bytes of the file with those of every journal, and notes it if they differ. A file that is shorter
// may have only the beginning of them, or zeros: a kill or a crash while a journal is made leaves this.
static int scan_head(struct journal *j, int64_t size, struct err *e)
{
    static const char zeros[JOURNAL_HEAD_BYTES];
    char head[JOURNAL_HEAD_BYTES], found[JOURNAL_HEAD_BYTES];
    const bool is_short = size < JOURNAL_HEAD_BYTES;
    const size_t n = is_short ? (size_t)size : sizeof found;

    journal_head(head);
    if (journal_read(j, 0, found, n, e) != 0)
        return -1;
    if (memcmp(head, found, n) != 0 && !(is_short && memcmp(zeros, found, n) == 0))
        note_damage(j, mem_format("%s: damaged: its first bytes are not those of a journal", j->path));
    return 0;
}

static int scan_records(struct journal *j, int64_t size, struct err *e)
{
    int64_t at = JOURNAL_HEAD_BYTES;

    if (scan_head(j, size, e) != 0)
        return -1;

    while (size - at >= HEADER && !e->count) {
        struct journal_record r;
        if (journal_read(j, at, &r, sizeof r, e) != 0)
            break;
        const bool is_good = journal_record_is_good(&r);
        if (is_good && r.version > JOURNAL_VERSION)
            return err_add(e, ERR_DATA,
                "%s: found a record of version %u, known here is %d: is it from a newer version of this program?",
                j->path, r.version, JOURNAL_VERSION);
        if (is_good && r.bytes > (uint64_t)(size - at - HEADER)) // the last record is torn
            break;
        if (is_good && scan_record(j, at, &r, e) == 0)
            at += HEADER + (int64_t)journal_padded(r.bytes);
        else if (!is_good)
            at = scan_damage(j, at, size, e);
    }
    return e->count ? -1 : 0;
}

struct journal *journal_open(const char *path, struct err *e)
{
    struct journal *j = mem_new(1, sizeof *j);
    struct err found = {0};
    struct stat s;
    const char *why;

    *j = (struct journal){.path = mem_text(path), .fd = input_open(path, &why)};
    if (j->fd < 0)
        err_add(&found, ERR_DATA, "%s: %s", path, why);
    else if (fstat(j->fd, &s) < 0)
        err_errno(&found, "%s: cannot read it", path);
    else
        scan_records(j, s.st_size, &found);

    journal_index(j);
    journal_rest(j);
    if (found.count)
        journal_free(&j);
    err_merge(e, &found);
    return j;
}

// --- repair

// Copies a record to the end of the new file. Returns -1 and an error on failure.
static int copy_bytes(
    struct journal *j, const struct journal_place *p, int fd, int64_t *end, const char *path, struct err *e)
{
    const size_t n = HEADER + journal_padded(p->bytes);
    void *bytes = mem_array(n, 1, path, e);
    int rc = bytes ? journal_read(j, p->at, bytes, HEADER + (size_t)p->bytes, e) : -1;

    if (rc == 0 && disk_write_at(fd, bytes, n, (off_t)*end) < 0)
        rc = disk_fail(e, path, errno, (double)*end + (double)n, "cannot write it");
    *end += (int64_t)n;
    free(bytes);
    return rc;
}

// Returns true if the trial can be opened, including the values that it shares with others.
static bool is_whole(struct journal *j, int i)
{
    struct err ignored = {0};
    struct store_file *f = journal_trial(j, i, "", &ignored);
    const bool is_good = f != NULL;

    store_close(&f);
    return is_good;
}

int journal_repair(struct journal *j, const char *path, struct err *e)
{
    char *temporary = disk_temporary(path), head[JOURNAL_HEAD_BYTES];
    const int fd = disk_open_temporary(temporary, path);
    int64_t end = JOURNAL_HEAD_BYTES;
    int rc = 0;

    journal_head(head);
    if (fd < 0 || disk_write_at(fd, head, sizeof head, 0) < 0)
        rc = disk_fail(e, path, errno, 0, "cannot write it");
    for (int i = 0; i < j->n_shared && rc == 0; i++)
        rc = copy_bytes(j, &j->shared[i], fd, &end, path, e);
    for (int i = 0; i < j->n && rc == 0; i++)
        rc = is_whole(j, i) ? copy_bytes(j, &j->trial[i], fd, &end, path, e) : 0;
    journal_rest(j);

    if (fd >= 0 && close(fd) < 0 && rc == 0)
        rc = disk_fail(e, path, errno, 0, "cannot close it");
    if (rc == 0)
        rc = disk_rename(temporary, path, NULL, e);
    else
        disk_discard(temporary);
    free(temporary);
    return rc;
}
