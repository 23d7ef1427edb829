// Hashes results: writes them as one string, one line per attribute or array in order of name, and hashes the string.
#include "leaderboard/result_hash.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/schema.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_left_out(const char *attribute)
{
    static const char *const names[] = {"CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", STORE_LONG_NAME,
        STORE_UNITS, STORE_ATTRIBUTES_CHECKSUM, SCORES_SOURCES};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(attribute, names[i]) == 0)
            return true;
    return false;
}

static void result_add_attribute(struct store_file *f, const char *object, const char *name, struct text *t)
{
    int64_t integer;
    double real;
    char *value = store_get_text(f, object, name);
    if (value)
        text_add(t, "%s=%s\n", name, value);
    else if (store_get_int(f, object, name, &integer, NULL) == 0)
        text_add(t, "%s=%" PRId64 "\n", name, integer);
    else if (store_get_real(f, object, name, &real, NULL) == 0)
        text_add(t, "%s=%a\n", name, real);
    free(value);
}

static void result_add_attributes(struct store_file *f, const char *object, struct text *t)
{
    char **names;
    int n;
    struct err ignored = {0};

    store_attributes(f, object, &names, &n, &ignored);
    for (int i = 0; i < n; i++) {
        if (!is_left_out(names[i]))
            result_add_attribute(f, object, names[i], t);
        free(names[i]);
    }
    free(names);
}

// Adds an object and everything below it. `name` is the path of the object within the trial. An array is represented by
// its checksum.
static void result_add_object(struct store_file *f, const char *object, const char *name, struct text *t)
{
    char *checksum = store_get_text(f, object, STORE_CHECKSUM);
    char **names;
    int n;
    struct err ignored = {0};

    text_add(t, "%s\n", name);
    result_add_attributes(f, object, t);
    if (!checksum && store_list(f, object, &names, &n, &ignored) == 0) {
        for (int i = 0; i < n; i++) {
            char *path = mem_format("%s/%s", object, names[i]);
            char *below = mem_format("%s/%s", name, names[i]);
            if (strcmp(below, TRIAL_HISTORY "/" HISTORY_SECONDS) != 0)
                result_add_object(f, path, below, t);
            free(below);
            free(path);
            free(names[i]);
        }
        free(names);
    }
    free(checksum);
}

static char *hash_text(struct text *t, char out[RESULT_HASH_LENGTH + 1])
{
    snprintf(out, RESULT_HASH_LENGTH + 1, "%016" PRIx64, hash_bytes(t->data ? t->data : "", t->length));
    text_free(t);
    return out;
}

char *result_hash(struct store_file *f, const char *group, char out[RESULT_HASH_LENGTH + 1])
{
    static const char *const parts[] = {TRIAL_HISTORY, TRIAL_SCORES, TRIAL_MODEL};
    struct text t = {0};

    result_add_attribute(f, group, TRIAL_STATUS, &t);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char *path = mem_format("%s%s%s", group, *group ? "/" : "", parts[i]);
        if (store_has(f, path))
            result_add_object(f, path, parts[i], &t);
        free(path);
    }
    return hash_text(&t, out);
}

char *attributes_hash(struct store_file *f, const char *group, char out[RESULT_HASH_LENGTH + 1])
{
    struct text t = {0};
    result_add_attributes(f, group, &t);
    return hash_text(&t, out);
}
