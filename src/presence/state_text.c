// Small texts in the state/ of a run's folder: read whole, written whole or not at all.
#include "presence/state_text.h"

#include "base/disk.h"
#include "base/input.h"
#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>

enum { FILE_BYTES = 64 << 20 }; // more is none of ours

char *state_text_read(const char *folder, const char *name)
{
    char *path = mem_format("%s/state/%s", folder, name), *text = NULL;
    FILE *in = input_stream(path, NULL);
    size_t length = 0, room = 0, got = in ? 1 : 0;

    while (got > 0 && length < FILE_BYTES) {
        room = 2 * room + 4096;
        text = mem_grow(text, room, 1);
        got = fread(text + length, 1, room - length - 1, in);
        length += got;
        text[length] = 0;
    }
    if (in)
        fclose(in);
    free(path);
    return text;
}

int state_text_write(const char *folder, const char *name, const char *text, struct err *e)
{
    char *path = mem_format("%s/state/%s", folder, name);
    int failed = disk_write(path, text, e);
    free(path);
    return failed;
}
