// Reads CSV files, in two passes. The first pass checks every field and counts the rows, so that all mistakes are
// reported and nothing is written for a bad file (csv_check.c). The second pass returns the rows. Each pass has a sink
// (csv_table.h) that receives the fields and records of the file.
//
// Before the passes, csv_lines.c finds the dialect and csv_columns.c the columns, from the first lines. Between the
// passes, csv_encode.c decides what columns of text become, and time_column.c what dates mean. csv_warn.c warns of
// choices that the user may not have meant.
#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/timestamp.h"
#include "data/columns.h"
#include "import/csv_files.h"
#include "import/csv_impl.h"
#include "import/file_set.h"
#include "import/source.h"
#include "import/time_text.h"
#include "store/store.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// --- the second pass

// Stores a time and the features that are made of it. The features depend on the local time, as it was written.
static void store_time(struct csv *c, const char *text, size_t n)
{
    double ignored, hour = NAN, weekday = NAN;
    int offset = 0;
    int64_t time = TIME_MISSING;

    if (csv_field(&c->missing, text, n, &ignored) != CSV_MISSING) {
        time = time_column_value(&c->time, text, n, &offset);
        const struct calendar_time local = timestamp_split(time, offset);
        hour = time_hour(&local);
        weekday = time_weekday(&local);
    }
    if (c->to.time)
        c->to.time[c->row] = time;
    if (c->encodings.hour >= 0)
        c->x[c->encodings.hour] = hour;
    if (c->encodings.weekday >= 0)
        c->x[c->encodings.weekday] = weekday;
}

static void store_group(struct csv *c, const char *text, size_t n)
{
    double ignored;
    bool is_missing = csv_field(&c->missing, text, n, &ignored) == CSV_MISSING;

    if (c->to.group)
        c->to.group[c->row] = is_missing ? GROUP_MISSING : csv_dictionary_find(&c->groups, text, n);
}

// Stores a field of a column that is not data, such as a label or an id.
static void store_other(struct csv *c, int use, const char *text, size_t n)
{
    if (use == CSV_LABEL && c->to.label)
        c->to.label[c->row] = csv_labels_number(&c->labels, text, n);
    else if (use == CSV_ID && c->to.id)
        c->to.id[c->row] = mem_text(text);
    else if (use == CSV_TIME)
        store_time(c, text, n);
    else if (use == CSV_GROUP)
        store_group(c, text, n);
}

static void store_csv_field(void *context, char *text, size_t n)
{
    struct csv *c = context;
    int use = c->field < c->columns.n && !c->skips_record ? c->columns.use[c->field] : CSV_LEFT_OUT;
    c->field++;
    if (use < 0) {
        store_other(c, use, text, n);
        return;
    }

    struct csv_encoding *column = &c->encodings.v[use];
    if (column->is_chosen)
        csv_encoding_store(column, &c->missing, text, n, c->x);
    else
        (void)csv_field(&c->missing, text, n, &c->x[column->first]);
}

static void store_csv_record(void *context)
{
    struct csv *c = context;

    c->field = 0;
    if (!c->skips_record) {
        if (c->to.group && !c->columns.has_group)
            c->to.group[c->row] = c->file - c->files.v;
        c->x += c->n_features;
        c->row++;
        c->rows++;
        c->file_rows++;
    }
    c->skips_record = false;
}

// --- files

// Makes file `i` the current file, without opening it.
static void choose_file(struct csv *c, int i)
{
    ASSERT(i >= 0 && i < c->files.n, "file %d of %d", i, c->files.n);
    c->file = &c->files.v[i];
    c->path = c->file->path;
    c->dialect = c->file->dialect;
    c->columns = c->file->columns;
    c->skips_record = c->columns.has_header;
    c->file_rows = 0;
    c->field = 0;
}

static int begin_csv_file(struct csv *c, int i, bool is_first_pass, struct err *e)
{
    const struct csv_sink check = {.context = c, .field = csv_check_field, .record = csv_check_record};
    const struct csv_sink store = {.context = c, .field = store_csv_field, .record = store_csv_record};

    choose_file(c, i);
    csv_table_free(&c->table);
    c->table = csv_table_open(c->path, c->dialect, is_first_pass ? check : store, e);
    return c->table ? 0 : -1;
}

static int check_all_rows(struct csv *c, struct err *e)
{
    int pushed = 0;

    c->e = e;
    c->ids = c->columns.has_id ? id_check_new() : NULL;
    for (int i = 0; i < c->files.n && pushed == 0; i++) {
        if (begin_csv_file(c, i, true, e) != 0)
            return -1;
        do
            pushed = csv_table_push_line(c->table, e);
        while (pushed == 1);
        c->files.v[i].rows = c->file_rows;
    }

    c->is_whole = pushed == 0;
    choose_file(c, 0);
    return csv_check_report(c) == 0 ? pushed : -1;
}

// --- description

// Returns the name of the column with this use in new memory.
static char *name_of_use(const struct csv *c, int use)
{
    int column = csv_columns_find_use(&c->columns, use);

    ASSERT(column >= 0, "no column has use %d", use);
    return mem_text(c->columns.names[column]);
}

// Makes each file a group.
static void describe_file_groups(struct coordinates *k, const struct csv *c)
{
    const char **paths = mem_new((size_t)c->files.n, sizeof *paths);

    for (int i = 0; i < c->files.n; i++)
        paths[i] = c->files.v[i].path;
    k->group_name = mem_text("file");
    k->group_names = file_set_short_names(paths, c->files.n);
    k->n_group_names = c->files.n;
    free(paths);
}

