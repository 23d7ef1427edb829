// What the end of `run` and `top` have in common: leaderboard, samples, picture, paths.
#include "cli/show.h"

#include "base/mem.h"
#include "report/leaderboard.h"
#include "report/top.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct trial_summary *find_trial(const struct trial_summary *rows, int n, const char *id, struct err *e)
{
    const struct trial_summary *found = NULL;
    if (!id)
        return &rows[0];
    for (int i = 0; i < n; i++)
        if (strncmp(rows[i].id, id, strlen(id)) == 0) {
            if (found) {
                err_add(
                    e, ERR_USAGE, "--trial: '%s' begins several ids, %s and %s among them", id, found->id, rows[i].id);
                return NULL;
            }
            found = &rows[i];
        }
    if (!found)
        err_add(e, ERR_USAGE, "--trial: no trial's id begins with '%s'", id);
    return found;
}

static int show_samples(const char *folder, const struct trial_summary *s, const struct show_options *o, struct err *e)
{
    if (s->has_diverged || s->n_sets == 0)
        return 0;
    char *picture = mem_format("%s/gallery-%.8s%s.png", folder, s->id, o->by_class ? "-by-class" : "");
    struct top_options top = {o->samples, o->by_class, o->set, picture};
    int failed = top_show(s, &top, e);
    if (!failed)
        failed = top_report(s, e);
    if (!failed)
        printf("\nGallery      %s\n", picture);
    free(picture);
    return failed;
}

int show_run(const char *folder, const struct trial_summary *rows, int n, const struct show_options *o, struct err *e)
{
    const struct trial_summary *s = find_trial(rows, n, o->trial, e);
    if (!s)
        return -1;
    struct table *t = leaderboard_table(rows, n, o->rows);
    printf("\n");
    table_print(t, 0, stdout);
    table_free(&t);
    if (o->rows && n > o->rows)
        printf("and %d more: hourglass top %s --count 0\n", n - o->rows, folder);
    leaderboard_print_spread(rows, n, stdout);
    int failed = show_samples(folder, s, o, e);
    printf("%sTrial        %s\nAll trials   %s/run.h5\n", failed ? "\n" : "", s->path, folder);
    return failed;
}
