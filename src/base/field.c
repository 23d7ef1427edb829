// Fields: values of a config struct, found by the rows of its table.
//
// Values are set only from text (field_set), which may come from YAML, an option, an attribute or a default. field_set
// checks them, so a config never holds a value that its table does not allow. field_get turns a value into text again,
// from which field_set gives the same value. Text and lists belong to the struct, so field_set frees the old ones.
#include "base/field.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *field_place(const struct field *f, void *config)
{
    return (char *)config + f->offset;
}

int field_count(const struct field *fields)
{
    int n = 0;
    while (fields[n].key)
        n++;
    return n;
}

const struct field *field_find(const struct field *fields, const char *key)
{
    for (; fields->key; fields++)
        if (strcmp(fields->key, key) == 0)
            return fields;
    return NULL;
}

const char *field_type_name(const struct field *f)
{
    static const char *const names[] = {
        "true or false", "an integer", "a number", "a string", "one of", "integers", "strings", "a section"};
    ASSERT((size_t)f->type < sizeof names / sizeof *names, "%s: %d", f->key, (int)f->type);
    return names[f->type];
}

static bool has_range(const struct field *f)
{
    return f->min != 0 || f->max != 0;
}

char *field_range(char out[80], const struct field *f)
{
    char low[32], high[32];
    bool excludes_min = f->flags & FIELD_MIN_EXCLUDED;
    char open = excludes_min ? '(' : '[';
    char close = f->flags & FIELD_MAX_EXCLUDED ? ')' : ']';

    text_number(low, f->min);
    text_number(high, f->max);
    out[0] = 0;
    if (!has_range(f))
        return out;

    if (isinf(f->max))
        snprintf(out, 80, excludes_min ? "above %s" : "at least %s", low);
    else
        snprintf(out, 80, "in %c%s, %s%c", open, low, high, close);
    return out;
}

static bool in_range(const struct field *f, double v)
{
    if (!has_range(f))
        return true;

    bool low = f->flags & FIELD_MIN_EXCLUDED ? v > f->min : v >= f->min;
    bool high = f->flags & FIELD_MAX_EXCLUDED ? v < f->max : v <= f->max;
    return low && high;
}

char *field_allowed(char out[256], const struct field *f)
{
    char range[80];
    field_range(range, f);

    int n = snprintf(out, 256, "%s%s%s", field_type_name(f), range[0] ? " " : "", range);
    for (int i = 0; f->choices && f->choices[i] && n < 240; i++)
        n += snprintf(out + n, 256 - (size_t)n, "%s%s", i ? ", " : " ", f->choices[i]);

    return out;
}

static int field_refuse(const struct field *f, const char *text, char why[256])
{
    char allowed[256];
    int n = snprintf(why, 256, "found '%.60s', allowed: %.170s", text, field_allowed(allowed, f));
    int count = 0;

    while (f->choices && f->choices[count])
        count++;

    char hint[DID_YOU_MEAN_ROOM];
    if (n < 240)
        snprintf(why + n, 256 - (size_t)n, "%s", text_did_you_mean(hint, text, f->choices, count));
    return -1;
}

static int set_bool(const struct field *f, bool *value, const char *text, char why[256])
{
    if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
        return field_refuse(f, text, why);
    *value = text[0] == 't';
    return 0;
}

// Reads an integer; 1e3 and 1000.0 are integers, too.
static int to_integer(const struct field *f, int64_t *value, const char *text, char why[256])
{
    double d;

    if (text_to_int64(text, value) != 0) {
        if (text_to_double(text, &d) != 0 || !(fabs(d) <= 9e15) || d != floor(d))
            return field_refuse(f, text, why);
        *value = (int64_t)d;
    }

    return in_range(f, (double)*value) ? 0 : field_refuse(f, text, why);
}

// Returns true if a number is 0 or in the normal range of single precision, in which models are trained.
static bool fits_float(double value)
{
    return value == 0 || (fabs(value) >= (double)FLT_MIN && fabs(value) <= (double)FLT_MAX);
}

static int field_refuse_size(const struct field *f, const char *text, char why[256])
{
    char allowed[256];
    snprintf(why, 256, "found '%.60s', allowed: %.100s, and if not 0, of a size from 1.2e-38 to 3.4e+38", text,
        field_allowed(allowed, f));
    return -1;
}

static int to_number(const struct field *f, double *value, const char *text, char why[256])
{
    bool is_number = text_to_double(text, value) == 0 && isfinite(*value);

    if (is_number ? in_range(f, *value) && !fits_float(*value) : text_is_beyond_double(text))
        return field_refuse_size(f, text, why);
    return is_number && in_range(f, *value) ? 0 : field_refuse(f, text, why);
}

