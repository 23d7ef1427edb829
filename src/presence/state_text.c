// Reads and writes text files, always as a whole.
#include "presence/state_text.h"

#include "base/disk.h"
#include "base/input.h"
#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>

enum { FILE_BYTES = 64 << 20 }; // more than this program ever writes

static char *state_path(const char *folder, const char *name)
{
    return mem_format("%s/state/%s", folder, name);
}

char *state_text_read(const char *folder, const char *name)
{
    char *path = state_path(folder, name), *text = NULL;
    FILE *in = input_stream(path, NULL);
    size_t length = 0, capacity = 0, got = in ? 1 : 0;

    while (got > 0 && length < FILE_BYTES) {
        capacity = 2 * capacity + 4096;
        text = mem_grow(text, capacity, 1);
        got = fread(text + length, 1, capacity - length - 1, in);
        length += got;
        ASSERT(length < capacity, "%zu bytes", length);
        text[length] = 0;
    }

    if (in)
        fclose(in);
    free(path);
    return text;
}

int state_text_write(const char *folder, const char *name, const char *text, struct err *e)
{
    char *path = state_path(folder, name);
    int rc = disk_write(path, text, e);
    free(path);
    return rc;
}
