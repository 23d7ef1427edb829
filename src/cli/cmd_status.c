// hourglass status: shows the progress of the run in a folder.
#include "base/err.h"
#include "base/field.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "report/table.h"
#include "run/status.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct status_options {
    bool json;
};

static const struct field fields[] = {
    FLAG_ROW(status_options, json, "json", "print one JSON object"),
    {0},
};

static const struct command command = {
    .name = "status",
    .usage = "RUN-FOLDER [OPTION]...",
    .about = "Prints how far a run is: which trials are done, running (where, at which epoch), failed (why) and left,\n"
             "and the time left. Works at any moment, from any machine that sees the folder; it asks no process and\n"
             "changes nothing.\n",
    .footer = "  hourglass status results/quickstart\n"
              "  watch hourglass status results/quickstart\n",
    .fields = fields,
    .least = 1,
    .most = 1,
};

static const char *explain_state(const struct run_status *s)
{
    static const char *const words[] = {"no run has begun here", "running",
        "has not ended, but gives no sign of life: it is suspended, or its machine failed",
        "ended without finishing: it was killed, or its machine failed; run the same command again to resume",
        "stopped at a checkpoint; run the same command again to resume",
        "ended by an error; run the same command again to resume", "done"};
    ASSERT((size_t)s->state < sizeof words / sizeof *words, "state %d", (int)s->state);
    return words[s->state];
}

// Prints the line about the run that uses the folder, or that used it last.
static void print_lease(const struct lease_record *l)
{
    printf("%lld rank%s, host %s, process %lld", (long long)l->ranks, text_plural(l->ranks), l->process.host,
        (long long)l->process.pid);
    if (l->job)
        printf(", Slurm job %s", l->job);
    printf(", since %s\n", l->started);
}

static void print_run(const char *folder, const struct run_status *s)
{
    const struct lease_record *l = &s->lease;
    char left[48];

    log_print("%s: %s\n", folder, explain_state(s));
    if (l->process.host)
        print_lease(l);
    printf("\n%6d done\n%6d running\n%6d failed\n%6d left", s->done, s->running, s->failed, s->left);
    if (!isnan(s->seconds_left) && s->running + s->left > 0)
        printf("; all done in about %s", text_seconds(left, s->seconds_left));
    puts("");
    if (s->stale)
        printf("%6d stale: of data that has changed since\n", s->stale);
}

static void print_ranks(const struct run_status *s)
{
    struct table *t = table_new();
    char spent[48];
    int rows = 0;

    table_column(t, s->state == RUN_DIED ? "trial then" : "trial", TABLE_LEFT);
    table_column(t, "epoch", TABLE_RIGHT);
    table_column(t, "of", TABLE_RIGHT);
    table_column(t, "time", TABLE_RIGHT);
    table_column(t, "rank", TABLE_RIGHT);
    table_column(t, "host", TABLE_LEFT);

    for (int i = 0; i < s->ranks; i++) {
        const struct beacon *b = &s->rank[i];
        if (b->leader != b->rank || !*b->trial)
            continue;
        table_row(t);
        table_cell(t, "%s", b->trial);
        table_cell(t, "%.1f", b->epoch);
        table_cell(t, "%lld", (long long)b->epochs);
        table_cell(t, "%s", text_seconds(spent, b->trial_seconds));
        table_cell(t, "%lld", (long long)b->rank);
        table_cell(t, "%s", b->process.host);
        rows++;
    }

    if (rows) {
        puts("");
        table_print(t, 0, stdout);
    }

    table_free(&t);
}

static void print_failures(const struct run_status *s)
{
    ASSERT(!s->failed || s->failure, "%d failures", s->failed);
    if (s->failed)
        puts("\nFailed (hourglass run --retry-failed runs them again):");
    for (int i = 0; i < s->failed; i++)
        log_line(LOG_QUIET, "%s  %s", s->failure[i].id, s->failure[i].reason);
}

static void print_damaged(const struct run_status *s)
{
    if (s->n_damaged)
        puts("\nDamaged (the next run sets trial files aside and trains the trials again):");
    for (int i = 0; i < s->n_damaged; i++)
        log_print("%s\n", s->damaged[i]);
}

// --- JSON
static void add_json_text(struct text *t, const char *key, const char *value)
{
    text_add(t, "\"%s\": ", key);
    text_add_json(t, value);
    text_add(t, ", ");
}

static void add_ranks_json(struct text *t, const struct run_status *s)
{
    text_add(t, "\"running_trials\": [");
    bool is_first = true;

    for (int i = 0; i < s->ranks; i++) {
        const struct beacon *b = &s->rank[i];
        if (b->leader != b->rank || !*b->trial)
            continue;
        text_add(t, "%s{", is_first ? "" : ", ");
        is_first = false;
        add_json_text(t, "trial", b->trial);
        add_json_text(t, "host", b->process.host);
        text_add(t, "\"rank\": %lld, \"process\": %lld, \"epoch\": %.6g, \"epochs\": %lld, \"seconds\": %.1f}",
            (long long)b->rank, (long long)b->process.pid, b->epoch, (long long)b->epochs, b->trial_seconds);
    }

    text_add(t, "], ");
}

static void add_failures(struct text *t, const struct run_status *s)
{
    text_add(t, "\"failed_trials\": [");

    for (int i = 0; i < s->failed; i++) {
        text_add(t, "%s{", i ? ", " : "");
        add_json_text(t, "trial", s->failure[i].id);
        add_json_text(t, "when", s->failure[i].when);
        text_add(t, "\"reason\": ");
        text_add_json(t, s->failure[i].reason);
        text_add(t, "}");
    }

    text_add(t, "], ");
}

static void add_damaged(struct text *t, const struct run_status *s)
{
    text_add(t, "\"damaged\": [");
    for (int i = 0; i < s->n_damaged; i++) {
        text_add(t, "%s", i ? ", " : "");
        text_add_json(t, s->damaged[i]);
    }
    text_add(t, "], ");
}

static void print_status_json(const char *folder, const struct run_status *s)
{
    struct text t = {0};
    text_add(&t, "{");
    add_json_text(&t, "folder", folder);
    add_json_text(&t, "state", run_state_names[s->state]);
    add_json_text(&t, "host", s->lease.process.host);
    add_json_text(&t, "job", s->lease.job);
    add_json_text(&t, "started", s->lease.started);
    text_add(&t, "\"trials\": %d, \"done\": %d, \"running\": %d, \"failed\": %d, \"left\": %d, \"stale\": %d, ",
        s->trials, s->done, s->running, s->failed, s->left, s->stale);
    add_ranks_json(&t, s);
    add_failures(&t, s);
    add_damaged(&t, s);
    text_add(&t, isnan(s->seconds_left) ? "\"seconds_left\": null}" : "\"seconds_left\": %.1f}", s->seconds_left);
    puts(t.data);

    text_free(&t);
}

static void print_status(const struct status_options *o, const char *folder, struct err *e)
{
    struct run_status s;
    if (run_status_read(folder, &s, e) == 0 && o->json) {
        print_status_json(folder, &s);
    } else if (!e->count) {
        print_run(folder, &s);
        print_ranks(&s);
        print_failures(&s);
        print_damaged(&s);
    }

    run_status_free(&s);
}

int cmd_status(int argc, char **argv)
{
    struct status_options o = {0};
    struct err e = {0};
    struct arguments rest;
    int parsed = options_parse(&command, argc, argv, &o, &rest, &e);
    if (parsed == 0)
        print_status(&o, rest.v[0], &e);
    field_free(fields, &o);
    return e.count ? err_print(&e) : 0;
}
