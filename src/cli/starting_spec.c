// Looks at the values, labels and coordinates of a split, and writes the sections of an experiment one by one.
#include "cli/starting_spec.h"

#include "base/log.h"
#include "base/mem.h"
#include "cli/interleaved.h"
#include "data/columns.h"
#include "data/coordinates.h"
#include "data/data_config.h"
#include "data/dataset.h"
#include "data/gather.h"
#include "data/window.h"
#include "store/schema.h"
#include "store/store.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FEW_ROWS = 300 };    // with fewer rows, none is kept for validation
enum { SHORT_PART = 16 };   // validation needs this many time steps of the longest part
enum { GAP_STEPS = 5 };     // a step longer than this many usual steps is a gap
enum { PIECE_ROWS = 1000 }; // rows that are read at a time
enum { BATCHES_PER_EPOCH = 50 };

// The facts about the data on which the proposal depends.
struct facts {
    const char *source;
    const struct dataset *d;
    int64_t missing;       // number of missing values
    char *test;            // owned: the split `test` of the same file; NULL: there is none
    char *labels;          // owned: how often each label occurs; NULL: there are no labels
    char *common;          // owned: the most frequent label, as YAML writes it
    int64_t n_common;      // number of rows with that label
    double least, largest; // smallest and largest value that is not missing
    bool is_image, is_series;
    bool has_validation;
    int64_t window;              // time steps of a window; 0: auto
    bool has_pixels;             // samples are images of bytes
    double usual_step;           // seconds, the median of the steps between rows; 0: not known
    const struct column *series; // whose values divide the rows into series that alternate; NULL: none
};

static void facts_free(struct facts *f)
{
    free(f->test);
    free(f->labels);
    free(f->common);
}

// --- facts

