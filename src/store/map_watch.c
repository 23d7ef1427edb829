// Notices if a file changes while it is mapped. Another program can write to the file or cut it off. A reader of the
// mapping would then get other bytes than those that were checked, or the signal SIGBUS.
//
// The handler of SIGBUS finds the mapping that holds the address, maps zeros in place of the missing pages, and notes
// that the file was cut off. The reader continues, and the next check of the mapping fails. No result is used before
// that check.
// Size and modification time show that a file was written, except in two cases. The clocks of file systems are coarse,
// so the time says nothing if the file was modified within two seconds before the check. And a program that writes
// through a mapping of its own may not change the time at all. So the bytes are also compared with their checksum from
// time to time, but so rarely that this takes about one hundredth of the running time.
#include "store/store_impl.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/input.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { COARSE_SECONDS = 2, LEAST_RATIO = 100, PIECE_BYTES = 1 << 20 };

struct map_watch {
    char *path;       // owned
    int fd;           // owned: the mapped file, even if another file has its name now
    struct stat seen; // state of the file when its bytes were last right
    bool is_recent;   // the file had been modified just before `seen`
    bool is_compared; // the bytes were compared at least once
    double compared, compare_seconds;
    char *base;
    size_t length;
    atomic_bool is_cut;
    _Atomic(struct map_watch *) next;
};

static _Atomic(struct map_watch *) first; // all mappings; only the main thread changes the list
static struct sigaction before;

static void on_bus_error(int number, siginfo_t *info, void *context)
{
    (void)number, (void)context;
    int saved = errno;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), at = (uintptr_t)info->si_addr / page * page;

    for (struct map_watch *w = atomic_load(&first); w; w = atomic_load(&w->next)) {
        uintptr_t base = (uintptr_t)w->base;
        if (at < base || at >= base + w->length)
            continue;
        void *zeros =
            mmap((void *)at, base + w->length - at, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        if (zeros == MAP_FAILED)
            break;
        atomic_store(&w->is_cut, true);
        errno = saved;
        return;
    }
    sigaction(SIGBUS, &before, NULL); // not an address of ours: the signal comes again, to the earlier handler
}

static void listen_bus_errors(void)
{
    struct sigaction now, ours = {.sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO | SA_RESTART};
    if (sigaction(SIGBUS, NULL, &now) == 0 && now.sa_sigaction == on_bus_error)
        return;
    before = now; // MPI_Init may have set another handler
    sigemptyset(&ours.sa_mask);
    sigaction(SIGBUS, &ours, NULL);
}

// Notes the state of the file, and whether it was modified a moment ago. If so, another write can leave it with the
// same modification time.
static void note_seen(struct map_watch *w, const struct stat *s)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    w->seen = *s;
    w->is_recent = s->st_mtim.tv_sec + COARSE_SECONDS >= now.tv_sec;
}

struct map_watch *map_watch_new(const char *path, int fd, void *base, size_t length)
{
    struct map_watch *w = mem_new(1, sizeof *w);
    struct stat s = {0};

    ASSERT(base && length > 0, "%s: nothing is mapped", path);
    w->path = mem_text(path);
    w->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    w->base = base;
    w->length = length;
    fstat(fd, &s);
    note_seen(w, &s);
    listen_bus_errors();
    atomic_store(&w->next, atomic_load(&first));
    atomic_store(&first, w);
    return w;
}

void map_watch_free(struct map_watch **watch)
{
    struct map_watch *w = *watch;
    if (!w)
        return;

    _Atomic(struct map_watch *) *link = &first;
    while (atomic_load(link) != w)
        link = &atomic_load(link)->next;
    atomic_store(link, atomic_load(&w->next));

    if (w->fd >= 0)
        close(w->fd);
    free(w->path);
    free(w);
    *watch = NULL;
}

static bool is_written(const struct map_watch *w, const struct stat *now)
{
    return now->st_size != w->seen.st_size || now->st_mtim.tv_sec != w->seen.st_mtim.tv_sec ||
           now->st_mtim.tv_nsec != w->seen.st_mtim.tv_nsec;
}

static bool is_due(const struct map_watch *w)
{
    return !w->is_compared || clock_wall() - w->compared >= LEAST_RATIO * w->compare_seconds;
}

static int fail_changed(const struct map_watch *w, struct err *e)
{
    return err_add(e, ERR_DATA,
        "%s: the file was changed while it was used: what was read is not what its checksum says; put the data back, "
        "or import it again, and start again",
        w->path);
}

static int fail_cut_off(const struct map_watch *w, const struct stat *now, struct err *e)
{
    return err_add(e, ERR_DATA,
        "%s: the file was cut off while it was used: found %lld bytes, expected %lld; put the data back, or import it "
        "again, and start again",
        w->path, (long long)now->st_size, (long long)w->seen.st_size);
}

// Returns the checksum of the mapping. With `drops`, releases the memory that the hashed bytes take in this process.
static uint64_t mapping_hash(const struct store_mapping *map, bool drops)
{
    struct hash_stream *hash = hash_stream_new();
    for (size_t at = 0, n; at < map->bytes; at += n) {
        n = map->bytes - at < PIECE_BYTES ? map->bytes - at : PIECE_BYTES;
        hash_stream_add(hash, (const char *)map->data + at, n);
        if (drops)
            madvise(map->base, (size_t)((const char *)map->data - (const char *)map->base) + at + n, MADV_DONTNEED);
    }

    uint64_t value = hash_stream_value(hash);
    hash_stream_free(&hash);
    return value;
}

static int compare_bytes(const struct store_mapping *map, const char *checksum, bool drops, struct err *e)
{
    ASSERT(map->watch && map->data && checksum, "nothing is mapped");
    char found[17];
    double start = clock_wall();

    snprintf(found, sizeof found, "%016" PRIx64, mapping_hash(map, drops));
    if (atomic_load(&map->watch->is_cut) || strcmp(found, checksum) != 0)
        return fail_changed(map->watch, e);

    map->watch->compared = clock_wall();
    map->watch->compare_seconds = map->watch->compared - start;
    map->watch->is_compared = true;
    return 0;
}

// Opens the file, because a network file system asks its server for the file's attributes at that moment.
static void refresh_attributes(const struct map_watch *w)
{
    int fd = input_open(w->path, NULL);
    if (fd >= 0)
        close(fd);
}

int store_map_check(const struct store_mapping *map, const char *checksum, enum store_map_checks checks, struct err *e)
{
    struct map_watch *w = map->watch;
    struct stat now = {0};
    if (!w)
        return 0;

    refresh_attributes(w);
    if (fstat(w->fd, &now) < 0)
        return err_add(e, ERR_DATA, "%s: cannot be read any more: %s", w->path, strerror(errno));
    if (atomic_load(&w->is_cut) || now.st_size < w->seen.st_size)
        return fail_cut_off(w, &now, e);

    bool was_written = is_written(w, &now);
    bool compares = was_written || w->is_recent || (checks == STORE_MAP_BYTES && is_due(w));
    if (!checksum)
        return was_written ? fail_changed(w, e) : 0;
    if (compares && compare_bytes(map, checksum, checks == STORE_MAP_LOOK, e) != 0)
        return -1;
    if (compares)
        note_seen(w, &now);
    return 0;
}
