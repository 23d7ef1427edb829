// Fits shifts and factors of the columns. Rows are taken in order and sums are doubles, so the bits of the results
// depend only on the data. The standard deviation is that of the population (divided by n), as in scikit-learn's
// StandardScaler. Quartiles are exact and interpolated, as in scikit-learn's RobustScaler.
#include "data/data_fit_scale.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/columns.h"
#include "data/coordinates.h"
#include "data/data_check.h"
#include "data/data_select.h"
#include "data/data_table.h"
#include "data/picture_scaling.h"
#include "data/quantile_select.h"
#include "data/scale_config.h"
#include "data/select_coordinates.h"
#include "spec/spec.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// --- the rule of each column

static int refuse_scale_column(const struct scale_column *column, const struct data_table *t, struct err *e)
{
    if (!t->features)
        return data_error(column->at, e,
            "found '%s', allowed: the numbers of columns, 0 to %d, because they have no names", column->name,
            t->columns - 1);

    const char **names = mem_new((size_t)(t->columns + t->table_columns.n), sizeof *names);
    int n = 0;
    for (int c = 0; c < t->columns; c++)
        names[n++] = t->features[c];
    for (int c = 0; c < t->table_columns.n; c++)
        names[n++] = t->table_columns.v[c].name;

    char hint[DID_YOU_MEAN_ROOM];
    text_did_you_mean(hint, column->name, names, n);
    data_error(column->at, e, "no column '%s' in %s%s", column->name, t->name,
        *hint ? hint : "; hint: hourglass info lists the columns");
    free(names);
    return -1;
}

// Sets the rule of each column that column->name means: one feature, all features of a column of the imported table,
// or, in data without names, the column with this number.
static int set_rules_of_name(
    const struct scale_column *column, const struct data_table *t, const struct scale_rule **rule, struct err *e)
{
    int64_t number;
    int of_table = columns_find(&t->table_columns, column->name);

    for (int c = 0; t->features && c < t->columns; c++) {
        if (strcmp(t->features[c], column->name) == 0) {
            rule[c] = &column->rule;
            return 0;
        }
    }

    if (of_table >= 0) {
        const struct column *v = &t->table_columns.v[of_table];
        ASSERT(v->first >= 0 && v->first + v->n <= t->columns, "%d + %d of %d", v->first, v->n, t->columns);
        for (int c = v->first; c < v->first + v->n; c++)
            rule[c] = &column->rule;
        return 0;
    }

    if (t->features || text_to_int64(column->name, &number) != 0 || number < 0 || number >= t->columns)
        return refuse_scale_column(column, t, e);
    rule[number] = &column->rule;
    return 0;
}

// Returns the rule of each column, in new memory (columns), or NULL and an error for each name that no column has. A
// rule that names a feature overrides one that names its column of the table.
static const struct scale_rule **rules_of_columns(
    const struct scale_config *cfg, const struct data_table *t, struct err *e)
{
    const struct scale_rule **rule = mem_new((size_t)t->columns, sizeof *rule);
    int errors = e->count;

    for (int c = 0; c < t->columns; c++)
        rule[c] = &cfg->rule;
    for (int i = 0; i < cfg->n; i++)
        if (columns_find(&t->table_columns, cfg->column[i].name) >= 0)
            set_rules_of_name(&cfg->column[i], t, rule, e);
    for (int i = 0; i < cfg->n; i++)
        if (columns_find(&t->table_columns, cfg->column[i].name) < 0)
            set_rules_of_name(&cfg->column[i], t, rule, e);

    if (e->count > errors) {
        free(rule);
        return NULL;
    }
    return rule;
}

// --- statistics

// Statistics of the columns. They are computed from filled values, or from the logarithms of these.
struct scale_fit {
    const struct data_selection *s;
    const struct scale_rule **rule; // (columns), owned
    const double *fill;             // (columns), borrowed; NULL: statistics leave out missing values
    int columns;
    double *mean, *deviation, *min, *max; // (columns), in `block`
    double *first, *median, *third;       // (columns), in `block`: quartiles of the columns that need them
    double *block;                        // owned
};

