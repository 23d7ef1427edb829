// Reads rows of foreign files. csv_stream.c cuts a CSV file into records, and csv_rows.c turns their fields into
// numbers, in parts that are spread over the threads. Each part counts what it found, and the counts are added up in
// order, so that messages do not depend on threads. Files of other formats are read by import/source.c and converted in
// the same parts.
#include "apply/new_rows.h"

#include "apply/csv_stream.h"
#include "apply/new_rows_impl.h"
#include "base/err.h"
#include "base/field.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/columns.h"
#include "data/data_scaling.h"
#include "data/data_table.h"
#include "import/csv_number.h"
#include "import/import.h"
#include "import/source.h"
#include "store/store.h"
#include "train/train.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- opening

static int open_csv_rows(struct new_rows *r, const char *name, struct err *e)
{
    struct new_rows_state *s = r->state;
    const struct row_fit *fit = r->request->fit;
    const struct csv_wanted wanted = {
        s->names, s->n_names, r->request->columns, r->request->takes_groups ? r->request->columns->group_name : NULL};

    if (fit->shape_rank != 1)
        return err_add(e, ERR_DATA,
            "%s: found a table (CSV), allowed: pictures or arrays of shape (%d, %d%s), which the model takes",
            new_rows_title(r), fit->shape[0], fit->shape[1], fit->shape_rank == 3 ? ", channels" : "");
    if (fit->scaling->bytes_only)
        return err_add(e, ERR_DATA,
            "%s: found a table (CSV), whose values are of type f8, allowed: bytes (u1), which the model was trained on",
            new_rows_title(r));
    s->is_csv = true;
    if (csv_stream_open(&s->stream, name, r->most, e) != 0)
        return -1;
    return csv_match_make(&s->match, &s->stream, &wanted, r->request->csv, &r->notes, e);
}

// Sets the options that resize pictures to the input of the model.
static void fit_picture_options(struct import_options *o, const struct row_fit *fit)
{
    if (fit->shape_rank < 2)
        return;
    o->size = mem_format("%dx%d", fit->shape[0], fit->shape[1]);
    o->grayscale = fit->shape_rank == 2 || fit->shape[2] == 1;
    o->color = !o->grayscale;
}

static int check_source_shape(const struct new_rows *r, const struct source *source, struct err *e)
{
    const struct row_fit *fit = r->request->fit;
    struct text found = {0}, allowed = {0};
    bool fits = source->shape.rank == fit->shape_rank + 1;

    for (int i = 0; i < fit->shape_rank && fits; i++)
        fits = source->shape.dims[i + 1] == fit->shape[i];
    if (fits && (!fit->scaling->bytes_only || source->shape.type == STORE_U8))
        return 0;
    if (fits)
        return err_add(e, ERR_DATA, "%s: found values of type %s, allowed: bytes (u1), which the model was trained on",
            source->path, data_type_name(source->shape.type));

    for (int i = 1; i < source->shape.rank; i++)
        text_add(&found, "%s%lld", i > 1 ? ", " : "", (long long)source->shape.dims[i]);
    for (int i = 0; i < fit->shape_rank; i++)
        text_add(&allowed, "%s%d", i ? ", " : "", fit->shape[i]);
    err_add(e, ERR_DATA, "%s: found rows of shape (%s), allowed: (%s), which the model takes", source->path,
        found.data ? found.data : "", allowed.data);
    text_free(&found);
    text_free(&allowed);
    return -1;
}

static int open_source_rows(struct new_rows *r, const char *name, struct err *e)
{
    struct new_rows_state *s = r->state;
    struct import_options o = {.sources = &name, .n_sources = 1};

    field_defaults(import_fields, &o);
    if (new_rows_is_picture(name))
        fit_picture_options(&o, r->request->fit);
    s->is_csv = false;
    s->source = source_open(name, &o, e);
    field_free(import_fields, &o);
    if (!s->source || check_source_shape(r, s->source, e) != 0)
        return -1;

    size_t n = (size_t)(r->most * r->columns);
    s->values = mem_array(n, store_type_size(s->source->shape.type), name, e);
    s->label = mem_array((size_t)r->most, sizeof *s->label, name, e);
    if (s->source->coordinates.id_name) {
        s->ids = mem_new((size_t)r->most, sizeof *s->ids);
        r->id = r->id ? r->id : mem_new((size_t)r->most, sizeof *r->id);
    }
    return s->values && s->label ? 0 : -1;
}

