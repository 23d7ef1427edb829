// Writes and reads the plan file. Rank 0 replaces the file as a whole, so readers see either the old lines or the new
// ones.
#include "run/plan_file.h"

#include "base/disk.h"
#include "base/err.h"
#include "base/input.h"
#include "base/mem.h"
#include "base/text.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *plan_file_path(const char *folder, int part)
{
    return mem_format("%s/state/plan-%d", folder, part);
}

int plan_file_write(const struct plan *plan, const char *folder, int part, struct err *e)
{
    char *path = plan_file_path(folder, part);
    struct text t = {0};
    char number[32];

    text_add(&t, "%s", "");
    for (int i = 0; i < plan->n; i++)
        if (plan->entry[i].same_as < 0 && plan->entry[i].trial.id[0]) // a trial that cannot be run has no id
            text_add(&t, "%s %s\n", plan->entry[i].trial.id, text_number(number, plan->entry[i].operations));
    int rc = disk_replace(path, t.data, e);

    text_free(&t);
    free(path);
    return rc;
}

// Parses a line such as "0ab1b6f9450d09c4 1234.5\n"; changes `text`. Returns 0, or -1 if the line has another form.
static int parse_plan_line(char *text, struct plan_line *line)
{
    size_t n = strspn(text, "0123456789abcdef"), length = strlen(text);
    if (n != TRIAL_ID_LENGTH || text[n] != ' ' || text[length - 1] != '\n')
        return -1;
    text[n] = text[length - 1] = 0;
    ASSERT(n + 1 == sizeof line->id, "%zu", n);
    memcpy(line->id, text, sizeof line->id);
    if (text_to_double(text + n + 1, &line->operations) < 0)
        return -1;
    return isfinite(line->operations) && line->operations >= 0 ? 0 : -1;
}

// Reads the lines of a file. Returns 0, or -1 and an error. The caller frees *lines in both cases.
static int read_plan_lines(FILE *in, const char *path, struct plan_line **lines, int *n, struct err *e)
{
    char text[128];
    struct plan_line line;
    int capacity = 0;

    while (fgets(text, sizeof text, in)) {
        if (*n >= SPEC_MAX_TRIALS || parse_plan_line(text, &line) < 0)
            return err_add(
                e, ERR_DATA, "%s: damaged: line %d is no trial of a plan; the next run writes it again", path, *n + 1);
        if (*n == capacity) {
            capacity = 2 * capacity + 64;
            *lines = mem_grow(*lines, (size_t)capacity, sizeof **lines);
        }
        ASSERT(*n < capacity, "%d of %d", *n, capacity);
        (*lines)[(*n)++] = line;
    }

    return ferror(in) ? err_errno(e, "%s: cannot be read", path) : 0;
}

struct plan_line *plan_file_read(const char *folder, int part, int *n, struct err *e)
{
    char *path = plan_file_path(folder, part);
    const char *why;
    FILE *in = input_stream(path, &why);
    struct plan_line *lines = NULL;
    int rc = 0;

    *n = 0;
    if (in)
        rc = read_plan_lines(in, path, &lines, n, e);
    else if (errno != ENOENT)
        rc = err_add(e, ERR_IO, "%s: cannot be read: %s", path, why);

    if (rc < 0) {
        free(lines);
        lines = NULL;
        *n = 0;
    }
    if (in)
        fclose(in);
    free(path);
    return lines;
}