static double seen_value(const struct scale_fit *f, int c, double v)
{
    if (f->fill && isnan(v))
        v = f->fill[c];
    return f->rule[c]->takes_log ? scaling_log(v) : v;
}

static void read_seen_row(const struct scale_fit *f, int64_t i, double *row)
{
    data_table_row(f->s->tables[f->s->source[i]], f->s->index[i], row);
    for (int c = 0; c < f->columns; c++)
        row[c] = seen_value(f, c, row[c]);
}

static void measure_columns(struct scale_fit *f)
{
    double *row = mem_new(2 * (size_t)f->columns, sizeof *row), *n = row + f->columns;

    for (int64_t i = 0; i < f->s->rows; i++) {
        read_seen_row(f, i, row);
        for (int c = 0; c < f->columns; c++) {
            if (isnan(row[c]))
                continue;
            f->mean[c] += row[c];
            f->min[c] = n[c] == 0 || row[c] < f->min[c] ? row[c] : f->min[c];
            f->max[c] = n[c] == 0 || row[c] > f->max[c] ? row[c] : f->max[c];
            n[c]++;
        }
    }

    for (int c = 0; c < f->columns; c++)
        f->mean[c] /= n[c] > 0 ? n[c] : 1;
    for (int64_t i = 0; i < f->s->rows; i++) {
        read_seen_row(f, i, row);
        for (int c = 0; c < f->columns; c++)
            f->deviation[c] += isnan(row[c]) ? 0 : (row[c] - f->mean[c]) * (row[c] - f->mean[c]);
    }

    for (int c = 0; c < f->columns; c++)
        f->deviation[c] = sqrt(f->deviation[c] / (n[c] > 0 ? n[c] : 1));
    free(row);
}

// --- quartiles

static void set_quartiles(struct scale_fit *f, int c, double *v, int64_t n)
{
    int64_t from = 0;
    if (n == 0)
        return;
    f->first[c] = quantile_select(v, n, 0.25, &from);
    f->median[c] = quantile_select(v, n, 0.5, &from);
    f->third[c] = quantile_select(v, n, 0.75, &from);
}

// Computes the quartiles of those columns in [from, from + n) that need them. v (n, rows) is working space.
static void measure_block(struct scale_fit *f, int from, int n, double *v)
{
    int64_t rows = f->s->rows, count[64] = {0};

    ASSERT(n <= 64 && from + n <= f->columns, "%d columns", n);
    for (int64_t i = 0; i < rows; i++) {
        const struct data_table *t = f->s->tables[f->s->source[i]];
        for (int k = 0; k < n; k++) {
            double x = seen_value(f, from + k, data_table_value(t, f->s->index[i], from + k));
            v[k * rows + count[k]] = x;
            count[k] += !isnan(x);
        }
    }
    for (int k = 0; k < n; k++)
        if (f->rule[from + k]->method == SCALE_ROBUST)
            set_quartiles(f, from + k, v + k * rows, count[k]);
}

// --- quartiles of bytes, by counting

static bool are_bytes(const struct scale_fit *f)
{
    bool are = true;
    for (int i = 0; i < f->s->part->n; i++)
        are = are && f->s->tables[i]->type == STORE_U8;
    return are;
}

// Returns value k (from 0) in the sorted order of bytes, given how often each byte occurs: count (256).
static int counted_byte(const int64_t *count, int64_t k)
{
    int byte = 0;
    while (k >= count[byte]) {
        k -= count[byte++];
        ASSERT(byte < 256, "%lld more", (long long)k);
    }
    return byte;
}

static double counted_quantile(const struct scale_fit *f, int c, const int64_t *count, double share)
{
    struct quantile_place at = quantile_find_place(f->s->rows, share);
    double below = seen_value(f, c, counted_byte(count, at.k));
    double above = at.rest > 0 ? seen_value(f, c, counted_byte(count, at.k + 1)) : below;
    return quantile_between(below, above, at.rest);
}

