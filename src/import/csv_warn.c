// Warns of choices in reading a CSV file that are allowed but may not be meant.
#include "base/text.h"
#include "import/csv_impl.h"
#include <string.h>
#include <strings.h>

static bool looks_like_label(const char *name)
{
    static const char *const names[] = {"class", "label", "labels", "target", "y", "outlier", "anomaly", "is_anomaly"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(name, names[i]) == 0)
            return true;
    return false;
}

static bool has_known_label(const struct csv *c)
{
    for (int i = 0; i < c->columns.n; i++)
        if (c->columns.use[i] == CSV_LABEL)
            return looks_like_label(c->columns.names[i]);
    return false;
}

// Warns if the first line was taken for names but could be data, or the reverse.
static void warn_first_line(struct source *s, const struct csv *c)
{
    const struct csv_columns *k = &c->columns;
    bool is_doubtful = k->is_doubtful && k->has_header && !has_known_label(c);

    if (k->has_numeric_header || is_doubtful) {
        const char *plural = k->n > 1 ? "s" : "";
        text_add(&s->warnings, "%s: the first line, '%s", s->path, k->names[0]);
        if (k->n > 1)
            text_add(&s->warnings, ", %s%s", k->names[1], k->n > 2 ? ", ..." : "");
        text_add(
            &s->warnings, "', is taken as the name%s of the column%s; --header no reads it as data\n", plural, plural);
    }
    if (k->is_doubtful && !k->has_header)
        text_add(&s->warnings,
            "%s: the first line holds no number and is read as data; --header yes if it names the columns\n", s->path);
    if (k->may_be_header)
        text_add(&s->warnings,
            "%s: the first line counts the columns and is read as data; --header yes if it names them\n", s->path);
}

void csv_warn(struct source *s, const struct csv *c)
{
    const struct csv_labels_origin origin = csv_label_origin(c);

    int64_t repeat;
    if (c->ids && id_check_repeats(c->ids, &repeat) > 0)
        text_add(&s->warnings, "%s: %lld rows have an id that another row has, the first in line %lld\n", s->path,
            (long long)id_check_repeats(c->ids, &repeat), (long long)repeat);
    if (c->columns.ignored.length)
        text_add(&s->warnings, "%s: columns that --like does not have are ignored: %.300s\n", s->path,
            c->columns.ignored.data);
    csv_labels_warn(&c->labels, &origin, &s->warnings);
    warn_first_line(s, c);
    if (c->columns.has_row_names && c->columns.use[0] == CSV_LEFT_OUT)
        text_add(&s->warnings, "%s: the first column has no name: it is left out as the names of the rows\n", s->path);
    const struct csv_encoding *first = c->columns.use[0] >= 0 ? &c->encodings.v[c->columns.use[0]] : NULL;
    if (first && !first->is_chosen && c->rows >= 3 && first->in_order == c->rows && first->first_value >= 0 &&
        first->first_value <= 1)
        text_add(&s->warnings,
            "%s: column '%s' counts the rows and is read as a feature; --drop 1 leaves it out, --id 1 keeps it as the name of the row\n",
            s->path, c->columns.names[0]);

    for (int i = 0; i < c->columns.n; i++)
        if (c->columns.use[i] >= 0 && !c->encodings.like && !c->columns.has_label &&
            looks_like_label(c->columns.names[i]))
            text_add(&s->warnings,
                "%s: column '%s' looks like a label and is read as a feature; --label %s makes it the label\n", s->path,
                c->columns.names[i], c->columns.names[i]);
}
