// Recognises what the names of new data stand for: a split, a folder, text, pictures, HDF5.
#include "apply/new_rows.h"
#include "apply/new_rows_impl.h"
#include "base/err.h"
#include "base/mem.h"
#include "data/data_config.h"
#include "import/byte_stream.h"
#include "import/source.h"
#include "store/schema.h"
#include "store/store.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_BYTES = 4096 };

bool new_rows_is_split(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon && colon != name && colon[1] && !strchr(colon, '/') && access(name, F_OK) != 0;
}

bool new_rows_is_folder(const char *name)
{
    struct stat s;
    return stat(name, &s) == 0 && S_ISDIR(s.st_mode);
}

// Returns true for standard input, and if the first bytes of a file show that it is text. Returns false if the file
// cannot be read; the code that opens it later reports why.
bool new_rows_is_text(const char *name)
{
    char head[HEAD_BYTES];
    struct err ignored = {0};

    if (strcmp(name, CSV_STDIN) == 0)
        return true;
    if (access(name, F_OK) != 0 || new_rows_is_folder(name))
        return false;
    struct byte_stream *stream = byte_stream_open(name, &ignored);
    int64_t n = stream ? byte_stream_read(stream, head, sizeof head, &ignored) : -1;
    byte_stream_free(&stream);
    return n > 0 && !memchr(head, 0, (size_t)n) && memcmp(head, "\xff\xfe", n > 1 ? 2 : 1) != 0;
}

// Checks an HDF5 file. Refuses a data set without the name of a split; data_source_parse words the error.
static void walk_hdf5_file(const char *path, const char *inner, struct err *e)
{
    struct data_source ignored;
    char *format = inner ? NULL : store_peek_format(path);

    if (format && strcmp(format, FORMAT_DATASET) == 0)
        data_source_parse(path, NULL, &ignored, e);
    else
        store_walk(path, e);
    free(format);
}

int new_rows_walk(const char *const *names, int n, struct err *e)
{
    static const char signature[] = "\x89HDF\r\n\x1a\n";
    int before = e->count;

    for (int i = 0; i < n; i++) {
        const char *inner = strstr(names[i], ":/");
        char head[8];
        char *path = inner ? mem_format("%.*s", (int)(inner - names[i]), names[i]) : mem_text(names[i]);
        struct err ignored = {0};
        bool is_file = access(path, F_OK) == 0 && !new_rows_is_folder(path);
        struct byte_stream *stream = is_file ? byte_stream_open(path, &ignored) : NULL;
        if (stream && byte_stream_read(stream, head, 8, &ignored) == 8 && memcmp(head, signature, 8) == 0)
            walk_hdf5_file(path, inner, e);
        byte_stream_free(&stream);
        free(path);
    }
    return e->count == before ? 0 : -1;
}

bool new_rows_is_picture(const char *name)
{
    unsigned char head[HEAD_BYTES];
    struct err ignored = {0};
    if (new_rows_is_folder(name))
        return true;
    struct byte_stream *stream = access(name, F_OK) == 0 ? byte_stream_open(name, &ignored) : NULL;
    int64_t n = stream ? byte_stream_read(stream, head, sizeof head, &ignored) : 0;
    byte_stream_free(&stream);
    return n > 0 && source_image.recognise(name, head, (size_t)n);
}
