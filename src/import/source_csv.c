// CSV files are read twice. The first pass checks every field and counts the rows, so that all mistakes are reported
// and nothing is written for a bad file. The second pass returns the rows. Each pass is a sink (csv_table.h) for the
// fields and records of the file: check_csv_field and check_csv_record, then store_csv_field and store_csv_record.
//
// Before the passes, csv_lines.c finds the dialect and csv_columns.c the columns, from the first lines. Mistakes that
// whole columns share, such as a decimal comma, are reported once with what to do about them (report_columns), and
// readings that are right but perhaps not meant become warnings (warn_of_readings).
#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"
#include "import/csv_columns.h"
#include "import/csv_labels.h"
#include "import/csv_lines.h"
#include "import/csv_number.h"
#include "import/csv_table.h"
#include "import/source.h"
#include "store/store.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_ERRORS = 20, MAX_COLUMN_ERRORS = 5 };

struct column_count {
    int64_t numbers, texts;
    int64_t commas;   // strings that are numbers with a decimal comma
    int64_t grouped;  // strings that are numbers with commas between thousands
    int64_t in_order; // rows whose value is their number counted from `first`
    double first;
};

struct csv {
    const char *path; // borrowed from the source
    struct csv_dialect dialect;
    struct csv_columns columns;
    struct csv_missing missing;
    struct csv_labels labels;
    struct csv_table *table;
    bool skips_record; // the next record is the header
    int field;         // index in the current record
    int64_t rows;      // records so far

    // first pass
    struct column_count *counts; // (columns.n), owned
    int errors;
    int64_t errors_hidden;
    int64_t hashes;    // first fields that begin with '#'
    bool is_whole;     // the file was read to its end
    bool is_first_odd; // the number of fields of the first row differs from the line before
    struct err *e;

    // second pass
    double *x;      // (features) of the current row
    int64_t *label; // of the current row
};

// Counts a mistake. Returns false if so many were reported that this one is only counted.
static bool may_report(struct csv *c)
{
    bool may = c->errors < MAX_ERRORS;
    c->errors++;
    c->errors_hidden += !may;
    return may;
}

static void report_field(struct csv *c, const char *text, size_t n, const char *allowed)
{
    char found[QUOTE_ROOM];
    if (may_report(c))
        err_at(c->e, ERR_DATA, c->path, csv_table_line(c->table), c->field + 1, "%s: found '%s', allowed: %s",
            c->columns.names[c->field], text_quote(found, text, n), allowed);
}

// Returns true for "1,234" and "12,345,678.9". With one comma and no point it may also have a decimal comma.
static bool is_grouped(const char *text)
{
    size_t digits = strspn(text += *text == '-' || *text == '+', "0123456789");
    int groups = 0;

    if (digits == 0 || digits > 3)
        return false;
    for (text += digits; *text == ',' && strspn(text + 1, "0123456789") == 3; text += 4)
        groups++;
    return groups > 0 && (*text == 0 || *text == '.');
}

static void check_number(struct csv *c, const char *text, size_t n)
{
    double value;
    struct column_count *count = &c->counts[c->field];
    enum csv_kind kind = csv_field(&c->missing, text, n, &value);

    ASSERT(c->field < c->columns.n, "field %d of %d", c->field, c->columns.n);
    count->numbers += kind == CSV_NUMBER;
    if (kind == CSV_NUMBER && c->rows == 0)
        count->first = value;
    count->in_order += kind == CSV_NUMBER && value == count->first + (double)c->rows;
    count->commas += kind == CSV_TEXT && csv_number_comma(text, n, &value);
    count->grouped += kind == CSV_TEXT && is_grouped(text);
    if (kind == CSV_NUMBER && isinf(value) && strpbrk(text, "0123456789")) // not a field that says "inf"
        report_field(c, text, n, "numbers below 1.8e308");
    bool may_be_header = c->rows == 0 && !c->columns.has_header;
    if (kind == CSV_TEXT && ++count->texts <= MAX_COLUMN_ERRORS)
        report_field(c, text, n,
            may_be_header
                ? "a number or one of the missing-value tokens, or --header yes if this line names the columns"
                : "a number or one of the missing-value tokens");
    else if (kind == CSV_TEXT)
        c->errors_hidden++;
}

// Returns true if the field follows the last delimiter of a line. It must be empty, so that nothing is lost silently.
static bool is_trailing(const struct csv *c)
{
    return c->columns.has_trailing && !c->skips_record && c->field == c->columns.n - 1 &&
           c->columns.use[c->field] == CSV_LEFT_OUT;
}

static void check_csv_field(void *context, char *text, size_t n)
{
    struct csv *c = context;
    int use = c->field < c->columns.n && !c->skips_record ? c->columns.use[c->field] : CSV_LEFT_OUT;
    double ignored;

    c->hashes += c->field == 0 && !c->skips_record && *text == '#';
    if (use >= 0)
        check_number(c, text, n);
    else if (use == CSV_LABEL && (strlen(text) != n || csv_field(&c->missing, text, n, &ignored) == CSV_MISSING))
        report_field(c, text, n, "a label in every row");
    else if (use == CSV_LABEL)
        csv_labels_add(&c->labels, text, n, csv_table_line(c->table));
    else if (n > 0 && is_trailing(c))
        report_field(c, text, n, "nothing, as in the first rows; --columns keeps this column");
    c->field++;
}

