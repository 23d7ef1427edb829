// Stacks the learning curves and the errors of all trials. Reads each trial once, in order, and adds one row to every
// array.
//
// The samples of a test set are those of the best trial that has the test set. Another trial has the same samples if
// its columns index, source, label and is_anomaly have the same checksums. Otherwise its row of errors is NaN.
#include "leaderboard/stacks.h"

#include "base/err.h"
#include "base/mem.h"
#include "store/schema.h"
#include "store/store.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double STACK_BYTES_MAX = 1 << 30;

static const struct store_about curve_about[] = {
    {"mean training loss of each epoch", "1", {CURVES_TRIAL, HISTORY_EPOCH}},
    {"mean loss of the validation data after each epoch", "1", {CURVES_TRIAL, HISTORY_EPOCH}},
    {"learning rate", "1", {CURVES_TRIAL, HISTORY_EPOCH}},
    {"wall time of each epoch", "s", {CURVES_TRIAL, HISTORY_EPOCH}},
};
static const char *const curve_names[] = {
    HISTORY_TRAIN_LOSS, HISTORY_VALIDATION_LOSS, HISTORY_LEARNING_RATE, HISTORY_SECONDS};
enum { CURVES = 4, COLUMNS = 4 };

// The columns that describe the samples of a set. They are stored once for all trials.
static const struct {
    const char *name, *long_name;
    enum store_type type;
} set_columns[COLUMNS] = {
    {SCORES_INDEX, "row in its source", STORE_I64},
    {SCORES_SOURCE, "number of its source, from 0", STORE_I32},
    {SCORES_LABEL, "label", STORE_I64},
    {SCORES_IS_ANOMALY, "1: a true anomaly", STORE_I8},
};

struct set_stack {
    const char *name;    // borrowed
    int64_t samples;     // -1: no trial so far has the set
    char *sums[COLUMNS]; // owned: checksums of the columns; NULL: the set has no such column
    float *error;        // (samples), owned
    struct store_stream *stream;
};

struct stacks {
    struct store_file *f;
    const struct leaderboard_row *rows;
    int n;
    const struct stack_source *source;
    int64_t epochs;
    double *curve; // (epochs), owned
    struct store_stream *curves[CURVES];
    struct set_stack *set; // (n_sets), owned
    int n_sets;
};

// Writes the dimension scale of trials into a group.
static int write_trial_scale(const struct stacks *s, const char *group, struct err *e)
{
    char *path = mem_format("%s/" CURVES_TRIAL, group);
    int rc = store_write_index(s->f, path, s->n, "row of the trial in leaderboard/", e);
    free(path);
    return rc;
}

// Sets *n to the length of a one-dimensional array. Returns false if there is no such array. Asks store_has first,
// because in a file that is open for writing a failed access counts as a failed write.
static bool array_length(struct store_file *trial, const char *path, int64_t *n)
{
    struct store_shape shape;
    struct err unreadable = {0};

    *n = 0;
    if (!store_has(trial, path) || store_get_shape(trial, path, &shape, &unreadable) != 0 || shape.rank != 1)
        return false;
    *n = shape.dims[0];
    return true;
}

// --- curves
static bool has_curve(const struct stacks *s, int curve)
{
    bool has_any = strcmp(curve_names[curve], HISTORY_VALIDATION_LOSS) != 0;
    for (int i = 0; i < s->n && !has_any; i++)
        has_any = !isnan(s->rows[i].validation_loss);
    return has_any;
}

static int begin_curves(struct stacks *s, struct err *e)
{
    for (int i = 0; i < s->n; i++)
        s->epochs = s->rows[i].epochs > s->epochs ? s->rows[i].epochs : s->epochs;
    if (s->epochs == 0 || (double)s->epochs * s->n * sizeof(double) > STACK_BYTES_MAX)
        return 0;

    s->curve = mem_new((size_t)s->epochs, sizeof *s->curve);
    int64_t *epoch = mem_new((size_t)s->epochs, sizeof *epoch);
    const struct store_shape along = {STORE_I64, 1, {s->epochs}}, shape = {STORE_F64, 2, {s->n, s->epochs}};
    for (int64_t i = 0; i < s->epochs; i++)
        epoch[i] = i + 1;

    int rc = write_trial_scale(s, RUN_CURVES, e);
    if (rc == 0)
        rc = store_write(s->f, RUN_CURVES "/" HISTORY_EPOCH, &along, epoch,
            &(struct store_about){"epoch, from 1", "1", {HISTORY_EPOCH}}, e);
    for (int i = 0; i < CURVES && rc == 0; i++) {
        if (!has_curve(s, i))
            continue;
        char *path = mem_format(RUN_CURVES "/%s", curve_names[i]);
        s->curves[i] = store_stream_begin(s->f, path, &shape, &curve_about[i], e);
        rc = s->curves[i] ? 0 : -1;
        free(path);
    }
    free(epoch);
    return rc;
}

