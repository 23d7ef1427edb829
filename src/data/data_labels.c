// Matches the labels of several sources by name. A label has a name if its file gives one. Otherwise its digits count
// as its name. There are three steps. First, sources that would be compared must have something in common: numbers in
// one and names in the other cannot be matched (check_label_kinds). Then all names are sorted into one list of classes,
// and every label becomes the index of its class (number_classes). Last, the labels of data.normal are looked up among
// the classes.
//
// If all labels are plain numbers, they keep their values and these steps are skipped.
#include "data/data_labels.h"

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/data_config.h"
#include "data/data_filter.h"
#include "data/data_table.h"
#include "data/label_names.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// All sources of a config, with their tables.
struct matched_sources {
    const struct data_config *cfg;
    const struct data_part *const *parts;
    struct data_table *const *const *tables;
    int n_parts;
    struct data_files *files;
    struct err *e;
};

static bool has_named_labels(const struct data_table *t)
{
    return t->n_label_names > 0;
}

// --- labels that occur in a table but have no name in its file

static int compare_int64(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static bool is_unnamed_label(const struct data_table *t, int64_t label)
{
    return label < 0 || label >= t->n_label_names;
}

// Returns the labels of a table that have no name, each once, in ascending order, in new memory. If the labels are
// plain numbers, none of them has a name. Returns NULL and an error if memory is short.
static int64_t *unnamed_labels(const struct data_table *t, int64_t *n, struct err *e)
{
    int64_t count = 0;

    ASSERT(t->label, "%s: labels were not read", t->name);
    for (int64_t i = 0; i < t->rows; i++)
        count += is_unnamed_label(t, t->label[i]);
    int64_t *v = mem_array((size_t)count + 1, sizeof *v, t->name, e);
    if (!v)
        return NULL;

    count = 0;
    for (int64_t i = 0; i < t->rows; i++)
        if (is_unnamed_label(t, t->label[i]))
            v[count++] = t->label[i];
    qsort(v, (size_t)count, sizeof *v, compare_int64);

    *n = 0;
    for (int64_t i = 0; i < count; i++)
        if (*n == 0 || v[*n - 1] != v[i])
            v[(*n)++] = v[i];
    return v;
}

// Returns the number that a label of a table of numbers had before it became a class.
static int64_t original_number(const struct data_classes *classes, int64_t label)
{
    int64_t number = label;

    ASSERT(!classes->names.n || (label >= 0 && label < classes->names.n), "class %lld", (long long)label);
    if (classes->names.n)
        label_is_number(classes->names.v[label], &number);
    return number;
}

// Appends a description of the labels of a table: "numbers (0, 1, 2)" or "names ('bad', 'good')".
static void describe_label_kind(struct text *t, const struct data_table *table, const struct data_classes *classes)
{
    enum { SHOWN = 10 };
    int64_t n = 0;
    struct err ignored = {0};

    if (has_named_labels(table)) {
        text_add(t, "names (");
        label_names_quote(t, table->label_names, table->n_label_names);
        text_add(t, ")");
        return;
    }

    int64_t *v = unnamed_labels(table, &n, &ignored);
    text_add(t, "numbers (");
    for (int64_t i = 0; i < n && i < SHOWN; i++)
        text_add(t, "%s%" PRId64, i ? ", " : "", original_number(classes, v[i]));
    text_add(t, "%s)", n > SHOWN ? ", ..." : "");
    free(v);
}

// --- numbers against names

// Returns true if the digits of a number that occurs in `numbers` are also a name in some file.
static bool can_match(const struct matched_sources *s, const struct data_table *numbers)
{
    int64_t n, number;
    bool found = false;
    int64_t *v = unnamed_labels(numbers, &n, s->e);

    for (int k = 0; v && k < s->files->n && !found; k++) {
        const struct data_table *t = s->files->v[k];
        for (int i = 0; i < t->n_label_names && !found; i++) {
            char digits[24] = "";
            if (label_is_number(t->label_names[i], &number))
                snprintf(digits, sizeof digits, "%" PRId64, number);
            found = strcmp(digits, t->label_names[i]) == 0 && bsearch(&number, v, (size_t)n, sizeof *v, compare_int64);
        }
    }
    free(v);
    return found;
}

static int refuse_pair(const struct matched_sources *s, const struct data_source *source, const struct data_table *t,
    const struct data_table *with)
{
    struct text mine = {0}, theirs = {0};

    describe_label_kind(&mine, t, &s->files->classes);
    describe_label_kind(&theirs, with, &s->files->classes);
    data_error(source->at, s->e,
        "found labels that are %.400s in %s, but %.400s in %s: they cannot be matched; hint: import one of them again "
        "with labels spelled as in the other, or say what its rows are: {from: %s, anomaly: true} or false",
        mine.data, t->name, theirs.data, with->name, t->name);
    text_free(&mine);
    text_free(&theirs);
    return -1;
}

// Compares the kinds of labels of the sources in parts [first, last). Skips sources that are declared to be anomalies
// or normal. Refuses a source of numbers and one of names that have no label in common.
static int compare_label_kinds(const struct matched_sources *s, int first, int last)
{
    const struct data_table *seen[2] = {NULL, NULL};

    for (int p = first; p < last; p++)
        for (int k = 0; s->parts[p] && k < s->parts[p]->n; k++) {
            const struct data_source *source = &s->parts[p]->source[k];
            const struct data_table *t = s->tables[p][k];
            if (!t->label || source->anomaly != ANOMALY_UNKNOWN)
                continue;
            const struct data_table *other = seen[!has_named_labels(t)];
            if (other && !can_match(s, has_named_labels(t) ? other : t))
                return refuse_pair(s, source, t, other);
            seen[has_named_labels(t)] = t;
        }
    return 0;
}

// Checks that labels can be compared: within each set, or across all sets if data.normal names labels.
static int check_label_kinds(const struct matched_sources *s)
{
    if (s->cfg->normal.n)
        return compare_label_kinds(s, 0, s->n_parts);

    int result = 0;
    for (int p = 0; p < s->n_parts; p++)
        result |= compare_label_kinds(s, p, p + 1);
    return result;
}

// --- one numbering

struct name_list {
    char **v; // (n), owned
    int n;
};

static void append_label_name(struct name_list *list, char *name)
{
    if ((list->n & (list->n - 1)) == 0) // a power of two: the capacity doubles
        list->v = mem_grow(list->v, list->n ? 2 * (size_t)list->n : 1, sizeof *list->v);
    list->v[list->n++] = name;
}

// Returns the name of a stored label: the one in the file, or its digits, which are written to `digits`.
static const char *stored_label_name(const struct data_table *t, int64_t label, char digits[24])
{
    if (!is_unnamed_label(t, label))
        return t->label_names[label];
    snprintf(digits, 24, "%" PRId64, label);
    return digits;
}

// The class of each label of a table.
struct renumbering {
    int64_t *unnamed; // (n_unnamed), owned: labels without a name, ascending
    int64_t n_unnamed;
    int64_t *named_class, *unnamed_class; // owned: class of each named label; class of each label in `unnamed`
};

static void renumbering_free(struct renumbering *r)
{
    free(r->unnamed);
    free(r->named_class);
    free(r->unnamed_class);
}

static int find_classes(
    const struct data_table *t, const struct label_names *classes, struct renumbering *r, struct err *e)
{
    char digits[24];

    r->unnamed = unnamed_labels(t, &r->n_unnamed, e);
    if (!r->unnamed)
        return -1;

    r->named_class = mem_array((size_t)t->n_label_names + 1, sizeof *r->named_class, t->name, e);
    r->unnamed_class = mem_array((size_t)r->n_unnamed + 1, sizeof *r->unnamed_class, t->name, e);
    if (!r->named_class || !r->unnamed_class)
        return -1;

    for (int i = 0; i < t->n_label_names; i++)
        r->named_class[i] = label_names_find(classes, t->label_names[i]);
    for (int64_t i = 0; i < r->n_unnamed; i++)
        r->unnamed_class[i] = label_names_find(classes, stored_label_name(t, r->unnamed[i], digits));
    return 0;
}

// Replaces every label by its class.
static int renumber_labels(struct data_table *t, const struct label_names *classes, struct err *e)
{
    struct renumbering r = {0};
    int result = find_classes(t, classes, &r, e);

    for (int64_t i = 0; i < t->rows && result == 0; i++) {
        int64_t *label = &t->label[i];
        const int64_t *place = is_unnamed_label(t, *label)
                                   ? bsearch(label, r.unnamed, (size_t)r.n_unnamed, sizeof *r.unnamed, compare_int64)
                                   : NULL;
        ASSERT(place || !is_unnamed_label(t, *label), "label %lld", (long long)*label);
        *label = place ? r.unnamed_class[place - r.unnamed] : r.named_class[*label];
    }
    renumbering_free(&r);
    return result;
}

static int append_table_labels(struct name_list *list, const struct data_table *t, struct err *e)
{
    int64_t n, *unnamed = unnamed_labels(t, &n, e);
    char digits[24];

    for (int i = 0; i < t->n_label_names; i++)
        append_label_name(list, mem_text(t->label_names[i]));
    for (int64_t i = 0; unnamed && i < n; i++)
        append_label_name(list, mem_text(stored_label_name(t, unnamed[i], digits)));
    free(unnamed);
    return unnamed ? 0 : -1;
}

static int number_classes(const struct matched_sources *s)
{
    struct name_list list = {0};
    struct label_names *classes = &s->files->classes.names;
    int result = 0;

    for (int k = 0; k < s->files->n && result == 0; k++)
        if (s->files->v[k]->label)
            result = append_table_labels(&list, s->files->v[k], s->e);

    label_names_build(classes, list.v, list.n);
    for (int k = 0; k < s->files->n && result == 0; k++)
        if (s->files->v[k]->label)
            result = renumber_labels(s->files->v[k], classes, s->e);
    return result;
}

// --- normal labels

static const struct data_table *first_labelled(const struct data_files *files)
{
    for (int k = 0; k < files->n; k++)
        if (files->v[k]->label)
            return files->v[k];
    return NULL;
}

static int refuse_unknown_label(
    const struct node *at, const char *found, const struct label_names *classes, struct err *e)
{
    struct text all = {0};
    char room[QUOTE_ROOM];

    label_names_quote(&all, classes->v, classes->n);
    label_names_suggest(&all, found, classes->v, classes->n);
    data_error(at, e, "found '%s', which no source has as a label; labels have names here, allowed: %.1200s",
        text_quote(room, found, strlen(found)), all.data);
    text_free(&all);
    return -1;
}

static int refuse_label_kind(const struct node *at, const char *found, const struct data_table *t,
    const struct data_classes *classes, struct err *e)
{
    struct text kind = {0};
    char room[QUOTE_ROOM];

    describe_label_kind(&kind, t, classes);
    data_error(at, e, "found '%s', but the labels of %s are %s, allowed: one of these",
        text_quote(room, found, strlen(found)), t->name, kind.data);
    text_free(&kind);
    return -1;
}

static int find_normal_labels(const struct matched_sources *s)
{
    struct data_classes *c = &s->files->classes;
    const struct field_texts *wanted = &s->cfg->normal;
    const struct data_table *t = first_labelled(s->files);
    int result = 0;

    ASSERT(!c->normal.v, "%d labels were found before", c->normal.n);
    c->normal.v = mem_new((size_t)wanted->n + 1, sizeof *c->normal.v);
    for (int i = 0; t && i < wanted->n; i++) {
        int64_t label = c->names.n ? label_names_find(&c->names, wanted->v[i]) : 0;
        if (c->names.n && label < 0)
            result = refuse_unknown_label(s->cfg->normal_at, wanted->v[i], &c->names, s->e);
        else if (!c->names.n && !data_label_number(wanted->v[i], &label))
            result = refuse_label_kind(s->cfg->normal_at, wanted->v[i], t, c, s->e);
        else
            c->normal.v[c->normal.n++] = label;
    }
    return result;
}

int data_labels_match(const struct data_config *cfg, const struct data_part *const *parts,
    struct data_table *const *const *tables, int n_parts, struct data_files *files, struct err *e)
{
    const struct matched_sources s = {cfg, parts, tables, n_parts, files, e};
    bool any = false;

    for (int k = 0; k < files->n; k++)
        any = any || (files->v[k]->label && has_named_labels(files->v[k]));
    if (any && (check_label_kinds(&s) != 0 || number_classes(&s) != 0))
        return -1;
    return find_normal_labels(&s);
}

// --- filters

int data_labels_check_filter(
    const struct data_filter *f, const struct data_table *t, const struct data_classes *classes, struct err *e)
{
    bool has_order = f->op == FILTER_LT || f->op == FILTER_LE || f->op == FILTER_GT || f->op == FILTER_GE;
    int result = 0;

    if (has_named_labels(t) && has_order)
        return data_error(f->at, e, "labels of %s have names, which have no order, allowed: == != in", t->name);
    if (!has_named_labels(t) && data_filter_name(f))
        return refuse_label_kind(f->at, data_filter_name(f), t, classes, e);

    for (int i = 0; has_named_labels(t) && i < f->n; i++) {
        char *name = data_filter_value_text(f, i);
        if (label_names_find(&classes->names, name) < 0)
            result = refuse_unknown_label(f->at, name, &classes->names, e);
        free(name);
    }
    return result;
}

void data_labels_filter_values(const struct data_filter *f, const struct data_table *t,
    const struct data_classes *classes, struct filter_number *value)
{
    for (int i = 0; i < f->n; i++) {
        value[i] = f->values[i];
        if (!has_named_labels(t))
            continue;

        char *name = data_filter_value_text(f, i);
        int class = label_names_find(&classes->names, name);
        value[i] = (struct filter_number){.real = class, .is_integer = true, .integer = class};
        free(name);
    }
}

int64_t data_labels_value(const struct data_table *t, const struct data_classes *classes, int64_t row)
{
    ASSERT(t->label && row >= 0 && row < t->rows, "row %lld of %s", (long long)row, t->name);
    return has_named_labels(t) ? t->label[row] : original_number(classes, t->label[row]);
}

// --- hash of names

char *data_labels_hash(const struct data_table *t)
{
    struct hash_stream *h = hash_stream_new();
    char digits[24];

    for (int64_t i = 0; i < t->rows; i++) {
        const char *name = stored_label_name(t, t->label[i], digits);
        hash_stream_add(h, name, strlen(name) + 1);
    }
    char *out = mem_format("%016" PRIx64, hash_stream_value(h));
    hash_stream_free(&h);
    return out;
}
