// Decides which source holds the data and which the labels.
#include "import/import_pair.h"

#include "base/err.h"
#include "base/mem.h"
#include "import/csv_files.h"
#include "import/file_set.h"
#include "import/source.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void import_pair_free(struct import_pair *p)
{
    source_free(&p->x);
    source_free(&p->label);
    file_set_free(&p->files);
}

// Returns the name of source i, or of the source that --label names if SRC names fewer. If the name is new memory,
// *owned is set to it.
static const char *pair_source_name(const struct import_options *o, int i, char **owned)
{
    ASSERT(i < o->n_sources || o->label, "source %d", i);
    if (o->n_tables == 0 && i < o->n_sources)
        return o->sources[i];
    // after "FILE.h5:/data", "/labels" names an array of the same file
    const char *inner = strstr(o->sources[0], ":/");
    if (o->label[0] != '/' || !inner || access(o->label, F_OK) == 0)
        return o->label;
    return *owned = mem_format("%.*s:%s", (int)(inner - o->sources[0]), o->sources[0], o->label);
}

// Returns true if `label` can hold the labels of `x`: one value per row. If both sources have one value per row, the
// one with fewer dimensions holds the labels: (N) are labels of (N, 1).
static bool is_label_of(const struct source *label, const struct source *x)
{
    if (source_columns(&label->shape) != 1)
        return false;
    return source_columns(&x->shape) != 1 || label->shape.rank < x->shape.rank;
}

// Returns a hint in new memory if one source is one row shorter and its first line was perhaps wrongly taken as names.
// Otherwise returns NULL.
static char *header_hint(const struct import_pair *p)
{
    int64_t more = p->label->shape.dims[0] - p->x->shape.dims[0];
    const struct source *shorter = more > 0 ? p->x : p->label;
    const struct source *longer = more > 0 ? p->label : p->x;

    if ((more != 1 && more != -1) || !shorter->may_lack_header)
        return NULL;
    if (longer->has_header) // --header no would apply to both files
        return mem_format(
            "; hint: the first line of %s was taken as names: if it is a row, write a line of names above it",
            shorter->path);
    return mem_format("; hint: the first line of %s was taken as names: --header no reads it as a row", shorter->path);
}

// Reports that there are not as many labels as rows. Hints at transposed data if there are as many labels as columns,
// unless a header explains the difference.
static int refuse_rows(const struct import_pair *p, struct err *e)
{
    const struct store_shape *x = &p->x->shape;
    ASSERT(x->rank >= 1 && x->rank <= STORE_MAX_RANK, "rank %d", x->rank);
    int64_t labels = p->label->shape.dims[0];
    bool fits_columns = x->rank > 1 && x->dims[x->rank - 1] == labels && p->x->format->heeds & HEEDS_ARRAY;
    char *hint = header_hint(p);

    if (!hint && fits_columns)
        hint = mem_text("; hint: it has as many columns as there are labels: --transpose");
    err_add(e, ERR_DATA, "%s: found %lld labels, but %s has %lld rows%s", p->label->path, (long long)labels, p->x->path,
        (long long)x->dims[0], hint ? hint : "");
    free(hint);
    return -1;
}

// Exchanges the two sources if the first one holds the labels. Returns -1 and an error if a source has labels of its
// own, if neither can hold the labels of the other, or if there are not as many labels as rows.
static int order_data_and_labels(struct import_pair *p, struct err *e)
{
    ASSERT(p->x && p->label, "%p, %p", (void *)p->x, (void *)p->label);
    if (p->x->has_label || p->label->has_label)
        return err_add(e, ERR_USAGE,
            "%s: has labels of its own, so a second SRC has no place; sources are joined in an "
            "experiment, under data: train:",
            (p->x->has_label ? p->x : p->label)->path);
    if (is_label_of(p->x, p->label)) {
        struct source *swap = p->x;
        p->x = p->label;
        p->label = swap;
    } else if (!is_label_of(p->label, p->x)) {
        return err_add(e, ERR_USAGE,
            "%s and %s: found two sources of the same kind, allowed: data, and labels with one "
            "value per row; sources are joined in an experiment, under data: train:",
            p->x->path, p->label->path);
    }

    return p->x->shape.dims[0] == p->label->shape.dims[0] ? 0 : refuse_rows(p, e);
}

