// Reads bytes from first to last from a plain file, a gzip file, or a member of a zip archive.
#pragma once

#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

struct zip;

struct byte_stream;
// Opens a file. Unpacks it if it begins like gzip data. Returns NULL and an error if the file is missing (ERR_DATA) or
// cannot be read (ERR_IO).
struct byte_stream *byte_stream_open(const char *path, struct err *e);
// Opens a member of an archive, which must stay open. `name` is for messages. Returns NULL and an error on failure.
struct byte_stream *byte_stream_open_member(struct zip *archive, uint64_t index, const char *name, struct err *e);
void byte_stream_free(struct byte_stream **s);

// Reads n bytes, or fewer at the end. Returns the number of bytes read, or -1 and an error if the file is damaged
// (ERR_DATA) or cannot be read (ERR_IO).
int64_t byte_stream_read(struct byte_stream *s, void *to, size_t n, struct err *e);
// Reads all n bytes of a header. Returns -1 and an error if the file is shorter.
int byte_stream_read_header(struct byte_stream *s, void *to, size_t n, struct err *e);
// Checks that the stream has ended. Returns -1 and an error if more bytes follow, or if the checksum of packed data is
// wrong.
int byte_stream_finish(struct byte_stream *s, struct err *e);

const char *byte_stream_name(const struct byte_stream *s);
int64_t byte_stream_size(const struct byte_stream *s);     // number of unpacked bytes; -1: unknown (gzip)
int64_t byte_stream_position(const struct byte_stream *s); // number of bytes read so far
int byte_stream_file(const struct byte_stream *s);         // the descriptor of a plain file; -1: not a plain file
