// hourglass import: foreign files become a split of a data-set file.
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "data/import.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OPTIONS = 24, MAX_LISTED_LABELS = 12, HELP = 1000 };

static void print_help(void)
{
    puts("usage: hourglass import SRC [LABELS] --output FILE.h5:SPLIT [OPTION]...\n"
         "\n"
         "Imports data into a split of a data-set file. Other splits of the file stay as they are. SRC is\n"
         "  an IDX file (as MNIST's), a CSV file or a NumPy .npy array, packed with gzip or not;\n"
         "  a NumPy .npz archive;\n"
         "  a dataset of an HDF5 file: FILE.h5:/path/of/dataset.\n"
         "LABELS is another such file with one value a row. Options:\n");
    for (const struct field *f = import_fields; f->key; f++) {
        const char *value = f->type == FIELD_BOOL ? "" : f->type == FIELD_CHOICE ? " CHOICE" : " TEXT";
        char option[40];
        snprintf(option, sizeof option, "%s--%s%s", strcmp(f->key, "output") == 0 ? "-o, " : "    ", f->key, value);
        printf("  %-24s %s", option, f->help);
        for (int i = 0; f->choices && f->choices[i]; i++)
            printf("%s%s", i ? " | " : " (", f->choices[i]);
        puts(f->choices ? ")" : "");
    }
    puts("\n"
         "Integers of 1, 2, 4, 8 bytes and floats of 4 and 8 bytes keep their type; u2 becomes i4, u4 becomes i8. CSV\n"
         "becomes f8, with NaN for missing values. In messages about CSV, file:line:column counts fields as columns.\n"
         "\n"
         "Exit code: 0 done; 2 usage; 3 a file is bad; 74 reading or writing failed.\n"
         "\n"
         "  hourglass import train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz -o experiments/data/mnist.h5:train\n"
         "  hourglass import CTG.csv --label NSP --drop FileName,Date,SegFile -o experiments/data/ctg.h5:all");
}

// The table of fields as getopt_long wants it; an option's value is its place in the table.
static void make_options(struct option options[MAX_OPTIONS])
{
    int n = field_count(import_fields);
    ASSERT(n + 2 <= MAX_OPTIONS, "%d options", n);
    for (int i = 0; i < n; i++)
        options[i] = (struct option){.name = import_fields[i].key,
            .has_arg = import_fields[i].type == FIELD_BOOL ? no_argument : required_argument,
            .val = HELP + 1 + i};
    options[n] = (struct option){.name = "help", .val = HELP};
    options[n + 1] = (struct option){0};
}

static void set_field(const struct field *f, struct import_options *o, const char *text, struct err *e)
{
    char why[256];
    if (field_set(f, o, f->type == FIELD_BOOL ? "true" : text, why) != 0)
        err_add(e, ERR_USAGE, "--%s: %s", f->key, why);
}

// 1 where only help was asked for.
static int parse(int argc, char **argv, struct import_options *o, struct err *e)
{
    struct option options[MAX_OPTIONS];
    make_options(options);
    field_defaults(import_fields, o);
    optind = 0; // starts over: main may have read options of its own
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, ":o:h", options, NULL)) != -1;)
        if (c == HELP || c == 'h')
            return 1;
        else if (c == 'o')
            set_field(field_find(import_fields, "output"), o, optarg, e);
        else if (c > HELP)
            set_field(&import_fields[c - HELP - 1], o, optarg, e);
        else
            err_add(e, ERR_USAGE, "%s: %s; see hourglass import --help", argv[optind - 1],
                c == ':' ? "needs a value" : "no such option");
    o->sources = (const char **)(argv + optind);
    o->n_sources = argc - optind;
    if (o->n_sources == 0)
        err_add(e, ERR_USAGE, "no SRC given; see hourglass import --help");
    if (!o->output)
        err_add(e, ERR_USAGE, "--output: missing, allowed: FILE.h5:SPLIT, such as experiments/data/x.h5:train");
    return e->kind ? -1 : 0;
}

static void add_labels(struct text *t, const struct import_summary *s)
{
    if (!s->label_name)
        return;
    text_add(t, "; %s: ", s->label_name);
    if (s->n_counts > IMPORT_MAX_LABELS)
        text_add(t, "more than %d values", IMPORT_MAX_LABELS);
    else if (s->n_counts > MAX_LISTED_LABELS)
        text_add(t, "%d values", s->n_counts);
    for (int i = 0; i < s->n_counts && s->n_counts <= MAX_LISTED_LABELS; i++) {
        text_add(t, "%s", i ? ", " : "");
        if (s->counts[i].label >= 0 && s->counts[i].label < s->n_label_names)
            text_add(t, "%s", s->label_names[s->counts[i].label]);
        else
            text_add(t, "%lld", (long long)s->counts[i].label);
        text_add(t, " (%lld)", (long long)s->counts[i].count);
    }
}

static void print_summary(const char *output, const struct import_summary *s, double seconds)
{
    static const char *const types[] = {"u1", "i1", "i2", "i4", "i8", "f4", "f8", "text"};
    struct text t = {0};
    char size[16];
    text_add(&t, "%s: %lld rows of ", output, (long long)s->shape.dims[0]);
    for (int d = 1; d < s->shape.rank; d++)
        text_add(&t, "%s%lld", d > 1 ? "x" : "", (long long)s->shape.dims[d]);
    text_add(&t, " %s", types[s->shape.type]);
    add_labels(&t, s);
    text_add(&t, "; %lld missing values; %s", (long long)s->missing, text_bytes(size, (double)s->bytes));
    text_add(&t, ", %.0f MB/s", (double)s->bytes / seconds * 1e-6);
    log_line(LOG_RUN, "%s", t.data);
    text_free(&t);
    for (const char *line = s->warnings.data; line && *line; line = strchr(line, '\n') + 1)
        fprintf(stderr, "hourglass: warning: %.*s\n", (int)(strchr(line, '\n') - line), line);
}

int cmd_import(int argc, char **argv)
{
    struct import_options options = {0};
    struct import_summary summary = {0};
    struct err e = {0};
    double begin = clock_wall();
    int parsed = parse(argc, argv, &options, &e);
    if (parsed == 1)
        print_help();
    else if (parsed == 0 && import_run(&options, &summary, &e) == 0)
        print_summary(options.output, &summary, clock_wall() - begin);
    import_summary_free(&summary);
    field_free(import_fields, &options);
    return err_print(&e);
}
