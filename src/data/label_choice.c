// Finds the normal labels of new data, by name or by number.
#include "data/label_choice.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/data_config.h"
#include "data/label_names.h"
#include "data/row_reader.h"
#include <stdlib.h>
#include <string.h>

static int find_label_name(char *const *names, int n, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

// --- the data has names

static int refuse_normal_name(const struct label_question *q, const char *found, struct err *e)
{
    const struct row_reader *r = q->reader;
    char room[QUOTE_ROOM];
    struct text all = {0};

    label_names_quote(&all, r->label_names, r->n_label_names);
    label_names_suggest(&all, found, r->label_names, r->n_label_names);
    err_add(e, ERR_USAGE, "--normal: found '%s', which is no label of %s or of the model, allowed: %.1200s",
        text_quote(room, found, strlen(found)), r->name, all.data);
    text_free(&all);
    return -1;
}

static int refuse_named_labels(const struct label_question *q, struct err *e)
{
    const struct row_reader *r = q->reader;
    struct text all = {0}, normal = {0};

    label_names_quote(&all, r->label_names, r->n_label_names);
    label_names_quote(&normal, q->normal->v, q->normal->n);
    err_add(e, ERR_DATA,
        "%s: found labels with names (%.800s), but the model was trained on labels that are numbers, normal: %.200s; "
        "hint: --normal NAME says which of these are normal",
        r->name, all.data, normal.data);
    text_free(&all);
    text_free(&normal);
    return -1;
}

// Marks the names in the data that are normal. Refuses a name from the user that is a label of neither the data nor the
// model. Normal labels of the model's experiment need not occur in the data. If they are numbers, however, at least one
// of them must be a name in the data.
static int choose_normal_names(const struct label_question *q, struct label_choice *c, struct err *e)
{
    const struct row_reader *r = q->reader;
    int result = 0, found = 0;

    ASSERT(r->n_label_names > 0, "%s has no names", r->name);
    c->n = r->n_label_names;
    c->is_normal = mem_new((size_t)c->n, sizeof *c->is_normal);
    for (int i = 0; i < q->normal->n; i++) {
        const char *name = q->normal->v[i];
        int k = find_label_name(r->label_names, r->n_label_names, name);
        if (k >= 0) {
            c->is_normal[k] = 1;
            found++;
        } else if (q->is_option && find_label_name(q->names, q->n_names, name) < 0) {
            result = refuse_normal_name(q, name, e);
        }
    }
    if (result == 0 && found == 0 && !q->is_option && q->n_names == 0)
        return refuse_named_labels(q, e);
    return result;
}

// --- data whose labels are numbers

static int refuse_normal_number(const struct label_question *q, const char *found, struct err *e)
{
    char room[QUOTE_ROOM];
    const char *quoted = text_quote(room, found, strlen(found));

    if (q->is_option)
        return err_add(e, ERR_USAGE, "--normal: found '%s', but labels of %s are numbers, allowed: an integer", quoted,
            q->reader->name);
    return err_add(e, ERR_DATA,
        "%s: found labels that are numbers, but the model was trained on labels with names, normal: '%s'; hint: "
        "--normal NUMBER says which of these are normal",
        q->reader->name, quoted);
}

static int choose_normal_numbers(const struct label_question *q, struct label_choice *c, struct err *e)
{
    ASSERT(c->numbers.n == 0, "%d numbers", c->numbers.n);
    c->numbers.v = mem_new((size_t)q->normal->n + 1, sizeof *c->numbers.v);
    for (int i = 0; i < q->normal->n; i++)
        if (!data_label_number(q->normal->v[i], &c->numbers.v[c->numbers.n++]))
            return refuse_normal_number(q, q->normal->v[i], e);
    return 0;
}

int label_choice_make(const struct label_question *q, struct label_choice *out, struct err *e)
{
    *out = (struct label_choice){0};
    int result = q->reader->n_label_names ? choose_normal_names(q, out, e) : choose_normal_numbers(q, out, e);

    if (result != 0)
        label_choice_free(out);
    return result;
}

bool label_choice_is_normal(const struct label_choice *c, int64_t label)
{
    if (c->is_normal)
        return label >= 0 && label < c->n && c->is_normal[label];

    for (int i = 0; i < c->numbers.n; i++)
        if (c->numbers.v[i] == label)
            return true;
    return false;
}

void label_choice_free(struct label_choice *c)
{
    free(c->is_normal);
    free(c->numbers.v);
    *c = (struct label_choice){0};
}
