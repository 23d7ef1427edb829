// hourglass import: foreign files become a split of a data-set file.
#include "base/clock.h"
#include "base/err.h"
#include "base/field.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/like.h"
#include "cli/options.h"
#include "data/columns.h"
#include "import/import.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LISTED_LABELS = 12 };

static const struct command command = {
    .name = "import",
    .usage = "SRC [LABELS] --output FILE.h5:SPLIT [OPTION]...",
    .about = "Imports data into a split of a data-set file. Other splits of the file stay as they are.\n"
             "Commands that write one file at the same time wait for each other. SRC is\n"
             "  an IDX file (as MNIST's), a CSV file or a NumPy .npy array, packed with gzip or not;\n"
             "  a NumPy .npz archive;\n"
             "  a PNG or JPEG file, or a folder of such files; folders of them give one label each (PNG with 16 bits\n"
             "  becomes i4);\n"
             "  a dataset of an HDF5 file: FILE.h5:/path/of/dataset.\n"
             "LABELS is another such file with one label per row: an integer or a name.\n",
    .shorts = "o:output",
    .footer = "Integers of 1, 2, 4, 8 bytes and floats of 4 and 8 bytes keep their type; u2 becomes i4, u4 and u8 "
              "become i8, f2 becomes f4.\n"
              "CSV becomes f8, with NaN for missing values. In messages about CSV, file:line:column counts fields as "
              "columns.\n"
              "\n"
              "Exit code: 0 done; 2 usage; 3 a file is bad; 74 reading or writing failed.\n"
              "\n"
              "  hourglass import train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz -o "
              "experiments/data/mnist.h5:train\n"
              "  hourglass import CTG.csv --label NSP --drop FileName,Date,SegFile -o experiments/data/ctg.h5:all\n",
    .fields = import_fields,
    .least = 0, // import_check reports what is missing
    .most = -1,
};

static int parse_sources(int argc, char **argv, struct import_options *o, struct err *e)
{
    struct arguments rest;
    int parsed = options_parse(&command, argc, argv, o, &rest, e);

    if (parsed == 1)
        return 1;
    o->sources = (const char **)rest.v;
    o->n_sources = rest.n;
    if (rest.n == 0)
        err_add(e, ERR_USAGE, "no SRC given; see hourglass import --help");
    if (!o->output)
        err_add(e, ERR_USAGE, "--output: missing, allowed: FILE.h5:SPLIT, such as experiments/data/x.h5:train");

    return e->count ? -1 : 0;
}

static void add_labels(struct text *t, const struct import_summary *s)
{
    if (!s->label_name)
        return;
    text_add(t, "; %s: ", s->label_name);
    if (s->n_counts > IMPORT_MAX_LABELS)
        text_add(t, "more than %d values", IMPORT_MAX_LABELS);
    else if (s->n_counts > MAX_LISTED_LABELS)
        text_add(t, "%d values, ", s->n_counts);

    for (int i = 0; i < s->n_counts && i < MAX_LISTED_LABELS && s->n_counts <= IMPORT_MAX_LABELS; i++) {
        text_add(t, "%s", i ? ", " : "");
        if (s->counts[i].label >= 0 && s->counts[i].label < s->n_label_names)
            text_add(t, "%s", s->label_names[s->counts[i].label]);
        else
            text_add(t, "%lld", (long long)s->counts[i].label);
        text_add(t, " (%lld)", (long long)s->counts[i].count);
    }

    if (s->n_counts > MAX_LISTED_LABELS && s->n_counts <= IMPORT_MAX_LABELS)
        text_add(t, ", ...");
}

// Prints what was made of columns of text.
static void print_columns(const struct import_summary *s)
{
    enum { SHOWN = 30 };
    int n = 0;

    for (const char *line = s->columns.data; line && *line; line = strchr(line, '\n') + 1, n++) {
        char *one = mem_format("%.*s", (int)(strchr(line, '\n') - line), line);
        if (n < SHOWN)
            log_line(LOG_RUN, "  %s", one);
        free(one);
    }
    if (n > SHOWN)
        log_line(LOG_RUN, "  and %d more columns of text", n - SHOWN);
}

static void print_summary(const char *output, const struct import_summary *s, double seconds)
{
    static const char *const types[] = {"u1", "i1", "i2", "i4", "i8", "f4", "f8", "text"};
    struct text t = {0};
    char size[16];

    text_add(&t, "%s: %lld row%s of ", output, (long long)s->shape.dims[0], text_plural(s->shape.dims[0]));
    for (int d = 1; d < s->shape.rank; d++)
        text_add(&t, "%s%lld", d > 1 ? "x" : "", (long long)s->shape.dims[d]);
    text_add(&t, " %s", types[s->shape.type]);
    add_labels(&t, s);
    if (s->note)
        text_add(&t, "; %s", s->note);
    text_add(&t, "; %lld missing value%s; %s", (long long)s->missing, text_plural(s->missing),
        text_bytes(size, (double)s->bytes));
    text_add(&t, ", %.0f MB/s", (double)s->bytes / seconds * 1e-6);
    log_line(LOG_RUN, "%s", t.data);
    text_free(&t);
    print_columns(s);

    for (const char *line = s->warnings.data; line && *line; line = strchr(line, '\n') + 1) {
        char *one = mem_format("%.*s", (int)(strchr(line, '\n') - line), line), *visible = text_visible(one);
        fprintf(stderr, "hourglass: warning: %s\n", visible);
        free(visible);
        free(one);
    }
}

int cmd_import(int argc, char **argv)
{
    struct import_options options = {0};
    struct import_summary summary = {0};
    struct err e = {0};
    struct columns like = {0};
    double begin = clock_wall();

    int failed = parse_sources(argc, argv, &options, &e);
    if (failed == 0 && options.like) {
        failed = like_load(options.like, &like, &e);
        options.like_columns = &like;
    }
    if (failed == 0 && import_run(&options, &summary, &e) == 0)
        print_summary(options.output, &summary, clock_wall() - begin);
    import_summary_free(&summary);
    columns_free(&like);
    field_free(import_fields, &options);
    return err_print(&e);
}
