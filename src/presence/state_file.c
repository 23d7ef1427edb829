// The names of records, and their contents as YAML.
#include "presence/state_file.h"

#include "base/field.h"
#include "base/mem.h"
#include "base/process.h"
#include "base/text.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- names

char *record_name(const char *kind, int part, int64_t number)
{
    ASSERT(part >= 0 && number >= 0 && number <= RECORD_NUMBER_MAX, "%s-%d-%lld", kind, part, (long long)number);
    return mem_format("%s-%d-%lld", kind, part, (long long)number);
}

// Reads a decimal from 0 to `most` and moves *text past it. Returns false for any form that this program does not
// write: with a sign, a leading zero or too many digits.
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
    if (strncmp(name, kind, n) != 0 || name[n] != '-')
        return false;

    const char *at = name + n + 1;
    if (!take_decimal(&at, INT_MAX, &of_part) || *at++ != '-')
        return false;
    if (!take_decimal(&at, RECORD_NUMBER_MAX, number) || *at)
        return false;

    *part = (int)of_part;
    return true;
}

// --- contents

// Sets the tables of a record's file. Returns how many there are.
enum { RECORD_PARTS = 2 };
static int record_parts(const struct record_type *type, const void *record, struct spec_part out[RECORD_PARTS])
{
    int n = 0;

    if (type->has_process)
        out[n++] = (struct spec_part){process_fields, (void *)record};
    out[n++] = (struct spec_part){type->fields, (void *)record};
    return n;
}

char *record_text(const struct record_type *type, const void *record)
{
    struct spec_part parts[RECORD_PARTS];
    struct text t = {0};
    int n = record_parts(type, record, parts);

    for (int i = 0; i < n; i++) { // several maps one after the other can be read as one map
        struct node *map = spec_write(parts[i].fields, parts[i].config, 0);
        node_emit(map, &t);
        node_free(&map);
    }
    return t.data;
}

int record_read(const struct record_type *type, const char *path, void *record, struct err *e)
{
    struct spec_part parts[RECORD_PARTS];
    struct node *map = spec_load(path, e);

    memset(record, 0, type->size);
    int n = record_parts(type, record, parts);
    int rc = map ? spec_read_parts(map, parts, n, e) : -1;
    node_free(&map);
    return rc;
}

void record_free(const struct record_type *type, void *record)
{
    struct spec_part parts[RECORD_PARTS];
    int n = record_parts(type, record, parts);

    for (int i = 0; i < n; i++)
        field_free(parts[i].fields, parts[i].config);
}
