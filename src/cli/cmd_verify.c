// hourglass verify: compares arrays, attributes and all other bytes of our files with their checksums. A child process
// reads the HDF5 files; this process reads the journals.
#include "base/clock.h"
#include "base/err.h"
#include "base/field.h"
#include "base/input.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/file_list.h"
#include "cli/options.h"
#include "leaderboard/trial_open.h"
#include "store/journal.h"
#include "store/schema.h"
#include "store/store.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct verify_options {
    bool quiet;
};

static const struct field fields[] = {
    FLAG_ROW(verify_options, quiet, "quiet", "print what is damaged, and nothing else"),
    {0},
};

static const struct command command = {
    .name = "verify",
    .usage = "FOLDER|FILE.h5... [OPTION]...",
    .about =
        "Reads every byte of trials, runs, data sets, scores and checkpoints, and compares it with the checksums\n"
        "that were written with it. Of a folder it reads all files .h5 and .hgj below it. A file that another program has\n"
        "opened for writing is reported as changed.\n",
    .footer = "Exit code: 0 all are as they were written; 2 usage; 3 something is damaged or changed.\n"
              "\n"
              "  hourglass verify results/mnist-shoe\n",
    .fields = fields,
    .least = 1,
    .most = -1,
};

struct count {
    const struct file_list *list;
    int at, damaged;                // number of the file; number of damaged files
    int64_t arrays, bytes, without; // totals of all files; `without`: arrays without a checksum
    int64_t trials;                 // number of trials in journals
    double shown;
};

static void show_verified(struct count *c)
{
    char bytes[16];
    if (clock_wall() - c->shown < 0.2)
        return;
    c->shown = clock_wall();
    log_progress("%d of %d files, %s", c->at, c->list->n, text_bytes(bytes, (double)c->bytes));
}

static void count_array(void *context, const char *path, int64_t bytes, bool has_checksum)
{
    (void)path;
    struct count *c = context;
    ASSERT(bytes >= 0, "%lld bytes", (long long)bytes);
    c->arrays++;
    c->bytes += bytes;
    c->without += !has_checksum;
    show_verified(c);
}

// Opens every trial of a journal. Adds an error for every damaged place.
static void verify_journal(struct count *c, const char *path, struct err *e)
{
    struct journal *j = journal_open(path, e);
    struct stat s;

    for (int i = 0; j && i < journal_damages(j); i++)
        err_add(e, ERR_DATA, "%s", journal_damage(j, i));
    for (int i = 0; j && i < journal_trials(j); i++) {
        struct store_file *f = journal_trial(j, i, "", e);
        c->trials += f != NULL;
        store_close(&f);
        show_verified(c);
    }
    if (stat(path, &s) == 0)
        c->bytes += s.st_size;
    journal_free(&j);
}

// Returns the files that HDF5 reads, *n of them in a new array of borrowed strings.
static const char **list_hdf5_files(const struct file_list *l, int *n)
{
    const char **paths = mem_new((size_t)l->n + 1, sizeof *paths);

    *n = 0;
    for (int i = 0; i < l->n; i++)
        if (!path_is_journal(l->paths[i]))
            paths[(*n)++] = l->paths[i];
    return paths;
}

static void verify_files(struct count *c)
{
    int n;
    const char *const *paths = (const char *const *)c->list->paths;
    const char **walked = list_hdf5_files(c->list, &n);
    struct store_each each = {count_array, c};
    struct store_walker *walker = store_walker_new(walked, n, STORE_CHECKSUMS);

    store_walker_report(walker, &each);
    for (; c->at < c->list->n; c->at++) {
        struct err e = {0};
        if (path_is_journal(paths[c->at]))
            verify_journal(c, paths[c->at], &e);
        else
            store_walker_next(walker, &e);
        c->damaged += e.count > 0;
        for (const char *line = e.text; e.count && *line; line += strcspn(line, "\n") + 1)
            log_line(LOG_QUIET, "%.*s", (int)strcspn(line, "\n"), line);
        if (e.hidden)
            log_line(LOG_QUIET, "%s: and %d more", paths[c->at], e.hidden);
        show_verified(c);
    }

    store_walker_free(&walker);
    free(walked);
    log_progress_end();
}

static void print_verified(const struct count *c, double seconds)
{
    char bytes[16], spent[48];

    ASSERT(c->at == c->list->n && c->damaged <= c->at, "%d of %d files", c->at, c->list->n);
    char journals[48] = "";
    if (c->trials)
        snprintf(
            journals, sizeof journals, "%lld trial%s of journals, ", (long long)c->trials, text_plural((int)c->trials));
    log_line(LOG_RUN, "%d file%s, %s%lld arrays, %s in %s: %d damaged", c->list->n, text_plural(c->list->n), journals,
        (long long)c->arrays, text_bytes(bytes, (double)c->bytes), text_seconds(spent, seconds), c->damaged);
    if (c->without)
        log_line(LOG_RUN, "%lld of the arrays have no checksum: not written by this program", (long long)c->without);
}

int cmd_verify(int argc, char **argv)
{
    struct verify_options o = {0};
    struct err e = {0};
    struct file_list list = {0};
    struct count c = {.list = &list};
    struct arguments rest;
    int parsed = options_parse(&command, argc, argv, &o, &rest, &e);

    for (int i = 0; parsed == 0 && i < rest.n; i++)
        file_list_add(&list, rest.v[i], &e);
    if (parsed == 0 && !e.count) {
        double begin = clock_wall();
        log_setup(0, o.quiet ? LOG_QUIET : LOG_RUN);
        verify_files(&c);
        print_verified(&c, clock_wall() - begin);
    }

    file_list_free(&list);
    field_free(fields, &o);
    if (e.count)
        return err_print(&e);

    return c.damaged ? ERR_DATA : 0;
}
