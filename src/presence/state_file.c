// Small files of a run's folder that say something about the run: configs as YAML, by their tables of fields.
#include "presence/state_file.h"

#include "base/mem.h"
#include "base/text.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *record_name(const char *kind, int part, int64_t number)
{
    return mem_format("%s-%d-%lld", kind, part, (long long)number);
}

// Takes a decimal of at most `most` from *text. False for anything that would be written otherwise: a sign, a leading
// zero, too many digits.
static bool take_decimal(const char **text, int64_t most, int64_t *value)
{
    char digits[20];
    size_t n = strspn(*text, "0123456789");

    if (n == 0 || n >= sizeof digits || (n > 1 && **text == '0'))
        return false;

    snprintf(digits, sizeof digits, "%.*s", (int)n, *text);
    *text += n;
    return text_to_int64(digits, value) == 0 && *value <= most;
}

bool record_name_read(const char *name, const char *kind, int *part, int64_t *number)
{
    size_t n = strlen(kind);
    int64_t of_part;
    const char *at = name + n + 1;

    if (strncmp(name, kind, n) != 0 || name[n] != '-' || !take_decimal(&at, INT_MAX, &of_part) || *at++ != '-' ||
        !take_decimal(&at, RECORD_NUMBER_MAX, number) || *at)
        return false;

    *part = (int)of_part;
    return true;
}

char *record_text(const struct spec_part *parts, int n)
{
    struct text t = {0};
    for (int i = 0; i < n; i++) { // maps one behind the other are one map
        struct node *map = spec_write(parts[i].fields, parts[i].config, 0);
        node_emit(map, &t);
        node_free(&map);
    }
    return t.data;
}

int record_read(const char *path, const struct spec_part *parts, int n, struct err *e)
{
    struct node *map = spec_load(path, e);
    int failed = map ? spec_read_parts(map, parts, n, e) : -1;
    node_free(&map);
    return failed;
}

void record_free(const struct spec_part *parts, int n)
{
    for (int i = 0; i < n; i++)
        field_free(parts[i].fields, parts[i].config);
}