static void free_row_ids(struct new_rows *r)
{
    struct new_rows_state *s = r->state;

    for (int64_t i = 0; s->ids && i < r->most; i++) {
        free(s->ids[i]);
        s->ids[i] = NULL;
    }
}

static void close_rows_file(struct new_rows *r)
{
    struct new_rows_state *s = r->state;

    free_row_ids(r);
    free(s->ids);
    s->ids = NULL;

    csv_match_free(&s->match);
    csv_stream_free(&s->stream);
    source_free(&s->source);
    free(s->values);
    free(s->label);
    s->values = NULL;
    s->label = NULL;
    s->is_open = false;
}

// Opens the next file. Returns -1 and errors on failure.
static int open_next_file(struct new_rows *r, struct err *e)
{
    struct new_rows_state *s = r->state;
    const char *name = r->request->names[s->next_file];

    ASSERT(s->next_file < r->request->n, "file %d of %d", s->next_file, r->request->n);
    close_rows_file(r);
    r->file = s->next_file++;
    s->row = 0;
    s->is_open = true;
    s->is_csv = new_rows_is_text(name);
    int rc = s->is_csv ? open_csv_rows(r, name, e) : open_source_rows(r, name, e);
    return rc == 0 ? new_groups_open(r, e) : rc;
}

// Fills the dictionaries of the columns of text. They give each category the number that it has in the model.
static void enter_categories(struct new_rows *r)
{
    const struct columns *columns = r->request->columns;
    struct csv_dictionary *all = r->state->categories = mem_new((size_t)columns->n + 1, sizeof *all);

    for (int i = 0; i < columns->n; i++)
        for (int k = 0; k < columns->v[i].n_categories; k++) {
            const char *name = columns->v[i].categories[k];
            int number = csv_dictionary_add(&all[i], name, strlen(name));
            ASSERT(number == k, "category '%s' of column '%s' is there twice", name, columns->v[i].name);
        }
}

// Sets the names that a table must have: those of the columns if they are known, otherwise those of the features, if
// the model has names for them. Columns that are made of the time come last and have no name of their own.
static void name_wanted_columns(struct new_rows *r)
{
    struct new_rows_state *s = r->state;
    const struct columns *columns = r->request->columns;
    char *const *features = r->request->fit->features;

    s->n_names = columns->n ? columns->n : r->columns;
    while (columns->n && s->n_names > 0 && column_is_of_time(&columns->v[s->n_names - 1]))
        s->n_names--;
    s->unknowns = mem_new((size_t)columns->n + 1, sizeof *s->unknowns);
    if (!columns->n && !features)
        return;
    s->names = mem_new((size_t)s->n_names, sizeof *s->names);
    for (int i = 0; i < s->n_names; i++)
        s->names[i] = mem_text(columns->n ? columns->v[i].name : features[i]);
}

struct new_rows *new_rows_open(const struct new_rows_request *request, int64_t most, struct err *e)
{
    const struct csv_options *csv = request->csv;
    const struct row_fit *fit = request->fit;
    struct new_rows *r = mem_new(1, sizeof *r);
    struct new_rows_state *s = r->state = mem_new(1, sizeof *s);

    ASSERT(request->n > 0 && most > 0, "%d files", request->n);
    r->request = request;
    r->most = most;
    r->columns = 1;
    for (int i = 0; i < fit->shape_rank; i++)
        r->columns *= fit->shape[i];
    csv_missing_read(&s->missing, csv->missing, csv->decimal == DECIMAL_COMMA);

    name_wanted_columns(r);
    enter_categories(r);
    new_groups_enter(r);
    r->x = mem_array((size_t)(most * r->columns), sizeof *r->x, "new rows", e);
    if (request->keeps_values)
        r->value = mem_array((size_t)(most * r->columns), sizeof *r->value, "new rows", e);
    r->is_unscored = mem_array((size_t)most, sizeof *r->is_unscored, "new rows", e);
    r->missing = mem_array((size_t)most * NEW_ROWS_MISSING, sizeof *r->missing, "new rows", e);
    s->parts = mem_array((size_t)(most / NEW_ROWS_PART + 1), sizeof *s->parts, "new rows", e);
    if (csv->id || request->columns->id_name)
        r->id = mem_array((size_t)most, sizeof *r->id, "new rows", e);
    if (csv->time || request->columns->time_name)
        r->time = mem_array((size_t)most, sizeof *r->time, "new rows", e);
    if (request->takes_groups && (csv->group || request->columns->group_name))
        r->group = mem_array((size_t)most, sizeof *r->group, "new rows", e);
    if (columns_have_categories(request->columns))
        r->unknown = mem_array((size_t)most, sizeof *r->unknown, "new rows", e);
    if (e->count || open_next_file(r, e) != 0)
        new_rows_free(&r);
    return r;
}