// Counts the missing values and finds the range of the other values.
static void learn_values(struct facts *f)
{
    const struct dataset *d = f->d;
    real *x = mem_new((size_t)PIECE_ROWS * (size_t)d->columns, sizeof *x);

    f->least = INFINITY;
    f->largest = -INFINITY;
    for (int64_t first = 0; first < d->rows; first += PIECE_ROWS) {
        int n = dataset_gather_piece(d, first, PIECE_ROWS, x);
        for (int64_t i = 0; i < (int64_t)n * d->columns; i++) {
            f->missing += isnan(x[i]) != 0;
            f->least = fmin(f->least, x[i]); // fmin ignores NaN
            f->largest = fmax(f->largest, x[i]);
        }
    }

    free(x);
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

// Returns the most frequent label, and sets *rows to the number of its rows.
static int64_t most_frequent_label(const struct dataset *d, int64_t *rows)
{
    int64_t *sorted = mem_new((size_t)d->rows, sizeof *sorted), found = d->label[0], run = 0;

    memcpy(sorted, d->label, (size_t)d->rows * sizeof *sorted);
    qsort(sorted, (size_t)d->rows, sizeof *sorted, by_value);
    *rows = 0;
    for (int64_t i = 0; i < d->rows; i++) {
        run = i > 0 && sorted[i] == sorted[i - 1] ? run + 1 : 1;
        if (run > *rows) {
            *rows = run;
            found = sorted[i];
        }
    }

    free(sorted);
    return found;
}

static void learn_labels(struct facts *f)
{
    const struct dataset *d = f->d;
    struct text counts = {0}, name = {0};
    if (!d->label || d->rows == 0)
        return;

    int64_t label = most_frequent_label(d, &f->n_common);
    if (d->n_label_names > 0)
        text_add_json(&name, d->label_names[label]);
    else
        text_add(&name, "%lld", (long long)label);
    dataset_count_labels(d, &counts);
    f->common = name.data;
    f->labels = text_visible(counts.data);
    text_free(&counts);
}

// Returns true if the time from a row to the next is about the same for nine of ten rows, as in data of a sensor, but
// not in a log of events. The others may be gaps, or clocks that go back at the end of summer time.
static bool is_regular(const struct dataset *d, double usual_step)
{
    const struct coordinates *c = &d->coordinates;
    int64_t steps = 0, usual = 0;

    for (int64_t i = 1; i < d->rows; i++) {
        double step = 1e-6 * (double)(c->time[i] - c->time[i - 1]);
        if (c->group && c->group[i] != c->group[i - 1])
            continue;
        steps++;
        usual += 3 * step >= usual_step && step <= 3 * usual_step;
    }
    return steps > 0 && 10 * usual >= 9 * steps;
}

// Returns the median of the time from a row to the next one, in seconds.
static double median_step(const struct dataset *d)
{
    const int64_t *time = d->coordinates.time;
    int64_t *steps = mem_new((size_t)d->rows, sizeof *steps);

    ASSERT(d->rows > 1, "%lld rows", (long long)d->rows);
    for (int64_t i = 1; i < d->rows; i++)
        steps[i - 1] = time[i] - time[i - 1];
    qsort(steps, (size_t)d->rows - 1, sizeof *steps, by_value);
    double median = 1e-6 * (double)steps[(d->rows - 1) / 2];
    free(steps);

    return median;
}

// Returns the number of rows of the longest part of a series without gaps.
static int64_t longest_part(const struct dataset *d, double max_gap)
{
    const struct coordinates *c = &d->coordinates;
    int64_t longest = 0, part = 0;

    for (int64_t i = 0; i < d->rows; i++) {
        bool is_same_group = i > 0 && (!c->group || c->group[i] == c->group[i - 1]);
        double step = i > 0 ? 1e-6 * (double)(c->time[i] - c->time[i - 1]) : 0;
        part = is_same_group && step >= 0 && step <= max_gap ? part + 1 : 1;
        longest = part > longest ? part : longest;
    }
    return longest;
}

// Chooses a length of windows so that the parts for training, test and validation all have windows. The last time steps
// of every part are for the test set; before these, the last ones are for validation.
static void choose_window(struct facts *f)
{
    int64_t longest = longest_part(f->d, GAP_STEPS * f->usual_step);
    int64_t of_training = f->labels && !f->test ? longest * 7 / 10 : longest;
    int64_t of_validation = of_training / 10;

    f->has_validation = f->has_validation && of_validation >= SHORT_PART;
    if (f->has_validation && of_validation >= WINDOW_LAG_MOST)
        f->window = 0;
    else if (f->has_validation)
        f->window = of_validation / 2;
    else
        f->window = of_training / 10 > WINDOW_LAG_LEAST ? of_training / 10 : WINDOW_LAG_LEAST;
}

// Returns true if the values of a split are stored as bytes.
static bool has_bytes(struct store_file *f, const char *split, struct err *e)
{
    struct store_shape shape = {0};
    char *path = mem_format("%s/" DATASET_X, split);
    bool is_known = store_get_shape(f, path, &shape, e) == 0;

    free(path);
    return is_known && shape.type == STORE_U8;
}

static bool has_split(struct store_file *f, const char *split, struct err *e)
{
    char **splits = NULL;
    int n = 0;
    bool is_there = false;

    if (store_list(f, "", &splits, &n, e) != 0)
        return false;
    for (int i = 0; i < n; i++) {
        is_there = is_there || strcmp(splits[i], split) == 0;
        free(splits[i]);
    }
    free(splits);
    return is_there;
}

// Learns what the file says besides its rows. The test set for FILE.h5:train is FILE.h5:test, if the file has it.
static void learn_file(struct facts *f, struct err *e)
{
    const char *split = strrchr(f->source, ':') + 1;
    char *name = mem_format("%.*s", (int)(split - 1 - f->source), f->source);
    struct store_file *file = store_open(name, FORMAT_DATASET, STORE_CHECK, e);

    if (file) {
        f->has_pixels = f->is_image && has_bytes(file, split, e);
        if (strcmp(split, "train") == 0 && has_split(file, "test", e))
            f->test = mem_format("%s:test", name);
    }
    store_close(&file);
    free(name);
}

static int learn_facts(const char *source, const struct data_sets *sets, struct facts *f, struct err *e)
{
    const struct dataset *d = &sets->train;
    *f = (struct facts){.source = source, .d = d, .is_image = d->shape_rank > 1};
    f->usual_step = d->coordinates.time && d->rows > 1 ? median_step(d) : 0;
    f->series = interleaved_by(d, sets->table_columns);
    f->is_series = !f->series && f->usual_step > 0 && is_regular(d, f->usual_step);
    learn_values(f);
    learn_labels(f);
    learn_file(f, e);
    f->has_validation = d->rows >= FEW_ROWS;
    if (f->is_series)
        choose_window(f);
    return e->count ? -1 : 0;
}

// --- sections

// Appends a string as a value of YAML, in quotes if it needs them.
static void add_value(struct text *t, const char *value)
{
    bool is_plain = isalpha((unsigned char)*value) || *value == '/' || *value == '.';

    for (const char *c = value; *c; c++)
        is_plain = is_plain && (isalnum((unsigned char)*c) || strchr("_-./:", *c));
    if (is_plain)
        text_add(t, "%s", value);
    else
        text_add_json(t, value);
}

static void propose_source(struct text *t, const struct facts *f)
{
    text_add(t, "data:\n  train: ");
    add_value(t, f->source);
    text_add(t, "\n");
}

static void propose_labels(struct text *t, const struct facts *f)
{
    const char *name = f->d->sources[0].label_name;
    char *visible = text_visible(name);

    text_add(t, "  # Labels (%s): %s.\n", visible, f->labels);
    text_add(t,
        "  # An ASSUMPTION: the most frequent label is what is normal. Only such rows are trained on; all others are\n"
        "  # anomalies of the test set. List every normal label here.\n");
    text_add(t, "  normal: [%s]\n", f->common);
    free(visible);
}

static void propose_sets(struct text *t, const struct facts *f)
{
    if (f->test) {
        text_add(t, "  test: ");
        add_value(t, f->test);
        text_add(t, "\n");
    } else if (f->labels) {
        text_add(t, "  split: {test: 0.3, seed: 1}    # 30 %% of the rows are kept for the test set\n");
    } else {
        text_add(t, "  test: ");
        add_value(t, f->source);
        text_add(t, "    # without labels, every row is trained on and scored\n");
    }
    if (f->has_validation)
        text_add(t, "  validation: 0.1                # of the training rows: they decide when training ends\n");
}

static void propose_scaling(struct text *t, const struct facts *f)
{
    if (f->missing > 0)
        text_add(t,
            "  fill: median                   # of its column, for each of %lld missing values; or missing: ignore\n",
            (long long)f->missing);
    if (f->has_pixels)
        text_add(t, "  scale: unit                    # bytes become values from 0 to 1\n");
    else if (f->is_image && f->least >= -1 && f->largest <= 1)
        text_add(t, "  scale: none                    # the values are from -1 to 1\n");
    else if (f->is_image)
        text_add(t, "  scale: min_max                 # to values from 0 to 1\n");
    else
        text_add(t, "  scale: standard                # mean 0, deviation 1; or robust, min_max, unit, none\n");
}

// Appends the section for windows, if each row is a time step.
static void propose_windows(struct text *t, const struct facts *f)
{
    char number[32];

    text_add(t,
        "  # The rows have times at regular intervals, so a sample is a window over some time steps. Remove this for rows that\n"
        "  # have nothing to do with the rows before them.\n"
        "  window: {");
    if (f->window > 0)
        text_add(t, "length: %lld", (long long)f->window);
    else
        text_add(t, "length: auto");
    text_add(t, ", step: 1");
    text_add(t, ", max_gap: %ss}    # no window crosses a longer gap in time\n",
        text_number(number, GAP_STEPS * f->usual_step));
}

// Says that the rows of several series alternate, and how they become windows. Groups need sorted rows, and only the
// user can sort the file.
static void propose_groups(struct text *t, const struct facts *f)
{
    char *name = text_visible(f->series->name);

    text_add(t,
        "  # The rows of %d series alternate: one for each value of the column '%s', which became features. For windows\n"
        "  # over each series, sort the rows by this column and import them with --group.\n",
        f->series->n_categories, name);
    log_warning("the rows of %d series alternate, one for each value of column '%s', and become single rows; hint: "
                "for windows over each series, sort the rows by '%s' and add --group %s",
        f->series->n_categories, name, name, name);
    free(name);
}

// Says how the rows of several groups become windows. Warns if the groups alternate from row to row.
static void propose_sorted_groups(struct text *t, const struct facts *f)
{
    const struct coordinates *c = &f->d->coordinates;

    text_add(t, "  # For windows over the series of each group, sort the rows by group before the import.\n");
    if (!interleaved_groups(f->d))
        return;
    char *name = text_visible(c->group_name);
    log_warning("the rows of %d series alternate, one for each group ('%s'), and become single rows; hint: for windows "
                "over each series, sort the rows by '%s'",
        c->n_group_names, name, name);
    free(name);
}

static void propose_model(struct text *t, const struct facts *f)
{
    text_add(t,
        "# The layers before the code, in units; the decoder mirrors them. `features` is the number of values of a\n"
        "# sample, so that this model fits other tables, too.\n");
    if (f->is_image)
        text_add(t, "model: {hidden: [256, 64], code: 16, activation: relu}\n");
    else if (f->is_series)
        text_add(t, "model: {hidden: [128, 32], code: 8, activation: relu}\n");
    else
        text_add(
            t, "model: {hidden: [\"${max(features * 2, 16)}\"], code: \"${(features + 1) // 2}\", activation: tanh}\n");
    if (!f->is_image && !f->is_series && f->d->columns == 1)
        log_warning("the rows have one feature, so the code is as large as a row, and the model can learn to copy all "
                    "rows; hint: import more columns, or time steps with --time, which become windows");
}

static void propose_training(struct text *t, const struct facts *f)
{
    int64_t batch = 32;
    while (batch < 256 && f->d->rows / batch > BATCHES_PER_EPOCH)
        batch *= 2;

    text_add(t, "train:\n");
    if (f->has_pixels)
        text_add(t, "  loss: binary_crossentropy      # for values from 0 to 1\n");
    text_add(t, "  optimizer: adam\n  learning_rate: 1e-3\n");
    text_add(t, "  batch_size: %lld\n", (long long)batch);
    text_add(t, "  epochs: %d\n", f->is_image ? 20 : 100);
    if (f->has_validation)
        text_add(t, "  early_stopping: 10             # ends after 10 epochs without a better validation loss\n");
}

static void propose_scores(struct text *t, const struct facts *f)
{
    text_add(t, "score:\n");
    text_add(t,
        "  threshold: quantile            # a row is called anomalous if its error is above this quantile of the\n"
        "  quantile: 0.99                 # training errors; `hourglass top --threshold` tries others afterwards\n");
    if (f->labels)
        text_add(t, "  baseline: pca                  # what principal components find, for comparison\n");
}

static void propose_sweep(struct text *t)
{
    text_add(t,
        "# Every combination is one trial. Remove the sweep for a single one.\n"
        "sweep:\n"
        "  over:\n"
        "    train.seed: [1, 2, 3]        # how much do the results depend on chance?\n"
        "    # model.code: [2, 4, 8, 16]  # a smaller code misses more, a larger one learns the anomalies, too\n");
}

static void propose_all(struct text *t, const struct facts *f, const char *name)
{
    text_add(t,
        "# A start, made by `hourglass new`. Check it with `hourglass check`, train with `hourglass run`, and change\n"
        "# what you know better. experiments/README.md is the reference of all settings.\n");
    text_add(t, "name: ");
    add_value(t, name);
    text_add(t, "\n");

    propose_source(t, f);
    if (f->labels)
        propose_labels(t, f);
    propose_sets(t, f);
    propose_scaling(t, f);
    if (f->series)
        propose_groups(t, f);
    if (f->is_series)
        propose_windows(t, f);
    else if (f->d->coordinates.time && f->d->coordinates.group && f->d->coordinates.n_group_names > 1)
        propose_sorted_groups(t, f);

    propose_model(t, f);
    propose_training(t, f);
    propose_scores(t, f);
    propose_sweep(t);
}

int starting_spec(const char *source, const char *name, struct text *out, struct err *e)
{
    struct data_source part_source = {0};
    struct data_sets sets = {0};
    struct facts f;

    if (data_source_parse(source, NULL, &part_source, e) < 0)
        return -1;
    struct data_config cfg = {.missing = MISSING_IGNORE,
        .scale.rule = {.low = -INFINITY, .high = INFINITY},
        .train = {(char *)(size_t) "train", &part_source, 1}};
    int failed = data_load(&cfg, NULL, &sets, e);
    if (!failed)
        failed = learn_facts(source, &sets, &f, e);
    if (!failed)
        propose_all(out, &f, name);
    if (!failed)
        facts_free(&f);
    data_sets_free(&sets);
    data_source_free(&part_source);

    return failed ? -1 : 0;
}