static void check_csv_record(void *context)
{
    struct csv *c = context;

    if (c->field != c->columns.n && !c->skips_record) {
        c->is_first_odd = c->is_first_odd || c->rows == 0;
        if (may_report(c))
            err_at(c->e, ERR_DATA, c->path, csv_table_line(c->table), 0,
                "found %d field%s, allowed: %d as in the first line", c->field, text_plural(c->field), c->columns.n);
    }
    c->rows += !c->skips_record;
    c->skips_record = false;
    c->field = 0;
}

// Returns where the labels come from, for messages.
static struct csv_labels_origin label_origin(const struct csv *c)
{
    int i = 0;
    while (i + 1 < c->columns.n && c->columns.use[i] != CSV_LABEL)
        i++;
    return (struct csv_labels_origin){.path = c->path, .column = c->columns.names[i], .number = i + 1};
}

static void check_label_column(const struct csv *c)
{
    const struct csv_labels_origin origin = label_origin(c);
    csv_labels_check(&c->labels, &origin, c->e);
}

static bool needs_shell_quotes(const char *text)
{
    return strpbrk(text, " \"$&();<>|*?#~`\\!{}[]") != NULL;
}

// Reports what is wrong with whole columns and what to do about it. Returns -1 if the first pass found any mistake.
static int report_columns(struct csv *c)
{
    int before = c->e->count;

    if (c->errors_hidden)
        err_add(c->e, ERR_DATA, "%s: and %lld more fields or rows like these", c->path, (long long)c->errors_hidden);
    struct text drop = {0};
    bool has_commas = false, has_groups = false;

    for (int i = 0; i < c->columns.n; i++) {
        const struct column_count *count = &c->counts[i];
        if (c->columns.use[i] == CSV_LABEL)
            check_label_column(c);
        if (c->columns.use[i] < 0 || count->texts == 0)
            continue;
        if (count->texts == count->grouped)
            has_groups = true;
        else if (count->texts == count->commas)
            has_commas = true;
        else if (count->numbers == 0)
            list_add(&drop, c->columns.names[i]);
    }

    if (c->hashes && c->errors)
        err_add(c->e, ERR_DATA, "%s: comments among the rows? --comment '#' leaves them out", c->path);
    if (c->is_first_odd && c->columns.has_header)
        err_add(
            c->e, ERR_DATA, "%s: does the table begin further down? --skip N leaves out the first N lines", c->path);
    if (has_groups)
        err_add(c->e, ERR_DATA,
            "%s: commas between thousands? They are not read: remove them; --decimal comma reads 1,234 as 1.234",
            c->path);
    if (has_commas)
        err_add(c->e, ERR_DATA, "%s: numbers with a decimal comma? --decimal comma reads them", c->path);
    if (drop.length) {
        const char *quote = needs_shell_quotes(drop.data) ? "'" : "";
        err_add(c->e, ERR_DATA, "%s: some columns hold no number at all; to leave them out: --drop %s%.300s%s", c->path,
            quote, drop.data, quote);
    }
    text_free(&drop);
    if (c->is_whole && !c->errors && c->rows == 0)
        err_add(c->e, ERR_DATA, "%s: no rows: the data are empty", c->path);
    return c->errors || c->e->count > before ? -1 : 0;
}

static int begin_csv_pass(struct csv *c, void (*field)(void *, char *, size_t), void (*record)(void *), struct err *e)
{
    csv_table_free(&c->table);
    c->table =
        csv_table_open(c->path, c->dialect, (struct csv_sink){.context = c, .field = field, .record = record}, e);
    c->skips_record = c->columns.has_header;
    c->rows = 0;
    return c->table ? 0 : -1;
}

static int check_all_rows(struct csv *c, struct err *e)
{
    c->e = e;
    c->counts = mem_new((size_t)c->columns.n, sizeof *c->counts);
    if (begin_csv_pass(c, check_csv_field, check_csv_record, e) != 0)
        return -1;
    int pushed;
    do
        pushed = csv_table_push_line(c->table, e);
    while (pushed == 1);
    c->is_whole = pushed == 0;
    return report_columns(c) == 0 ? pushed : -1;
}

static void store_csv_field(void *context, char *text, size_t n)
{
    struct csv *c = context;
    int use = c->field < c->columns.n && !c->skips_record ? c->columns.use[c->field] : CSV_LEFT_OUT;
    if (use >= 0)
        (void)csv_field(&c->missing, text, n, &c->x[use]);
    else if (use == CSV_LABEL)
        *c->label = csv_labels_number(&c->labels, text, n);
    c->field++;
}

static void store_csv_record(void *context)
{
    struct csv *c = context;
    c->field = 0;
    if (!c->skips_record) {
        c->x += c->columns.n_features;
        c->label += c->columns.has_label;
        c->rows++;
    }
    c->skips_record = false;
}

