// Runs an import for a command, and prints how the files were read.
#include "cli/import_command.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/like.h"
#include "data/columns.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LISTED_LABELS = 12 };

static void add_label_counts(struct text *t, const struct import_summary *s)
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

// Prints which features the columns of text became.
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
    add_label_counts(&t, s);
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

int import_with_summary(struct import_options *o, struct err *e)
{
    struct import_summary summary = {0};
    struct columns like = {0};
    double begin = clock_wall();

    int failed = o->like ? like_load(o->like, &like, e) : 0;
    o->like_columns = o->like ? &like : NULL;
    if (!failed)
        failed = import_run(o, &summary, e);
    if (!failed)
        print_summary(o->output, &summary, clock_wall() - begin);
    import_summary_free(&summary);
    columns_free(&like);

    return failed;
}