// Describes label, id, time and group of the source. Returns -1 and errors if times contradict each other.
static int describe_others(struct source *s, struct csv *c, struct err *e)
{
    struct coordinates *k = &s->coordinates;
    int result = 0;

    s->has_label = c->columns.has_label;
    if (s->has_label)
        s->label_name = c->columns.has_header ? name_of_use(c, CSV_LABEL) : mem_text("label");
    if (c->columns.has_id)
        k->id_name = name_of_use(c, CSV_ID);
    if (c->columns.has_time) {
        k->time_name = name_of_use(c, CSV_TIME);
        char *name = mem_format("%s: %s", s->path, k->time_name);
        result = time_column_finish(&c->time, name, &s->warnings, e);
        k->time_zone = mem_text(time_column_zone(&c->time));
        free(name);
    }
    if (c->columns.has_group) {
        k->group_name = name_of_use(c, CSV_GROUP);
        k->group_names = list_copy(c->groups.v, c->groups.n);
        k->n_group_names = c->groups.n;
    } else if (c->files.n > 1) {
        describe_file_groups(k, c);
    }
    if (s->has_label && c->labels.is_text) {
        s->n_label_names = c->labels.names.n;
        s->label_names = list_copy(c->labels.names.v, c->labels.names.n);
    }
    return result;
}

// Fills in shape, columns and names of the source. Returns -1 and errors if a column cannot become features.
static int describe_csv(struct source *s, struct csv *c, struct err *e)
{
    int result = describe_others(s, c, e);

    if (c->columns.n_data == 0) { // a file of labels: the labels become its data
        s->shape = (struct store_shape){.type = STORE_I64, .rank = 1, .dims = {c->rows}};
        s->has_label = false;
        return result;
    }
    result |= csv_encodings_finish(&c->encodings, s, e);
    c->n_features = s->columns.n_features;
    s->features = columns_feature_names(&s->columns);
    s->shape = (struct store_shape){.type = STORE_F64, .rank = 2, .dims = {c->rows, c->n_features}};
    return result;
}

// Notes for the summary how the file was read, above all whether it has a header, on which the number of rows depends.
static void describe_reading(struct source *s, const struct csv *c, enum import_header header)
{
    struct text t = {0};
    const char *how = header == HEADER_AUTO ? ", found" : ", as told";
    text_add(&t, "header: %s%s", c->columns.has_header ? "yes" : "no", how);
    if (c->files.n > 1)
        text_add(&t, "; %d files", c->files.n);
    if (c->dialect.comments)
        text_add(
            &t, "; %lld line%s of comments left out", (long long)c->dialect.comments, text_plural(c->dialect.comments));
    s->note = t.data;
    s->has_header = c->columns.has_header;
    s->may_lack_header = c->columns.has_numeric_header || (c->columns.is_doubtful && c->columns.has_header);
}

static int csv_open(struct source *s, const struct import_options *o, struct err *e)
{
    struct csv *c = s->state = mem_new(1, sizeof *c);

    c->path = s->path;
    c->time.order = (enum date_order)o->date_order;
    csv_missing_read(&c->missing, o->missing, o->decimal == DECIMAL_COMMA);
    if (csv_files_open(&c->files, s->path, &c->missing, o, &s->warnings, e) != 0)
        return -1;
    s->n_files = c->files.n;
    choose_file(c, 0);
    if (csv_encodings_begin(&c->encodings, &c->columns, c->path, o, e) != 0 || check_all_rows(c, e) != 0 ||
        describe_csv(s, c, e) != 0)
        return -1;

    describe_reading(s, c, (enum import_header)o->header);
    csv_warn(s, c);
    c->rows = 0;
    return begin_csv_file(c, 0, false, e);
}

static int csv_read(struct source *s, int64_t rows, const struct source_rows *to, struct err *e)
{
    struct csv *c = s->state;
    int64_t goal = c->rows + rows;

    ASSERT(c->table && rows > 0, "%lld rows", (long long)rows);
    c->to = *to;
    c->x = to->x;
    c->row = 0;
    if (c->columns.n_data == 0) // a file of labels
        c->to.label = to->x;
    while (c->rows < goal) {
        if (c->file_rows == c->file->rows) {
            if (begin_csv_file(c, (int)(c->file - c->files.v) + 1, false, e) != 0)
                return -1;
            continue;
        }
        int pushed = csv_table_push_line(c->table, e);
        if (pushed == 0)
            err_add(e, ERR_DATA, "%s: the file has fewer rows than a moment ago: another program writes it", c->path);
        if (pushed != 1)
            return -1;
    }
    return 0;
}

static int csv_finish(struct source *s, struct err *e)
{
    const struct csv *c = s->state;
    (void)e;

    csv_encodings_warn(&c->encodings, s->path, &s->warnings);
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
    csv_files_free(&c->files);
    csv_missing_free(&c->missing);
    csv_labels_free(&c->labels);
    csv_encodings_free(&c->encodings);
    csv_dictionary_free(&c->groups);
    id_check_free(&c->ids);
    free(c);
}

const struct source_format source_csv = {
    .name = "CSV",
    .heeds = HEEDS_LABEL | HEEDS_COLUMNS,
    .recognise = csv_recognise,
    .open = csv_open,
    .read = csv_read,
    .finish = csv_finish,
    .close = csv_close,
};
