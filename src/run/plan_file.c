// state/plan-<part>: what a run set out to do, for whoever looks at the folder.
#include "run/plan_file.h"

#include "base/disk.h"
#include "base/input.h"
#include "base/mem.h"
#include "base/text.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *path_of(const char *folder, int part)
{
    return mem_format("%s/state/plan-%d", folder, part);
}

int plan_file_write(const struct plan *plan, const char *folder, int part, struct err *e)
{
    char *path = path_of(folder, part), number[32];
    struct text t = {0};
    text_add(&t, "%s", "");
    for (int i = 0; i < plan->n; i++)
        if (plan->entry[i].same_as < 0 && plan->entry[i].id[0]) // one that cannot be run has no id
            text_add(&t, "%s %s\n", plan->entry[i].id, text_number(number, plan->entry[i].operations));
    int failed = disk_replace(path, t.data, e);
    text_free(&t);
    free(path);
    return failed;
}

// "0ab1b6f9450d09c4 1234.5\n": 0, or -1 if the line is anything else.
static int read_line(char *text, struct plan_line *line)
{
    size_t n = strspn(text, "0123456789abcdef"), length = strlen(text);

    if (n != TRIAL_ID_LENGTH || text[n] != ' ' || text[length - 1] != '\n')
        return -1;
    text[n] = text[length - 1] = 0;
    memcpy(line->id, text, sizeof line->id);
    if (text_to_double(text + n + 1, &line->operations) != 0)
        return -1;
    return isfinite(line->operations) && line->operations >= 0 ? 0 : -1;
}

struct plan_line *plan_file_read(const char *folder, int part, int *n, struct err *e)
{
    char *path = path_of(folder, part), text[128];
    const char *why;
    FILE *in = input_stream(path, &why);
    struct plan_line *lines = NULL, line;
    int room = 0, failed = 0;
    *n = 0;

    if (!in && errno != ENOENT)
        failed = err_add(e, ERR_IO, "%s: cannot be read: %s", path, why);
    while (!failed && in && fgets(text, sizeof text, in)) {
        if (*n >= SPEC_MAX_TRIALS || read_line(text, &line) != 0)
            failed = err_add(
                e, ERR_DATA, "%s: damaged: line %d is no trial of a plan; the next run writes it again", path, *n + 1);
        if (!failed && *n == room)
            lines = mem_grow(lines, (size_t)(room = 2 * room + 64), sizeof *lines);
        if (!failed)
            lines[(*n)++] = line;
    }
    if (in && !failed && ferror(in))
        failed = err_errno(e, "%s: cannot be read", path);

    if (failed) {
        free(lines);
        lines = NULL;
        *n = 0;
    }
    if (in)
        fclose(in);
    free(path);
    return lines;
}