static void measure_bytes(struct scale_fit *f)
{
    int64_t *count = mem_new(256 * (size_t)f->columns, sizeof *count);

    for (int64_t i = 0; i < f->s->rows; i++) {
        const struct data_table *t = f->s->tables[f->s->source[i]];
        const uint8_t *x = (const uint8_t *)t->values + f->s->index[i] * f->columns;
        for (int c = 0; c < f->columns; c++)
            count[256 * c + x[c]]++;
    }

    for (int c = 0; c < f->columns; c++) {
        f->first[c] = counted_quantile(f, c, count + 256 * c, 0.25);
        f->median[c] = counted_quantile(f, c, count + 256 * c, 0.5);
        f->third[c] = counted_quantile(f, c, count + 256 * c, 0.75);
    }
    free(count);
}

// Computes the quartiles of the columns that need them. Bytes are counted. Of other types, several columns are read
// together, because their values are neighbours in memory.
static int measure_quartiles(struct scale_fit *f, struct err *e)
{
    enum { BLOCK_VALUES = 1 << 23, MOST = 64 };
    int64_t block = BLOCK_VALUES / f->s->rows;
    block = block < 1 ? 1 : block;
    block = block > MOST ? MOST : block;
    block = block > f->columns ? f->columns : block;

    bool is_wanted = false;
    for (int c = 0; c < f->columns; c++)
        is_wanted = is_wanted || f->rule[c]->method == SCALE_ROBUST;
    if (is_wanted && are_bytes(f))
        measure_bytes(f);
    if (!is_wanted || are_bytes(f))
        return 0;

    double *v = mem_array((size_t)(block * f->s->rows), sizeof *v, "data.scale", e);
    if (!v)
        return -1;
    for (int from = 0; from < f->columns; from += (int)block)
        measure_block(f, from, f->columns - from < block ? f->columns - from : (int)block, v);
    free(v);
    return 0;
}

// --- shifts and factors

// Refuses a range of values that a double cannot represent, because all values of the column would become equal.
static int refuse_spread(const struct data_config *cfg, const struct scale_fit *f, int c, struct err *e)
{
    char column[96];
    return data_error(cfg->scale.at, e,
        "%s of %s has values from %g to %g, whose spread double precision cannot hold; hint: does a value stand for "
        "a missing one? import --missing; otherwise import with another unit",
        data_column_name(column, f->s->tables[0], c), f->s->part->name, f->min[c], f->max[c]);
}

// Returns the range that robust scaling maps to 1: the interquartile range / 1.349, which for a normal distribution is
// the standard deviation. If most values of a column are equal, the interquartile range is 0 or tiny, and dividing by
// it would make the other values huge. Then the standard deviation is returned, unless it is infinite.
static double robust_range(const struct scale_fit *f, int c)
{
    // measured: results become worse on pixels with a smaller limit, and on 16 tables with a larger one
    const double tiny = 0.1;
    double range = (f->third[c] - f->first[c]) / 1.349;
    bool is_usual = range > 0 && !(range < tiny * f->deviation[c]);
    return is_usual || (range > 0 && isinf(f->deviation[c])) ? range : f->deviation[c];
}

static int fit_column(
    const struct data_config *cfg, const struct scale_fit *f, int c, struct scaling *out, struct err *e)
{
    int method = f->rule[c]->method;
    bool is_constant = f->min[c] == f->max[c];
    double shift = f->min[c], range = f->max[c] - f->min[c];

    if (method == SCALE_STANDARD) {
        shift = f->mean[c];
        range = f->deviation[c];
    } else if (method == SCALE_ROBUST) {
        shift = f->median[c];
        range = robust_range(f, c);
    } else if (method == SCALE_NONE) {
        shift = 0;
        range = 1;
    }

    bool is_kept = is_constant && method != SCALE_NONE;
    out->shift[c] = is_kept ? f->min[c] : shift; // the mean of equal values may differ from them by rounding
    out->factor[c] = is_kept ? 1 : 1 / range;
    if (!is_kept && !(isfinite(shift) && isnormal(range) && isnormal(1 / range)))
        return refuse_spread(cfg, f, c, e);
    return 0;
}

