// Opens the trials of a run for its report. A run's file is walked once, and the records of a journal are checked once,
// however many trials they hold.
#include "report/page_impl.h"

#include "base/err.h"
#include "base/mem.h"
#include "leaderboard/trial_open.h"
#include "store/journal.h"
#include "store/schema.h"
#include "store/store.h"
#include <stdlib.h>
#include <string.h>

void page_trials_close(struct page_trials *t)
{
    store_close(&t->trial);
    journal_free(&t->journal);
    store_close(&t->run);
    free(t->path);
    *t = (struct page_trials){0};
}

// Opens the file or the journal of a trial that is one of several. Returns -1 and an error on failure.
static int open_container(struct page_trials *t, const char *path, struct err *e)
{
    struct err before = *e;

    if (t->path && strcmp(t->path, path) == 0)
        return 0;
    page_trials_close(t);
    t->path = mem_text(path);
    if (path_is_journal(path)) {
        t->journal = journal_open(path, e);
        return t->journal ? 0 : -1;
    }

    t->run = store_open(path, FORMAT_RUN, STORE_CHECK, e);
    if (t->run)
        t->journal = run_records(t->run, e);
    return t->run && e->count == before.count ? 0 : -1;
}

struct store_file *page_trials_open(struct page_trials *t, const struct leaderboard_row *row, struct err *e)
{
    ASSERT(row->path && row->group, "a row without a place");
    store_close(&t->trial);
    if (!*row->group) {
        t->trial = store_open(row->path, FORMAT_TRIAL, STORE_CHECK, e);
        return t->trial;
    }

    if (open_container(t, row->path, e) != 0)
        return NULL;
    if (t->run && store_has(t->run, row->group))
        return t->run;
    const char *slash = strrchr(row->group, '/');
    int i = t->journal && slash ? journal_find(t->journal, slash + 1) : -1;
    if (i >= 0)
        t->trial = journal_trial(t->journal, i, row->group, e);
    else
        err_add(e, ERR_DATA, "%s: %s: not in the file", row->path, row->group);
    return t->trial;
}
