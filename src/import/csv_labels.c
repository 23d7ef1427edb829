// Collects the labels of a column and numbers them at the end. Only after the last label is it known whether all are
// numbers, so the distinct strings are kept, up to a limit.
#include "import/csv_labels.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"
#include "data/label_names.h"
#include "import/csv_number.h"
#include "import/import.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void count_label_kind(struct csv_label_kind *k, const char *text, int64_t at)
{
    if (k->count++ > 0)
        return;
    k->first = mem_text(text);
    k->at = at;
}

void csv_labels_add(struct csv_labels *l, const char *text, size_t n, int64_t at)
{
    double value;
    int64_t integer;
    bool is_number = csv_number(text, n, &value);

    ASSERT(text[n] == 0 && l->names.n <= IMPORT_MAX_LABELS, "%d labels", l->names.n);
    count_label_kind(is_number ? &l->numbers : &l->texts, text, at);
    if (is_number && !csv_integer(text, n, &integer))
        count_label_kind(&l->fractions, text, at);
    l->is_text = l->texts.count > 0;

    if (label_names_find(&l->names, text) >= 0)
        return;
    if (l->names.n == IMPORT_MAX_LABELS)
        l->is_more = true;
    else
        label_names_add(&l->names, text);
}

// --- messages

// Returns the place of a label in new memory: "x.csv:3:2: class" or "y.npy: row 3: label".
static char *origin_text(const struct csv_labels_origin *o, int64_t at)
{
    if (o->column)
        return mem_format("%s:%lld:%d: %s", o->path, (long long)at, o->number, o->column);
    return mem_format("%s: row %lld: label", o->path, (long long)at);
}

static int refuse_fraction(const struct csv_labels *l, const struct csv_labels_origin *origin, struct err *e)
{
    const struct csv_label_kind *k = &l->fractions;
    char found[QUOTE_ROOM], more[64] = "";
    char *where = origin_text(origin, k->at);

    if (k->count > 1)
        snprintf(more, sizeof more, "; %lld more are like it", (long long)k->count - 1);
    err_add(e, ERR_DATA, "%s: found '%s', allowed as labels: 64-bit integers, or names%s", where,
        text_quote(found, k->first, strlen(k->first)), more);
    free(where);
    return -1;
}

int csv_labels_check(const struct csv_labels *l, const struct csv_labels_origin *origin, struct err *e)
{
    int before = e->count;
    const char *column = origin->column ? origin->column : "labels";

    if (!l->is_text && l->fractions.count)
        return refuse_fraction(l, origin, e);
    if (l->is_text && l->is_more)
        err_add(e, ERR_DATA, "%s: %s: found more than %d different names, allowed: integers or fewer names",
            origin->path, column, IMPORT_MAX_LABELS);

    for (int i = 0; l->is_text && i < l->names.n; i++)
        if (!utf8_is_valid(l->names.v[i]) || strchr(l->names.v[i], '\n')) {
            char found[QUOTE_ROOM];
            err_add(e, ERR_DATA, "%s: %s: found '%s', allowed as names: one line of UTF-8", origin->path, column,
                text_quote(found, l->names.v[i], strlen(l->names.v[i])));
        }
    return e->count > before ? -1 : 0;
}

// Finds two names that are spellings of the same number, such as 1 and 1.0. Returns false if there are none.
static bool find_two_spellings(const struct csv_labels *l, const char **a, const char **b)
{
    double *value = mem_new((size_t)l->names.n + 1, sizeof *value);
    int *name = mem_new((size_t)l->names.n + 1, sizeof *name), n = 0;
    bool found = false;

    for (int i = 0; i < l->names.n && !found; i++) {
        if (!csv_number(l->names.v[i], strlen(l->names.v[i]), &value[n]))
            continue;
        for (int k = 0; k < n && !found; k++)
            if (value[k] == value[n]) {
                *a = l->names.v[name[k]];
                *b = l->names.v[i];
                found = true;
            }
        ASSERT(n <= i, "%d numbers among %d names", n, i);
        name[n++] = i;
    }

    free(name);
    free(value);
    return found;
}

void csv_labels_warn(const struct csv_labels *l, const struct csv_labels_origin *origin, struct text *warnings)
{
    bool is_text_odd = l->texts.count <= l->numbers.count;
    const struct csv_label_kind *odd = is_text_odd ? &l->texts : &l->numbers;
    char found[QUOTE_ROOM], first[QUOTE_ROOM], second[QUOTE_ROOM];
    const char *a, *b;

    if (l->texts.count == 0 || l->numbers.count == 0)
        return;
    char *where = origin_text(origin, odd->at);
    text_add(warnings, "%s: found '%s', %s: all labels are kept as names", where,
        text_quote(found, odd->first, strlen(odd->first)),
        is_text_odd ? "which is no number, among numbers" : "a number, among names");
    if (find_two_spellings(l, &a, &b))
        text_add(warnings, ", and the spellings of one number, such as '%s' and '%s', are different labels",
            text_quote(first, a, strlen(a)), text_quote(second, b, strlen(b)));
    text_add(warnings, "\n");
    free(where);
}

// --- numbers

int64_t csv_labels_number(const struct csv_labels *l, const char *text, size_t n)
{
    int64_t value;
    if (l->is_text)
        return label_names_find(&l->names, text);
    return csv_integer(text, n, &value) ? value : 0;
}

void csv_labels_free(struct csv_labels *l)
{
    label_names_free(&l->names);
    free(l->texts.first);
    free(l->numbers.first);
    free(l->fractions.first);
    *l = (struct csv_labels){0};
}