static int set_choice(const struct field *f, int *value, const char *text, char why[256])
{
    ASSERT(f->choices, "%s", f->key);
    for (int i = 0; f->choices[i]; i++)
        if (strcmp(f->choices[i], text) == 0) {
            *value = i;
            return 0;
        }
    return field_refuse(f, text, why);
}

// Frees the memory that a value owns, and sets it to NULL or to an empty list. Other values stay unchanged.
static void drop_value(const struct field *f, void *config)
{
    void *p = field_place(f, config);
    if (f->type == FIELD_TEXT) {
        free(*(char **)p);
        *(char **)p = NULL;
    } else if (f->type == FIELD_INTS) {
        free(((struct field_ints *)p)->v);
        *(struct field_ints *)p = (struct field_ints){0};
    } else if (f->type == FIELD_TEXTS) {
        struct field_texts *t = p;
        for (int i = 0; i < t->n; i++)
            free(t->v[i]);
        free(t->v);
        *t = (struct field_texts){0};
    }
}

int field_append(const struct field *f, void *config, const char *text, char why[256])
{
    if (f->type == FIELD_INTS) {
        struct field_ints *list = field_place(f, config);
        int64_t v;

        if (to_integer(f, &v, text, why) != 0)
            return -1;
        ASSERT(list->n >= 0, "%s: %d", f->key, list->n);
        list->v = mem_grow(list->v, (size_t)list->n + 1, sizeof *list->v);
        list->v[list->n++] = v;
        return 0;
    }

    if (f->type == FIELD_TEXTS) {
        struct field_texts *list = field_place(f, config);
        list->v = mem_grow(list->v, (size_t)list->n + 1, sizeof *list->v);
        list->v[list->n++] = mem_text(text);
        return 0;
    }

    snprintf(why, 256, "found a list, allowed: %s", field_type_name(f));
    return -1;
}

int field_set(const struct field *f, void *config, const char *text, char why[256])
{
    void *p = field_place(f, config);

    ASSERT(text, "%s", f->key);
    switch (f->type) {
    case FIELD_BOOL:
        return set_bool(f, p, text, why);
    case FIELD_INT:
        return to_integer(f, p, text, why);
    case FIELD_REAL:
        return to_number(f, p, text, why);
    case FIELD_CHOICE:
        return set_choice(f, p, text, why);
    case FIELD_TEXT:
        drop_value(f, config);
        *(char **)p = mem_text(text);
        return 0;
    case FIELD_INTS:
    case FIELD_TEXTS:
        drop_value(f, config);
        return field_append(f, config, text, why);
    case FIELD_NODE:
        break;
    }

    return field_refuse(f, text, why);
}

static char *get_list(const struct field *f, const void *p)
{
    const struct field_ints *ints = p;
    const struct field_texts *texts = p;
    struct text t = {0};

    ASSERT(f->type == FIELD_INTS || f->type == FIELD_TEXTS, "%s", f->key);
    text_add(&t, "[");
    for (int i = 0; f->type == FIELD_INTS && i < ints->n; i++)
        text_add(&t, "%s%lld", i ? ", " : "", (long long)ints->v[i]);
    for (int i = 0; f->type == FIELD_TEXTS && i < texts->n; i++)
        text_add(&t, "%s%s", i ? ", " : "", texts->v[i]);
    text_add(&t, "]");

    return t.data;
}

char *field_get(const struct field *f, const void *config)
{
    const void *p = (const char *)config + f->offset;
    char number[32];

    switch (f->type) {
    case FIELD_BOOL:
        return mem_text(*(const bool *)p ? "true" : "false");
    case FIELD_INT:
        return mem_format("%lld", (long long)*(const int64_t *)p);
    case FIELD_REAL:
        return mem_text(text_number(number, *(const double *)p));
    case FIELD_TEXT:
        return mem_text(*(char *const *)p);
    case FIELD_CHOICE:
        return mem_text(f->choices[*(const int *)p]);
    case FIELD_INTS:
    case FIELD_TEXTS:
        return get_list(f, p);
    case FIELD_NODE:
        break;
    }

    return NULL;
}

void field_defaults(const struct field *fields, void *config)
{
    char why[256];
    for (const struct field *f = fields; f->key; f++)
        if (f->default_text && field_set(f, config, f->default_text, why) != 0)
            err_bug(__FILE__, __LINE__, "default", " of %s: %s", f->key, why);
}

void field_free(const struct field *fields, void *config)
{
    for (const struct field *f = fields; f->key; f++)
        drop_value(f, config);
}