// Adds a row to the array of each curve for one trial.
static int add_curves(struct stacks *s, struct store_file *trial, const char *group, struct err *e)
{
    int rc = 0;

    for (int i = 0; i < CURVES && rc == 0; i++) {
        int64_t n;
        if (!s->curves[i])
            continue;
        char *path = mem_format("%s/" TRIAL_HISTORY "/%s", group, curve_names[i]);
        if (!array_length(trial, path, &n) || n > s->epochs)
            n = 0;
        if (n > 0)
            rc = store_read(trial, path, STORE_F64, store_entries(0, n), s->curve, e);
        for (int64_t k = n; k < s->epochs; k++)
            s->curve[k] = NAN;
        if (rc == 0)
            rc = store_stream_write(s->curves[i], 1, s->curve, e);
        free(path);
    }
    return rc;
}

// --- errors
static void find_sets(struct stacks *s)
{
    for (int i = 0; i < s->n; i++)
        for (int k = 0; k < s->rows[i].n_sets; k++) {
            const char *name = s->rows[i].set[k].name;
            bool is_known = false;
            for (int m = 0; m < s->n_sets && !is_known; m++)
                is_known = strcmp(s->set[m].name, name) == 0;
            if (is_known)
                continue;
            s->set = mem_grow(s->set, (size_t)s->n_sets + 1, sizeof *s->set);
            s->set[s->n_sets++] = (struct set_stack){.name = name, .samples = -1};
        }
}

// Returns the path of the errors of a set, in new memory, and sets *samples. Returns NULL if the trial does not have
// them.
static char *find_errors(struct store_file *trial, const char *group, const char *set, int64_t *samples)
{
    char *path = mem_format("%s/" TRIAL_SCORES "/%s/" SCORES_ERROR, group, set);

    if (array_length(trial, path, samples))
        return path;
    free(path);
    return NULL;
}

static char *column_checksum(struct store_file *trial, const char *group, const char *set, int column)
{
    char *path = mem_format("%s/" TRIAL_SCORES "/%s/%s", group, set, set_columns[column].name);
    char *sum = store_has(trial, path) ? store_get_text(trial, path, STORE_CHECKSUM) : NULL;
    free(path);
    return sum;
}

// Copies the columns that describe the samples from the first trial that has the set.
static int write_set_shared(
    struct stacks *s, struct set_stack *set, struct store_file *trial, const char *group, struct err *e)
{
    int rc = 0;

    for (int i = 0; i < COLUMNS && rc == 0; i++) {
        const struct store_shape shape = {set_columns[i].type, 1, {set->samples}};
        const struct store_about about = {set_columns[i].long_name, "1", {SCORES_SAMPLE}};
        set->sums[i] = column_checksum(trial, group, set->name, i);
        if (!set->sums[i])
            continue;
        char *from = mem_format("%s/" TRIAL_SCORES "/%s/%s", group, set->name, set_columns[i].name);
        char *to = mem_format(RUN_ERRORS "/%s/%s", set->name, set_columns[i].name);
        int64_t *values = mem_new((size_t)set->samples + 1, sizeof *values);
        rc = store_read(trial, from, shape.type, store_entries(0, set->samples), values, e);
        if (rc == 0)
            rc = store_write(s->f, to, &shape, values, &about, e);
        free(values);
        free(to);
        free(from);
    }
    return rc;
}

// Begins the array of a set with its first trial. The rows of the `before` earlier trials are NaN. Begins nothing if
// the array would be empty or too large.
static int begin_errors(
    struct stacks *s, struct set_stack *set, struct store_file *trial, const char *group, int before, struct err *e)
{
    const struct store_shape shape = {STORE_F32, 2, {s->n, set->samples}};
    const struct store_about about = {"reconstruction error", "1", {CURVES_TRIAL, SCORES_SAMPLE}};
    if ((double)set->samples * s->n * sizeof(float) > STACK_BYTES_MAX || set->samples == 0)
        return 0;

