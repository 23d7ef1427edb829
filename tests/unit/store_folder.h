// A fresh folder for a test that writes files, and what such tests ask of it.
#pragma once

#include "base/mem.h"
#include "store/store.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int folder_make(void **state)
{
    const char *base = getenv("TMPDIR");
    char *folder = mem_format("%s/hourglass-test-XXXXXX", base ? base : "/tmp");
    *state = mkdtemp(folder);
    return *state ? 0 : -1;
}

static inline int folder_count(const char *folder)
{
    DIR *d = opendir(folder);
    int n = 0;
    for (struct dirent *entry; (entry = readdir(d));)
        n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(d);
    return n;
}

static int folder_remove(void **state)
{
    char *folder = *state;
    DIR *d = opendir(folder);
    for (struct dirent *entry; (entry = readdir(d));)
        unlinkat(dirfd(d), entry->d_name, 0);
    closedir(d);
    rmdir(folder);
    free(folder);
    return 0;
}

// FOLDER/NAME; valid until the fourth next call.
static inline const char *in_folder(void **state, const char *name)
{
    static char paths[4][512];
    static int next;
    next = (next + 1) % 4;
    snprintf(paths[next], sizeof paths[next], "%s/%s", (const char *)*state, name);
    return paths[next];
}

#define assert_ok(result, e)          \
    do {                              \
        if ((result) != 0)            \
            fail_msg("%s", (e).text); \
    } while (0)
#define assert_error(result, e, wanted_kind, part)            \
    do {                                                      \
        assert_int_equal(result, -1);                         \
        assert_int_equal((e).kind, wanted_kind);              \
        if (!strstr((e).text, part))                          \
            fail_msg("\"%s\" is not in: %s", part, (e).text); \
        memset(&(e), 0, sizeof(e));                           \
    } while (0)