// Refuses options that were given but have no effect on the formats of the sources.
static int check_heeded(const struct import_options *o, unsigned heeds, const char *format, struct err *e)
{
    int before = e->count;

    if (o->x && !(heeds & HEEDS_X))
        err_add(e, ERR_USAGE, "--x: names an array of an .npz archive; found a source of format %s", format);
    if ((o->columns || o->drop || o->header || o->delimiter || o->missing || o->decimal || o->comment || o->skip) &&
        !(heeds & HEEDS_COLUMNS))
        err_add(e, ERR_USAGE,
            "--columns, --drop, --header, --delimiter, --missing, --decimal, --comment, --skip: are for CSV; found a "
            "source of format %s",
            format);
    if ((o->id || o->time || o->group || o->time_features || o->date_order || o->one_hot || o->ordinal ||
            o->missing_category) &&
        !(heeds & HEEDS_COLUMNS))
        err_add(e, ERR_USAGE,
            "--id, --time, --group, --time-features, --date-order, --one-hot, --ordinal, --missing-category: are for "
            "CSV; found a source of format %s",
            format);
    if ((o->size || o->grayscale || o->color || o->skip_bad) && !(heeds & HEEDS_SIZE))
        err_add(e, ERR_USAGE, "--size, --grayscale, --color, --skip-bad: are for pictures; found a source of format %s",
            format);
    if ((o->transpose || o->channels) && !(heeds & HEEDS_ARRAY))
        err_add(e, ERR_USAGE, "--transpose, --channels: are for arrays (NumPy, HDF5, IDX); found a source of format %s",
            format);
    return e->count > before ? -1 : 0;
}

// Opens the second source. This is done even if the first one could not be opened, so that all mistakes are reported.
static int open_second(struct import_pair *p, const struct import_options *o, struct err *e)
{
    char *owned = NULL;
    struct import_options plain = *o;

    plain.label = plain.x = plain.id = plain.time = plain.group = plain.time_features = plain.one_hot = plain.ordinal =
        NULL;
    plain.like_columns = NULL;
    plain.n_tables = 0;
    plain.is_label = p->x && source_columns(&p->x->shape) != 1;
    p->label = source_open(pair_source_name(o, 1, &owned), &plain, e);
    free(owned);
    if (!p->x || !p->label)
        return -1;
    return check_heeded(o, p->x->format->heeds | p->label->format->heeds, p->x->format->name, e) == 0
               ? order_data_and_labels(p, e)
               : -1;
}

// Returns the name of the first source. If SRC are the files of a table, this is the first one that is not empty.
static const char *first_source_name(const struct import_options *o)
{
    for (int i = 0; i < o->n_tables; i++) {
        struct stat s;
        if (stat(o->tables[i], &s) != 0 || !S_ISREG(s.st_mode) || s.st_size > 0)
            return o->tables[i];
    }
    return o->sources[0];
}

// Opens the first source. *label_is_source is set if --label names a file, not a column or array of this source.
static void open_first(struct import_pair *p, const struct import_options *o, bool *label_is_source, struct err *e)
{
    struct err why = {0};
    struct import_options plain = *o;

    plain.label = NULL;
    const char *name = first_source_name(o);
    p->x = source_open(name, o, &why);
    *label_is_source = p->x && o->label && !(p->x->format->heeds & HEEDS_LABEL);
    if (!p->x && o->label && (access(o->label, F_OK) == 0 || strstr(o->label, ":/"))) {
        p->x = source_open(name, &plain, e);
        *label_is_source = true;
    } else {
        err_merge(e, &why);
    }
}

static int open_pair(struct import_pair *p, const struct import_options *o, struct err *e)
{
    bool label_is_source;

    open_first(p, o, &label_is_source, e);
    bool has_second = o->n_sources == 2 && o->n_tables == 0;
    if (has_second && o->label)
        return err_add(e, ERR_USAGE,
            "--label: found together with a second SRC that is no further file of the table of the first, allowed: "
            "CSV files with the same columns, or one SRC and --label");
    if (has_second || label_is_source)
        return open_second(p, o, e);
    if (!p->x || check_heeded(o, p->x->format->heeds, p->x->format->name, e) != 0)
        return -1;
    if (p->x->shape.rank == 1)
        return err_add(e, ERR_USAGE, "%s: found one value per row and no names: labels? Give the data too: DATA %s",
            p->x->path, p->x->path);
    return 0;
}

int import_pair_open(struct import_pair *p, const struct import_options *o, struct err *e)
{
    struct import_options expanded = *o;

    if (file_set_expand(&p->files, o, e) != 0)
        return -1;
    expanded.sources = p->files.v;
    expanded.n_sources = p->files.n;
    if (p->files.n > 2 || (p->files.n == 2 && csv_is_one_table(p->files.v[0], p->files.v[1], o))) {
        expanded.tables = p->files.v;
        expanded.n_tables = p->files.n;
    }
    return open_pair(p, &expanded, e) == 0 ? source_order_channels(p->x, o, e) : -1;
}
