// Bytes read from first to last, wherever they come from: a plain file, a gzip file, a member of a zip archive.
#pragma once

#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

struct zip;

struct byte_stream;
// A file, unpacked if it begins as gzip data do. NULL and an error: missing (ERR_DATA), unreadable (ERR_IO).
struct byte_stream *byte_stream_open(const char *path, struct err *e);
// A member of an archive, which must stay open; `name` is for messages.
struct byte_stream *byte_stream_open_member(struct zip *archive, uint64_t index, const char *name, struct err *e);
void byte_stream_free(struct byte_stream **s);

// Reads n bytes, fewer only at the end. The number read, or -1 and an error: damaged (ERR_DATA), unreadable (ERR_IO).
int64_t byte_stream_read(struct byte_stream *s, void *to, size_t n, struct err *e);
// Whether nothing follows. -1 and an error if something does, or if the checksum of packed data is wrong.
int byte_stream_finish(struct byte_stream *s, struct err *e);

const char *byte_stream_name(const struct byte_stream *s);
int64_t byte_stream_size(const struct byte_stream *s);     // of all bytes; -1: not known before the end
int64_t byte_stream_position(const struct byte_stream *s); // bytes read
int byte_stream_file(const struct byte_stream *s);         // the descriptor of a plain file; -1: not a plain file