void new_rows_free(struct new_rows **r)
{
    if (!*r)
        return;

    close_rows_file(*r);
    csv_missing_free(&(*r)->state->missing);
    list_free((*r)->state->names, (*r)->state->n_names);
    for (int i = 0; i < (*r)->request->columns->n; i++)
        csv_dictionary_free(&(*r)->state->categories[i]);
    free((*r)->state->categories);
    csv_dictionary_free(&(*r)->state->groups);
    free((*r)->state->unknowns);
    text_free(&(*r)->notes);
    text_free(&(*r)->warnings);
    void *const owned[] = {(*r)->x, (*r)->value, (*r)->is_unscored, (*r)->missing, (*r)->id, (*r)->time, (*r)->group,
        (*r)->unknown, (*r)->state->parts, (*r)->state, *r};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    *r = NULL;
}

// --- a part

struct rows_work {
    struct new_rows *r;
    const struct scaling *scaling;
    bool is_float; // values have single precision
};

// Returns true if a missing value is already noted, because another feature of the same column is.
static bool is_noted(const struct new_rows *r, const int32_t *missing, int n, int feature)
{
    int column = columns_of_feature(r->request->columns, feature);
    return n > 0 && column >= 0 && column == columns_of_feature(r->request->columns, missing[n - 1]);
}

static bool is_refused_value(const struct scaling *scaling, double value)
{
    bool takes_missing = scaling->fill || scaling->ignores_missing;
    return !isfinite(value) && (isinf(value) || !takes_missing);
}

bool new_row_is_refused(const struct scaling *scaling, const double *row, int columns)
{
    for (int c = 0; c < columns; c++)
        if (is_refused_value(scaling, row[c]))
            return true;
    return false;
}

// Counts a row in which `lacking` values were missing and were filled. It is filled if there is any such value, and
// also empty if it has no other values.
static void count_filled(const struct new_rows *r, struct rows_part *part, int lacking)
{
    part->filled += lacking > 0;
    part->empty += lacking == r->columns;
}

// Fills and scales a row. Notes the columns whose values the model cannot take.
static void finish_new_row(const struct rows_work *w, struct rows_part *part, int64_t i, const double *row)
{
    struct new_rows *r = w->r;
    const struct scaling *scaling = w->scaling;
    bool takes_missing = scaling->fill || scaling->ignores_missing;
    int32_t *missing = r->missing + i * NEW_ROWS_MISSING;
    int n = 0, lacking = 0;

    for (int c = 0; c < r->columns; c++) {
        bool is_refused = is_refused_value(scaling, row[c]);
        lacking += isnan(row[c]) && takes_missing;
        if (is_refused && n < NEW_ROWS_MISSING && !is_noted(r, missing, n, c))
            missing[n++] = c;
    }
    r->is_unscored[i] = n > 0;
    if (n == 0)
        count_filled(r, part, lacking);
    while (n < NEW_ROWS_MISSING)
        missing[n++] = -1;
    int group = new_groups_of_row(r, part, i);
    scaling_apply(scaling, scaling->n_groups ? group : -1, w->is_float, row, r->x + i * r->columns);
}

static void read_csv_part(const struct rows_work *w, struct rows_part *part, int64_t first, int64_t last, double *row)
{
    struct new_rows *r = w->r;

    for (int64_t i = first; i < last; i++) {
        row = r->value ? r->value + i * r->columns : row;
        int fields = csv_row_read(r, part, i, row);
        if (fields != r->state->match.n) {
            part->bad_row = i;
            part->bad_fields = fields;
            return;
        }
        finish_new_row(w, part, i, row);
    }
}

static void read_source_part(
    const struct rows_work *w, struct rows_part *part, int64_t first, int64_t last, double *row)
{
    const struct new_rows_state *s = w->r->state;
    enum store_type type = s->source->shape.type;
    size_t bytes = (size_t)w->r->columns * store_type_size(type);

    for (int64_t i = first; i < last; i++) {
        row = w->r->value ? w->r->value + i * w->r->columns : row;
        source_widen(type, (const char *)s->values + (size_t)i * bytes, w->r->columns, row);
        finish_new_row(w, part, i, row);
    }
}

