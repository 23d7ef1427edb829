// Bytes read from first to last, wherever they come from: a plain file, a gzip file, a member of a zip archive.
#pragma once

#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

struct zip;

struct byte_stream;
// Opens a file, which is unpacked if it begins as gzip data do. Returns NULL and an error if it is missing (ERR_DATA)
// or cannot be read (ERR_IO).
struct byte_stream *byte_stream_open(const char *path, struct err *e);
// Opens a member of an archive, which must stay open. `name` is for messages. Returns NULL and an error on failure.
struct byte_stream *byte_stream_open_member(struct zip *archive, uint64_t index, const char *name, struct err *e);
void byte_stream_free(struct byte_stream **s);

// Reads n bytes, fewer only at the end. Returns the number read, or -1 and an error if the file is damaged (ERR_DATA)
// or cannot be read (ERR_IO).
int64_t byte_stream_read(struct byte_stream *s, void *to, size_t n, struct err *e);
// Reads all n bytes of a header. Returns -1 and an error if the file ends before.
int byte_stream_read_header(struct byte_stream *s, void *to, size_t n, struct err *e);
// Checks that nothing follows. Returns -1 and an error if something does, or if the checksum of packed data is wrong.
int byte_stream_finish(struct byte_stream *s, struct err *e);

const char *byte_stream_name(const struct byte_stream *s);
int64_t byte_stream_size(const struct byte_stream *s);     // of the unpacked bytes; -1: not known before the end
int64_t byte_stream_position(const struct byte_stream *s); // bytes read so far
int byte_stream_file(const struct byte_stream *s);         // the descriptor of a plain file; -1: not a plain file
