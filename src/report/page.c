// Writes the report of a run: the head of the page, the data as JSON, the tail of the page. The page itself is made of
// the files in report/page/, which CMake embeds (report/page.cmake). Its policy allows only its own style and script,
// by their hashes. The data is no script, and json.h escapes what could end its element.
#include "report/page.h"

#include "base/clock.h"
#include "base/disk.h"
#include "base/err.h"
#include "base/input.h"
#include "base/mem.h"
#include "base/version.h"
#include "leaderboard/ensemble_scores.h"
#include "leaderboard/leaderboard.h"
#include "leaderboard/protocols.h"
#include "leaderboard/run_read.h"
#include "report/page_impl.h"
#include "report/page_text.h"
#include "run/status.h"
#include "trial/model_open.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char page_mark[] = "<!DOCTYPE html>\n<!-- hourglass report -->\n"; // how every report begins

// What a report shows.
struct page {
    const char *run;
    struct leaderboard_row *rows; // (n), owned: trials, and the ensemble as the last one
    int n;
    bool has_ensemble;
    struct failed_trial *failure; // (failed), borrowed from `status`
    int failed;
    struct run_status status;
};

// --- reading
static bool is_run_folder(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

// Appends the row of the run's ensemble, if it has one.
static void read_ensemble(struct page *p)
{
    struct ensemble_row x;
    struct err none = {0};
    char *path = model_file(p->run);

    if (access(path, R_OK) == 0 && ensemble_row_read(path, &x, &none) == 0) {
        if (x.has_row) {
            p->rows = mem_grow(p->rows, (size_t)p->n + 1, sizeof *p->rows);
            p->rows[p->n++] = x.row;
            p->has_ensemble = true;
            x.row = (struct leaderboard_row){0};
        }
        ensemble_row_free(&x);
    }
    free(path);
}

static int page_read(struct page *p, struct err *bad, struct err *e)
{
    struct err unknown = {0};

    if (run_read_rows(p->run, STORE_CHECK, &p->rows, &p->n, bad) != 0) {
        err_merge(e, bad);
        *bad = (struct err){0};
        return -1;
    }
    protocols_warn_rows(p->rows, p->n, p->run);
    if (is_run_folder(p->run) && run_status_read(p->run, &p->status, &unknown) == 0) {
        p->failure = p->status.failure;
        p->failed = p->status.failed;
    }
    if (p->n + p->failed == 0)
        return err_add(e, ERR_USAGE, "%s: no trial is finished yet", p->run);
    if (p->n)
        read_ensemble(p);
    return 0;
}

static void page_free(struct page *p)
{
    rows_free(&p->rows, p->n);
    run_status_free(&p->status);
}

// --- the data
static int metric_direction(const char *column)
{
    const char *dot = strrchr(column, '.'), *name = dot ? dot + 1 : column;

    for (const struct metric *m = set_metrics; m->name; m++)
        if (strcmp(m->name, name) == 0)
            return m->better;
    for (const struct metric *m = trial_metrics; m->name; m++)
        if (strcmp(m->name, name) == 0)
            return m->better;
    return 0;
}

static bool is_line_of(const char *lines, const char *name)
{
    const size_t n = strlen(name);

    for (const char *at = lines; (at = strstr(at, name)); at++)
        if ((at == lines || at[-1] == '\n') && (at[n] == '\n' || !at[n]))
            return true;
    return false;
}

static void add_column(struct json *j, const struct leaderboard *b, const struct leaderboard_column *c)
{
    ASSERT(!c->text != !c->number, "%s holds strings or numbers", c->name);

    json_open(j, NULL, '{');
    json_text(j, "name", c->name);
    json_text(j, "about", c->long_name);
    json_text(j, "units", c->units);
    json_number(j, "better", metric_direction(c->name));
    json_bool(j, "is_setting", is_line_of(b->varied, c->long_name));
    json_bool(j, "is_text", c->text);

    json_open(j, "values", '[');
    for (int i = 0; i < b->n; i++)
        if (c->text)
            json_text(j, NULL, c->text[i]);
        else
            json_number(j, NULL, c->number[i]);
    json_close(j, ']');
    json_close(j, '}');
}

static void add_board(struct json *j, const struct page *p)
{
    struct leaderboard *b = leaderboard_new(p->rows, p->n);

    json_open(j, "columns", '[');
    for (int i = 0; i < b->n_columns; i++)
        add_column(j, b, &b->column[i]);
    json_close(j, ']');
    json_text(j, "sets", b->sets);
    leaderboard_free(&b);
}

static void add_failed_trials(struct json *j, const struct page *p)
{
    json_open(j, "failed", '[');
    for (int i = 0; i < p->failed; i++) {
        json_open(j, NULL, '{');
        json_text(j, "trial", p->failure[i].id);
        json_text(j, "reason", p->failure[i].reason);
        json_text(j, "when", p->failure[i].when);
        json_close(j, '}');
    }
    json_close(j, ']');
}

enum { CODED_TRIALS = 20 }; // the best trials, of which codes are shown

// Adds the data of each trial. A trial that cannot be read completely keeps its place, without what is missing.
static void add_page_trials(struct json *j, const struct page *p, struct err *bad)
{
    struct page_trials trials = {0};
    struct page_detail detail = page_detail_for(p->n);

    json_open(j, "trials", '[');
    for (int i = 0; i < p->n; i++) {
        struct err e = {0};
        struct store_file *f = page_trials_open(&trials, &p->rows[i], &e);
        detail.has_codes = i < CODED_TRIALS;
        page_add_trial(j, f, &p->rows[i], &detail, &e);
        err_merge(bad, &e);
    }
    json_close(j, ']');
    page_trials_close(&trials);
}

static void add_page_data(struct json *j, const struct page *p, struct err *bad)
{
    char date[32];

    json_open(j, NULL, '{');
    json_text(j, "run", p->run);
    json_text(j, "experiment", p->n ? p->rows[0].experiment : p->run);
    json_text(j, "version", version());
    json_text(j, "revision", version_revision());
    json_text(j, "made", clock_date(date));
    json_bool(j, "has_ensemble", p->has_ensemble);
    add_failed_trials(j, p);
    add_board(j, p);
    add_page_trials(j, p, bad);
    page_add_pictures(j, p->n ? &p->rows[0] : NULL, page_detail_for(p->n).listed);
    json_close(j, '}');
}

// --- the file
struct page_content {
    const struct page *page;
    struct err *bad; // trials that cannot be read completely
};

static int write_page(void *context, const char *path, FILE *out, struct err *e)
{
    (void)path, (void)e;
    const struct page_content *c = context;
    struct json j = {.out = out, .is_in_page = true};

    fwrite(page_mark, 1, sizeof page_mark - 1, out);
    fwrite(page_head, 1, sizeof page_head, out);
    add_page_data(&j, c->page, c->bad);
    fwrite(page_tail, 1, sizeof page_tail, out);
    return 0;
}

static int check_old_page(const char *path, struct err *e)
{
    struct stat s;
    const char *why = "found no report, allowed: a new file or an earlier report";
    if (stat(path, &s) < 0 || input_begins_with(path, page_mark, sizeof page_mark - 1, &why))
        return 0;
    return err_add(e, ERR_USAGE, "--output: %s exists: %s; hint: choose another name, or remove it first", path, why);
}

int page_write(const char *run, const char *path, struct page_summary *summary, struct err *bad, struct err *e)
{
    struct page p = {.run = run};
    int rc = check_old_page(path, e);

    if (rc == 0)
        rc = page_read(&p, bad, e);
    if (rc == 0)
        rc = disk_write_stream(path, "the report", write_page, &(struct page_content){&p, bad}, &summary->bytes, e);
    summary->trials = p.n - p.has_ensemble;
    summary->failed = p.failed;
    page_free(&p);
    return rc;
}

char *page_default_path(const char *run)
{
    const char *slash = strrchr(run, '/');

    if (is_run_folder(run))
        return mem_format("%s%sreport.html", run, slash && !slash[1] ? "" : "/");
    return mem_format("%.*sreport.html", slash ? (int)(slash + 1 - run) : 0, run);
}