static void read_rows_part(void *context, int64_t number)
{
    const struct rows_work *w = context;
    struct new_rows *r = w->r;
    struct rows_part *part = &r->state->parts[number];
    int64_t first = number * NEW_ROWS_PART;
    int64_t last = first + NEW_ROWS_PART < r->n ? first + NEW_ROWS_PART : r->n;
    double *row = mem_new((size_t)r->columns, sizeof *row);

    ASSERT(first < last && last <= r->most, "[%lld, %lld)", (long long)first, (long long)last);
    *part = (struct rows_part){.bad_row = -1};
    if (r->state->is_csv)
        read_csv_part(w, part, first, last, row);
    else
        read_source_part(w, part, first, last, row);
    free(row);
}

// Fills and scales the rows of a part again. What the part held is counted already.
static void rescale_rows_part(void *context, int64_t number)
{
    const struct rows_work *w = context;
    const struct new_rows *r = w->r;
    int64_t first = number * NEW_ROWS_PART;
    int64_t last = first + NEW_ROWS_PART < r->n ? first + NEW_ROWS_PART : r->n;
    struct rows_part ignored = {0};

    for (int64_t i = first; i < last; i++)
        finish_new_row(w, &ignored, i, r->value + i * r->columns);
}

// --- a piece

bool new_rows_are_floats(const struct new_rows *r)
{
    const struct new_rows_state *s = r->state;
    return !s->is_csv && data_type_fits_float(s->source->shape.type);
}

void new_rows_rescale(struct new_rows *r, const struct scaling *scaling, const struct team *team)
{
    struct rows_work w = {r, scaling, new_rows_are_floats(r)};

    ASSERT(r->value, "the values of %lld rows were not kept", (long long)r->n);
    team_each(team, (r->n + NEW_ROWS_PART - 1) / NEW_ROWS_PART, rescale_rows_part, &w);
}

// Adds up what the parts of the piece found, in their order. Returns -1 and an error for the first row that is refused.
static int join_parts(struct new_rows *r, struct err *e)
{
    for (int64_t i = 0; i * NEW_ROWS_PART < r->n; i++) {
        const struct rows_part *part = &r->state->parts[i];
        if (part->bad_row >= 0)
            return csv_row_refuse(r, part, e);
        if (csv_rows_refuse_unknown(r, part, e) != 0)
            return -1;
        csv_rows_count(r, part);
        new_groups_count(r, part);
    }
    return 0;
}

// Reads the next records or stored rows of the file. Returns their number, or 0 at the end of the file, or -1 and an
// error.
static int64_t read_stored_rows(struct new_rows *r, struct err *e)
{
    struct new_rows_state *s = r->state;

    if (s->is_csv)
        return csv_stream_next(&s->stream, r->most, e);
    int64_t left = s->source->shape.dims[0] - s->row;
    int64_t n = left < r->most ? left : r->most;
    const struct source_rows to = {.x = s->values, .label = s->label, .id = s->ids};
    free_row_ids(r);
    if (n > 0 && source_read(s->source, n, &to, e) != 0)
        return -1;
    if (n == 0 && s->source->format->finish && s->source->format->finish(s->source, e) != 0)
        return -1;
    return n;
}

int64_t new_rows_next(struct new_rows *r, const struct team *team, struct err *e)
{
    struct new_rows_state *s = r->state;
    int64_t n;

    while ((n = s->is_open ? read_stored_rows(r, e) : 0) == 0) {
        if (s->next_file == r->request->n) {
            csv_rows_warn(r);
            new_groups_warn(r);
            return 0;
        }
        if (open_next_file(r, e) != 0)
            return -1;
    }
    if (n < 0)
        return -1;

    struct rows_work w = {r, r->request->fit->scaling, new_rows_are_floats(r)};
    r->first = s->row;
    r->n = n;
    s->row += n;
    if (r->id)
        memset(r->id, 0, (size_t)n * sizeof *r->id);
    if (r->time)
        memset(r->time, 0, (size_t)n * sizeof *r->time);
    if (r->group)
        memset(r->group, 0, (size_t)n * sizeof *r->group);
    if (r->unknown)
        memset(r->unknown, 0, (size_t)n * sizeof *r->unknown);
    for (int64_t i = 0; s->ids && i < n; i++)
        r->id[i] = (struct row_text){s->ids[i], strlen(s->ids[i])};
    team_each(team, (n + NEW_ROWS_PART - 1) / NEW_ROWS_PART, read_rows_part, &w);
    return join_parts(r, e) == 0 ? n : -1;
}