    char *place = mem_format(RUN_ERRORS "/%s", set->name), *sample = mem_format("%s/" SCORES_SAMPLE, place);
    char *error = mem_format("%s/" SCORES_ERROR, place);
    int rc = write_trial_scale(s, place, e);
    if (rc == 0)
        rc = store_write_index(s->f, sample, set->samples, "row of the test set", e);
    if (rc == 0)
        rc = write_set_shared(s, set, trial, group, e);
    set->stream = rc == 0 ? store_stream_begin(s->f, error, &shape, &about, e) : NULL;
    set->error = mem_new((size_t)set->samples, sizeof *set->error);
    for (int64_t i = 0; i < set->samples; i++)
        set->error[i] = NAN;
    for (int i = 0; i < before && set->stream && rc == 0; i++)
        rc = store_stream_write(set->stream, 1, set->error, e);

    free(error);
    free(sample);
    free(place);
    return set->stream ? rc : -1;
}

static bool has_same_samples(const struct set_stack *set, struct store_file *trial, const char *group)
{
    bool is_same = true;

    for (int i = 0; i < COLUMNS && is_same; i++) {
        char *sum = column_checksum(trial, group, set->name, i);
        is_same = !sum == !set->sums[i] && (!sum || strcmp(sum, set->sums[i]) == 0);
        free(sum);
    }
    return is_same;
}

// Adds a row to the errors of a set for trial i.
static int add_errors(
    struct stacks *s, struct set_stack *set, struct store_file *trial, const char *group, int i, struct err *e)
{
    int64_t samples = 0;
    char *path = find_errors(trial, group, set->name, &samples);
    int rc = 0;

    if (path && set->samples < 0) {
        set->samples = samples;
        rc = begin_errors(s, set, trial, group, i, e);
    }
    if (set->stream && rc == 0) {
        if (path && samples == set->samples && has_same_samples(set, trial, group))
            rc = store_read(trial, path, STORE_F32, store_entries(0, samples), set->error, e);
        else
            for (int64_t k = 0; k < set->samples; k++)
                set->error[k] = NAN;
        if (rc == 0)
            rc = store_stream_write(set->stream, 1, set->error, e);
    }
    free(path);
    return rc;
}

// --- all
static int add_trials(struct stacks *s, struct err *e)
{
    int rc = 0;

    for (int i = 0; i < s->n && rc == 0; i++) {
        bool is_own = false;
        char *group = mem_format(RUN_TRIALS "/%s", s->rows[i].id);
        struct store_file *trial = s->source->open(s->source->context, s->rows[i].id, &is_own, e);
        rc = trial ? add_curves(s, trial, group, e) : -1;
        if (trial)
            s->source->visit(s->source->context, trial, group, i);
        for (int k = 0; k < s->n_sets && rc == 0; k++)
            rc = add_errors(s, &s->set[k], trial, group, i, e);
        if (is_own)
            store_close(&trial);
        free(group);
    }
    return rc;
}

// Ends an array. Returns `rc` if it is not 0; otherwise returns -1 and an error if the array is not complete.
static int end_stack(struct store_stream **stream, int rc, struct err *e)
{
    struct err ignored = {0};
    const int ended = store_stream_end(stream, rc == 0 ? e : &ignored);
    return rc == 0 ? ended : rc;
}

// Ends all arrays and frees them. Returns as end_stack does.
static int end_stacks(struct stacks *s, int rc, struct err *e)
{
    for (int i = 0; i < CURVES; i++)
        rc = end_stack(&s->curves[i], rc, e);
    for (int i = 0; i < s->n_sets; i++) {
        rc = end_stack(&s->set[i].stream, rc, e);
        for (int k = 0; k < COLUMNS; k++)
            free(s->set[i].sums[k]);
        free(s->set[i].error);
    }
    free(s->set);
    free(s->curve);
    return rc;
}

int stacks_write(
    struct store_file *f, const struct leaderboard_row *rows, int n, const struct stack_source *source, struct err *e)
{
    struct stacks s = {.f = f, .rows = rows, .n = n, .source = source};

    ASSERT(n > 0 && source->open, "%d trials", n);
    find_sets(&s);
    int rc = begin_curves(&s, e);
    if (rc == 0)
        rc = add_trials(&s, e);
    return end_stacks(&s, rc, e);
}
