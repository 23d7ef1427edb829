// hourglass info: shows what is in a data set, a trial or a run.
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "leaderboard/trial_open.h"
#include "report/table.h"
#include "store/journal.h"
#include "store/schema.h"
#include "store/store.h"
#include "trial/model_open.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct field fields[] = {{0}};

static const struct command command = {
    .name = "info",
    .usage = "FILE.h5|FILE.hgj|RUN:ID...",
    .about =
        "Lists what is in files that Hourglass wrote, or in any HDF5 file: groups, attributes, and arrays with\n"
        "their type and shape. FILE.hgj is a journal: its trials are listed as those of run.h5. RUN:ID is a trial\n"
        "of a run's folder, run.h5 or journal.\n",
    .footer = "Exit code: 0 done; 3 a file is bad.\n",
    .fields = fields,
    .least = 1,
    .most = -1,
};

// Prints a line about a file, with control characters escaped, because names in the file may hold escape sequences.
static void __attribute__((format(printf, 2, 3))) print_line(int indent, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *visible = text_message(format, args);
    va_end(args);

    printf("%*s%s\n", indent, "", visible);
    free(visible);
}

// Prints the first few lines of an attribute as a list.
static void print_list(const char *name, const char *text, int indent)
{
    enum { SHOWN = 40 };
    struct text list = {0};
    int n = 0;

    for (const char *line = text; line; n++) {
        size_t length = strcspn(line, "\n");

        if (n < SHOWN)
            text_add(&list, "%s%.*s", n ? ", " : "", (int)length, line);
        line = line[length] ? line + length + 1 : NULL;
    }
    if (n > SHOWN)
        text_add(&list, ", ... (%d more)", n - SHOWN);

    print_line(indent, "%s = %s", name, list.data);
    text_free(&list);
}

static void print_attributes(struct store_file *f, const char *object, int indent)
{
    char **names;
    int n;
    struct err ignored = {0};

    store_attributes(f, object, &names, &n, &ignored);
    for (int i = 0; i < n; i++) {
        static const char *const inner[] = {"CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", "_Netcdf4Dimid",
            STORE_CHECKSUM, STORE_ATTRIBUTES_CHECKSUM};
        bool is_inner = false;
        for (size_t k = 0; k < sizeof inner / sizeof *inner; k++)
            is_inner = is_inner || strcmp(names[i], inner[k]) == 0;
        char *text = is_inner ? NULL : store_get_text(f, object, names[i]);
        double real;
        char number[32];
        if (text && strcmp(names[i], DATASET_LABEL_NAMES) == 0)
            print_list(names[i], text, indent);
        else if (text && strchr(text, '\n'))
            print_line(indent, "%s = (%zu characters)", names[i], strlen(text));
        else if (text)
            print_line(indent, "%s = %s", names[i], text);
        else if (!is_inner && store_get_real(f, object, names[i], &real, NULL) == 0)
            print_line(indent, "%s = %s", names[i], text_number(number, real));
        free(text);
        free(names[i]);
    }

    free(names);
}

static void print_array(struct store_file *f, const char *path, const char *name, int indent)
{
    static const char *const types[] = {"u1", "i1", "i2", "i4", "i8", "f4", "f8", "text"};
    struct store_shape shape;
    struct err ignored = {0};

    if (store_get_shape(f, path, &shape, &ignored) != 0)
        return;
    char *long_name = store_get_text(f, path, STORE_LONG_NAME);
    struct text line = {0};
    text_add(&line, "%-18s %-4s (", name, types[shape.type]);
    for (int i = 0; i < shape.rank; i++)
        text_add(&line, "%s%lld", i ? ", " : "", (long long)shape.dims[i]);
    text_add(&line, ")");
    if (long_name)
        text_add(&line, "  %s", long_name);
    print_line(indent, "%s", line.data);

    text_free(&line);
    free(long_name);
}

// Prints the groups below `group` down to a depth. Without a limit, the file of a run would print all of every trial.
static void print_group(struct store_file *f, const char *group, int depth)
{
    char **names;
    int n;
    struct err ignored = {0};

    if (store_list(f, group, &names, &n, &ignored) != 0)
        return;
    for (int i = 0; i < n; i++) {
        struct store_shape shape;
        struct err is_group = {0};
        char *path = mem_format("%s%s%s", group, *group ? "/" : "", names[i]);
        if (store_get_shape(f, path, &shape, &is_group) == 0)
            print_array(f, path, names[i], 2 * depth);
        else {
            print_line(2 * depth, "%s/", names[i]);
            print_attributes(f, path, 2 * depth + 2);
            if (depth < 3)
                print_group(f, path, depth + 1);
        }
        free(path);
        free(names[i]);
    }

    free(names);
}

static void show_file(const char *path, struct err *e)
{
    struct store_file *f = store_open(path, NULL, STORE_CHECK, e);

    if (!f)
        return;
    print_line(0, "%s", path);
    print_attributes(f, "", 2);
    print_group(f, "", 1);
    store_close(&f);
}

// Lists the trials of a journal as those of a run's file. Adds an error for every place that is damaged.
static void show_journal(const char *path, struct err *e)
{
    struct journal *j = journal_open(path, e);
    if (!j)
        return;

    print_line(0, "%s", path);
    print_line(2, RUN_TRIALS "/");
    for (int i = 0; i < journal_trials(j); i++) {
        char *group = mem_format(RUN_TRIALS "/%s", journal_id(j, i));
        struct store_file *f = journal_trial(j, i, group, e);
        if (f) {
            print_line(4, "%s/", journal_id(j, i));
            print_attributes(f, group, 6);
            print_group(f, group, 3);
        }
        store_close(&f);
        free(group);
    }

    for (int i = 0; i < journal_damages(j); i++)
        err_add(e, ERR_DATA, "%s", journal_damage(j, i));
    journal_free(&j);
}

// Shows trial ID of RUN:ID, whether it is a group of the file or a record.
static void show_trial(const char *name, struct err *e)
{
    char *prefix = NULL;
    struct store_file *f = model_walk(name, e) == 0 ? model_open(name, &prefix, e) : NULL;

    if (f) {
        char *group = mem_format("%.*s", (int)strlen(prefix) - 1, prefix);
        print_line(0, "%s", name);
        print_attributes(f, group, 2);
        print_group(f, group, 1);
        free(group);
    }
    store_close(&f);
    free(prefix);
}

static bool means_ensemble(const char *name)
{
    const char *id = model_id(name);
    return id && strcmp(id, MODEL_ENSEMBLE_ID) == 0;
}

// Shows the file that RUN:ensemble means.
static void show_ensemble(const char *name, struct err *e)
{
    char *path = model_file(name);

    show_file(path, e);
    free(path);
}

// Returns true if a name is RUN:ID. FILE:SPLIT is not, because a split is no id; show_file then reports what is
// allowed.
static bool names_trial(const char *name)
{
    const char *id = model_id(name);
    return id && *id && strspn(id, "0123456789abcdef-") == strlen(id);
}

int cmd_info(int argc, char **argv)
{
    struct err e = {0};
    struct arguments rest;
    char nothing;
    int parsed = options_parse(&command, argc, argv, &nothing, &rest, &e);

    for (int i = 0; parsed == 0 && i < rest.n; i++)
        if (names_trial(rest.v[i]))
            show_trial(rest.v[i], &e);
        else if (means_ensemble(rest.v[i]))
            show_ensemble(rest.v[i], &e);
        else if (path_is_journal(rest.v[i]))
            show_journal(rest.v[i], &e);
        else
            show_file(rest.v[i], &e);

    return e.count ? err_print(&e) : 0;
}
