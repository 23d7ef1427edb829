// hourglass report: writes a page about a run that opens in every browser.
#include "base/err.h"
#include "base/field.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "report/page.h"
#include "store/store.h"
#include <stdlib.h>

struct report_options {
    char *output; // owned; NULL: the default path
};

static const struct field fields[] = {
    FIELD_ROW(report_options, output, "output", FIELD_TEXT,
        "FILE.html to write, or an earlier report to replace; default: report.html in the run's folder, or next to its "
        "file"),
    {0},
};

static const struct command command = {
    .name = "report",
    .usage = "RUN [OPTION]...",
    .about =
        "Writes a page about a run, for a browser: its leaderboard, learning curves, ROC and precision-recall\n"
        "curves, errors with a threshold to move, settings against quality, and where every trial comes from. The\n"
        "page is one file that needs no network; its scripts can reach nothing else. RUN is a run's folder, its\n"
        "run.h5, a merged file or a trial's file.\n",
    .shorts = "o:output",
    .footer = "Exit code: 0 done; 2 usage; 3 a file is damaged; 74 writing failed.\n"
              "\n"
              "  hourglass report results/quickstart\n"
              "  hourglass report both.h5 -o both.html\n",
    .fields = fields,
    .least = 1,
    .most = 1,
};

static int write_report(const char *run, const char *path, struct err *e)
{
    struct page_summary s = {0};
    struct err bad = {0}; // errors of trial files that are left out
    char bytes[16];

    int rc = store_check_output("--output", path, &run, 1, e);
    if (rc == 0)
        rc = page_write(run, path, &s, &bad, e);
    if (rc == 0) {
        log_print("%s: %d trial%s", path, s.trials, text_plural(s.trials));
        if (s.failed)
            log_print(", %d failed", s.failed);
        log_print(", %s\n", text_bytes(bytes, (double)s.bytes));
    }
    err_merge(e, &bad);
    return rc;
}

int cmd_report(int argc, char **argv)
{
    struct report_options o = {0};
    struct err e = {0};
    struct arguments rest;
    int parsed = options_parse(&command, argc, argv, &o, &rest, &e);

    if (parsed == 0) {
        char *path = o.output ? mem_text(o.output) : page_default_path(rest.v[0]);
        write_report(rest.v[0], path, &e);
        free(path);
    }
    field_free(fields, &o);
    return e.count ? err_print(&e) : 0;
}