// Fills in shape and names of the source.
static void describe_columns(struct source *s, struct csv *c)
{
    s->shape = (struct store_shape){.type = STORE_F64, .rank = 2, .dims = {c->rows, c->columns.n_features}};
    s->features = mem_new((size_t)c->columns.n_features, sizeof *s->features);
    s->has_label = c->columns.has_label;

    for (int i = 0; i < c->columns.n; i++)
        if (c->columns.use[i] >= 0)
            s->features[c->columns.use[i]] = mem_text(c->columns.names[i]);
        else if (c->columns.use[i] == CSV_LABEL)
            s->label_name = mem_text(c->columns.has_header ? c->columns.names[i] : "label");

    if (c->columns.n_features == 0) { // a file of labels: they are its data
        s->shape = (struct store_shape){.type = STORE_I64, .rank = 1, .dims = {c->rows}};
        s->has_label = false;
    }
    if (!c->columns.has_label || !c->labels.is_text)
        return;

    s->n_label_names = c->labels.names.n;
    s->label_names = list_copy(c->labels.names.v, c->labels.names.n);
}

// Notes how the file was read for the summary: a header that is none, or the reverse, changes the number of samples.
static void describe_reading(struct source *s, const struct csv *c, enum import_header header)
{
    struct text t = {0};
    const char *how = header == HEADER_AUTO ? ", found" : ", as told";
    text_add(&t, "header: %s%s", c->columns.has_header ? "yes" : "no", how);
    if (c->dialect.comments)
        text_add(
            &t, "; %lld line%s of comments left out", (long long)c->dialect.comments, text_plural(c->dialect.comments));
    s->note = t.data;
    s->has_header = c->columns.has_header;
    s->may_lack_header = c->columns.has_numeric_header || (c->columns.is_doubtful && c->columns.has_header);
}

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

// Warns of a first line that was taken for names, or for data, and could be the other.
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

// Warns of what may mean something else than the user thinks.
static void warn_of_readings(struct source *s, const struct csv *c)
{
    const struct csv_labels_origin origin = label_origin(c);

    csv_labels_warn(&c->labels, &origin, &s->warnings);
    warn_first_line(s, c);
    if (c->columns.has_row_names && c->columns.use[0] == CSV_LEFT_OUT)
        text_add(&s->warnings, "%s: the first column has no name: it is left out as the names of the rows\n", s->path);
    if (c->columns.use[0] >= 0 && c->rows >= 3 && c->counts[0].in_order == c->rows && c->counts[0].first >= 0 &&
        c->counts[0].first <= 1)
        text_add(&s->warnings, "%s: column '%s' counts the rows and is read as a feature; --drop 1 leaves it out\n",
            s->path, c->columns.names[0]);

    for (int i = 0; i < c->columns.n; i++)
        if (c->columns.use[i] >= 0 && !c->columns.has_label && looks_like_label(c->columns.names[i]))
            text_add(&s->warnings,
                "%s: column '%s' looks like a label and is read as a feature; --label %s makes it the label\n", s->path,
                c->columns.names[i], c->columns.names[i]);
}

static int csv_open(struct source *s, const struct import_options *o, struct err *e)
{
    struct csv *c = s->state = mem_new(1, sizeof *c);

    c->path = s->path;
    csv_missing_read(&c->missing, o->missing, o->decimal == DECIMAL_COMMA);
    if (csv_dialect_find(&c->dialect, c->path, o, e) != 0 ||
        csv_columns_find(&c->columns, c->path, c->dialect, &c->missing, o, e) != 0 || check_all_rows(c, e) != 0)
        return -1;
    describe_columns(s, c);
    describe_reading(s, c, (enum import_header)o->header);
    warn_of_readings(s, c);
    return begin_csv_pass(c, store_csv_field, store_csv_record, e);
}

static int csv_read(struct source *s, int64_t rows, void *x, int64_t *label, struct err *e)
{
    struct csv *c = s->state;
    int64_t goal = c->rows + rows, none;

    ASSERT(c->table && rows > 0, "%lld rows", (long long)rows);
    c->x = x;
    c->label = label ? label : &none;
    if (c->columns.n_features == 0) // a file of labels
        c->label = x;
    while (c->rows < goal) {
        int pushed = csv_table_push_line(c->table, e);
        if (pushed == 0)
            err_add(e, ERR_DATA, "%s: the file has fewer rows than a moment ago: another program writes it", c->path);
        if (pushed != 1)
            return -1;
    }
    return 0;
}

static bool csv_recognise(const char *path, const unsigned char *head, size_t n)
{
    (void)path;
    return !memchr(head, 0, n);
}

static void csv_close(struct source *s)
{
    struct csv *c = s->state;
    if (!c)
        return;
    csv_table_free(&c->table);
    csv_columns_free(&c->columns);
    csv_missing_free(&c->missing);
    csv_labels_free(&c->labels);
    free(c->counts);
    free(c);
}

const struct source_format source_csv = {
    .name = "CSV",
    .heeds = HEEDS_LABEL | HEEDS_COLUMNS,
    .recognise = csv_recognise,
    .open = csv_open,
    .read = csv_read,
    .close = csv_close,
};
