// Reads plain files, gzip files and members of zip archives as streams of bytes. The unpacking loop is our own, because
// the file interface of zlib ignores what follows the packed data.
#include "import/byte_stream.h"

#include "base/err.h"
#include "base/input.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>
#include <zlib.h>

enum { PACKED_ROOM = 1 << 17 };

struct byte_stream {
    char *name; // owned
    int64_t (*read)(struct byte_stream *s, void *to, size_t n, struct err *e);
    int64_t size, position;
    int fd;                // -1: not open
    unsigned char *packed; // (PACKED_ROOM), owned; NULL: not a gzip file
    z_stream z;
    bool member_ended; // the current member of a gzip file has ended
    zip_file_t *member;
};

static int64_t read_plain_bytes(struct byte_stream *s, void *to, size_t n, struct err *e)
{
    size_t done = 0;

    while (done < n) {
        ssize_t got = read(s->fd, (char *)to + done, n - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_errno(e, "%s: cannot read", s->name);
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (int64_t)done;
}

// Reads more packed bytes if none are left. Returns 1 if there are packed bytes, 0 at the end of the file, or -1 and an
// error.
static int refill_packed(struct byte_stream *s, struct err *e)
{
    ASSERT(s->packed, "%s is not packed", s->name);
    if (s->z.avail_in)
        return 1;
    int64_t got = read_plain_bytes(s, s->packed, PACKED_ROOM, e);
    s->z.next_in = s->packed;
    s->z.avail_in = got > 0 ? (uInt)got : 0;
    return got > 0 ? 1 : (int)got;
}

// Begins the next member of a gzip file; `cat a.gz b.gz` makes a file of two members. Returns 1 if there is another
// member, 0 at the end of the file, or -1 and an error if something else follows.
static int begin_next_member(struct byte_stream *s, struct err *e)
{
    int more = refill_packed(s, e);
    if (more <= 0)
        return more;
    if (s->z.next_in[0] != 0x1f)
        return err_add(e, ERR_DATA, "%s: other bytes follow the end of its gzip data: is the file damaged?", s->name);
    s->member_ended = false;
    inflateReset(&s->z);
    return 1;
}

static int64_t read_gzip(struct byte_stream *s, void *to, size_t n, struct err *e)
{
    size_t done = 0;

    while (done < n) {
        int more = s->member_ended ? begin_next_member(s, e) : refill_packed(s, e);
        if (more < 0)
            return -1;
        if (more == 0 && s->member_ended)
            break;
        if (more == 0)
            return err_add(e, ERR_DATA,
                "%s: truncated gzip data: they end after %lld unpacked bytes: copy or download it again", s->name,
                (long long)(s->position + (int64_t)done));
        size_t room = n - done < 1u << 30 ? n - done : 1u << 30;
        s->z.next_out = (Bytef *)to + done;
        s->z.avail_out = (uInt)room;
        int status = inflate(&s->z, Z_NO_FLUSH);
        if (status != Z_OK && status != Z_STREAM_END)
            return err_add(e, ERR_DATA, "%s: damaged gzip data near unpacked byte %lld: %s", s->name,
                (long long)(s->position + (int64_t)done), s->z.msg ? s->z.msg : zError(status));
        done += room - s->z.avail_out;
        s->member_ended = status == Z_STREAM_END;
    }

    return (int64_t)done;
}

static int64_t read_zip_member(struct byte_stream *s, void *to, size_t n, struct err *e)
{
    size_t done = 0;

    while (done < n) {
        zip_int64_t got = zip_fread(s->member, (char *)to + done, n - done);
        if (got < 0)
            return err_add(e, ERR_DATA, "%s: damaged zip data near unpacked byte %lld: %s", s->name,
                (long long)(s->position + (int64_t)done), zip_file_strerror(s->member));
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (int64_t)done;
}

// Decides whether the file is read as gzip. The first three bytes, magic number and method, identify a gzip file.
static int detect_gzip(struct byte_stream *s, struct err *e)
{
    unsigned char head[3];
    ssize_t got = pread(s->fd, head, sizeof head, 0);
    if (got < 0)
        return err_errno(e, "%s: cannot read", s->name);

    s->read = read_plain_bytes;
    if (got < 3 || memcmp(head, "\x1f\x8b\x08", 3) != 0)
        return 0;
    if (inflateInit2(&s->z, 15 + 16) != Z_OK) // 15: the largest window; 16: a gzip header is expected
        return err_add(e, ERR_SYSTEM, "%s: zlib cannot start: out of memory?", s->name);

    s->packed = mem_new(PACKED_ROOM, 1);
    s->read = read_gzip;
    s->size = -1;
    return 0;
}

struct byte_stream *byte_stream_open(const char *path, struct err *e)
{
    struct byte_stream *s = mem_new(1, sizeof *s);

    s->name = mem_text(path);

    struct stat info;
    const char *why = NULL;
    s->fd = input_open(path, &why);
    if (s->fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        err_add(e, ERR_DATA, "%s: no such file", path);
    else if (s->fd < 0 && errno == EINVAL)
        err_add(e, ERR_DATA, "%s: %s", path, why);
    else if (s->fd < 0 || fstat(s->fd, &info) != 0)
        err_errno(e, "%s: cannot open", path);
    else {
        s->size = info.st_size;
        if (detect_gzip(s, e) == 0)
            return s;
    }
    byte_stream_free(&s);
    return NULL;
}

struct byte_stream *byte_stream_open_member(struct zip *archive, uint64_t index, const char *name, struct err *e)
{
    struct byte_stream *s = mem_new(1, sizeof *s);

    s->name = mem_text(name);
    s->fd = -1;
    s->read = read_zip_member;
    zip_stat_t info;
    if (zip_stat_index(archive, index, 0, &info) == 0 && info.valid & ZIP_STAT_SIZE && info.size <= INT64_MAX)
        s->member = zip_fopen_index(archive, index, 0);
    if (s->member) {
        s->size = (int64_t)info.size;
        return s;
    }
    err_add(e, ERR_DATA, "%s: cannot be unpacked: %s", name, zip_strerror(archive));
    byte_stream_free(&s);
    return NULL;
}

void byte_stream_free(struct byte_stream **s)
{
    if (!*s)
        return;
    if ((*s)->packed)
        inflateEnd(&(*s)->z);
    free((*s)->packed);
    if ((*s)->member)
        zip_fclose((*s)->member);
    if ((*s)->fd >= 0)
        close((*s)->fd);
    free((*s)->name);
    free(*s);
    *s = NULL;
}

int64_t byte_stream_read(struct byte_stream *s, void *to, size_t n, struct err *e)
{
    int64_t got = s->read(s, to, n, e);
    ASSERT(got <= (int64_t)n, "%s: %lld of %zu bytes", s->name, (long long)got, n);
    if (got > 0)
        s->position += got;
    return got;
}

int byte_stream_read_header(struct byte_stream *s, void *to, size_t n, struct err *e)
{
    int64_t got = byte_stream_read(s, to, n, e);
    if (got >= 0 && got < (int64_t)n)
        err_add(e, ERR_DATA, "%s: the file ends within its header: is it truncated?", s->name);
    return got < (int64_t)n ? -1 : 0;
}

int byte_stream_finish(struct byte_stream *s, struct err *e)
{
    char extra;
    int64_t end = s->position;
    int64_t got = byte_stream_read(s, &extra, 1, e);
    if (got > 0)
        return err_add(e, ERR_DATA, "%s: more bytes follow the %lld that its header promises", s->name, (long long)end);
    return (int)got;
}

const char *byte_stream_name(const struct byte_stream *s)
{
    return s->name;
}

int64_t byte_stream_size(const struct byte_stream *s)
{
    return s->size;
}

int64_t byte_stream_position(const struct byte_stream *s)
{
    return s->position;
}

int byte_stream_file(const struct byte_stream *s)
{
    return s->packed ? -1 : s->fd;
}