// Copies logarithms and limits from the rules; shifts and factors are set elsewhere.
static void copy_rules(const struct scale_fit *f, struct scaling *out)
{
    bool has_log = false, has_limits = false;
    size_t n = (size_t)f->columns;

    for (int c = 0; c < f->columns; c++) {
        has_log = has_log || f->rule[c]->takes_log;
        has_limits = has_limits || !isinf(f->rule[c]->low);
    }
    out->takes_log = has_log ? mem_new(n, sizeof *out->takes_log) : NULL;
    out->low = has_limits ? mem_new(n, sizeof *out->low) : NULL;
    out->high = has_limits ? mem_new(n, sizeof *out->high) : NULL;

    for (int c = 0; c < f->columns; c++) {
        if (has_log)
            out->takes_log[c] = f->rule[c]->takes_log;
        if (has_limits) {
            out->low[c] = f->rule[c]->low;
            out->high[c] = f->rule[c]->high;
        }
    }
}

static int fit_unit(const struct data_config *cfg, const struct data_selection *s, struct scaling *out, struct err *e)
{
    ASSERT(out->factor, "unit without a factor");
    if (data_check_bytes(cfg->scale.at, s, e) != 0)
        return -1;
    if (cfg->scale.rule.takes_log)
        out->takes_log = mem_new((size_t)out->columns, sizeof *out->takes_log);
    for (int c = 0; c < out->columns; c++) {
        out->factor[c] = out->takes_log ? 1 / scaling_log(255) : 1.0 / 255;
        if (out->takes_log)
            out->takes_log[c] = 1;
    }
    out->bytes_only = 1;
    return 0;
}

// Sets the steps that see a whole picture. Returns -1 and an error if the samples are no pictures.
static int fit_pictures(const struct data_config *cfg, const struct data_table *t, struct scaling *out, struct err *e)
{
    if (!scale_config_sees_pictures(&cfg->scale))
        return 0;
    if (t->shape_rank < 2 || cfg->window.length || t->shape[0] > SMOOTH_SIDE_MAX || t->shape[1] > SMOOTH_SIDE_MAX)
        return data_error(cfg->scale.at, e,
            "found smooth or normalize for samples that are no pictures, allowed: for samples of (height, width) or "
            "(height, width, channels), with sides of at most %d",
            SMOOTH_SIDE_MAX);
    if (cfg->missing == MISSING_IGNORE)
        return data_error(cfg->scale.at, e,
            "found smooth or normalize with missing: ignore, allowed: missing: refuse; hint: data.fill");

    out->smooth = cfg->scale.smooth;
    out->normalizes = cfg->scale.normalizes;
    out->height = t->shape[0];
    out->width = t->shape[1];
    out->channels = t->shape_rank == 3 ? t->shape[2] : 1;
    return 0;
}

static int fit_columns(const struct data_config *cfg, struct scale_fit *f, struct scaling *out, struct err *e)
{
    size_t n = (size_t)f->columns;
    double **const part[] = {&f->mean, &f->deviation, &f->min, &f->max, &f->first, &f->median, &f->third};
    enum { PARTS = sizeof part / sizeof *part };

    f->block = mem_new(PARTS * n, sizeof *f->block);
    for (size_t i = 0; i < PARTS; i++)
        *part[i] = f->block + i * n;
    measure_columns(f);

    bool is_measured = measure_quartiles(f, e) == 0;
    int rc = is_measured ? 0 : -1;
    for (int c = 0; c < f->columns && is_measured; c++)
        rc |= fit_column(cfg, f, c, out, e);
    copy_rules(f, out);
    free(f->block);
    return rc;
}

// Fits the columns to the rows of one group, and stores the results as the shifts and factors of this group.
static int fit_group(const struct data_config *cfg, const struct data_selection *rows, const struct scale_rule **rule,
    int group, struct scaling *out, struct err *e)
{
    size_t n = (size_t)out->columns;
    struct scaling own = {.columns = out->columns};
    struct scale_fit f = {.s = rows, .rule = rule, .fill = out->fill, .columns = out->columns};

    own.shift = mem_new(n, sizeof *own.shift);
    own.factor = mem_new(n, sizeof *own.factor);
    int rc = fit_columns(cfg, &f, &own, e);
    memcpy(out->group_shift + (size_t)group * n, own.shift, n * sizeof *own.shift);
    memcpy(out->group_factor + (size_t)group * n, own.factor, n * sizeof *own.factor);
    scaling_free(&own);
    return rc;
}

// Selects the rows of a group. The arrays of `part` belong to the caller and have space for all rows.
static void select_group(
    const struct data_selection *s, const struct coordinates *c, int group, struct data_selection *part)
{
    part->rows = 0;
    for (int64_t i = 0; i < s->rows; i++) {
        if (c->group[i] != group)
            continue;
        part->source[part->rows] = s->source[i];
        part->index[part->rows++] = s->index[i];
    }
}

// Appends a group to the scaling, with space for its shifts and factors.
static void add_group(struct scaling *out, const char *name)
{
    size_t n = (size_t)out->n_groups + 1, columns = (size_t)out->columns;
    out->group_name = mem_grow(out->group_name, n, sizeof *out->group_name);
    out->group_shift = mem_grow(out->group_shift, n * columns, sizeof *out->group_shift);
    out->group_factor = mem_grow(out->group_factor, n * columns, sizeof *out->group_factor);
    out->group_name[out->n_groups++] = mem_text(name);
}

static int fit_groups(const struct data_config *cfg, const struct data_selection *s, const struct scale_rule **rule,
    struct scaling *out, struct err *e)
{
    struct coordinates c = {0};
    struct data_selection part = *s;
    int rc = select_groups(s, &c, e);

    part.source = mem_array((size_t)s->rows, sizeof *part.source, "groups", e);
    part.index = mem_array((size_t)s->rows, sizeof *part.index, "groups", e);
    if (rc == 0 && !c.group)
        rc = data_error(cfg->scale.at, e,
            "found by: group, but the rows of %s have no groups; hint: hourglass import --group "
            "COLUMN, or import several files",
            s->part->name);
    for (int g = 0; g < c.n_group_names && rc == 0 && part.source && part.index; g++) {
        select_group(s, &c, g, &part);
        if (part.rows == 0)
            continue;
        add_group(out, c.group_names[g]);
        rc = fit_group(cfg, &part, rule, out->n_groups - 1, out, e);
    }

    bool has_memory = part.source && part.index;
    free(part.source);
    free(part.index);
    coordinates_free(&c, s->rows);
    return has_memory ? rc : -1;
}

int data_fit_scale(const struct data_config *cfg, const struct data_selection *s, struct scaling *out, struct err *e)
{
    if (scale_config_is_none(&cfg->scale) && cfg->scale.n == 0)
        return 0;
    if (fit_pictures(cfg, s->tables[0], out, e) != 0)
        return -1;

    out->shift = mem_new((size_t)out->columns, sizeof *out->shift);
    out->factor = mem_new((size_t)out->columns, sizeof *out->factor);
    if (cfg->scale.rule.method == SCALE_UNIT)
        return fit_unit(cfg, s, out, e);

    ASSERT(out->columns > 0 && s->rows > 0, "%lld rows", (long long)s->rows);
    struct scale_fit f = {
        .s = s, .rule = rules_of_columns(&cfg->scale, s->tables[0], e), .fill = out->fill, .columns = out->columns};
    int rc = f.rule ? fit_columns(cfg, &f, out, e) : -1;
    if (rc == 0 && cfg->scale.by_group)
        rc = fit_groups(cfg, s, f.rule, out, e);
    free(f.rule);
    return rc;
}
