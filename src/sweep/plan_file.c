// state/plan-<part>: what a run set out to do, for whoever looks at the folder.
#include "sweep/plan_file.h"

#include "base/disk.h"
#include "base/input.h"
#include "base/mem.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>

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
        if (plan->entry[i].same_as < 0)
            text_add(&t, "%s %s\n", plan->entry[i].id, text_number(number, plan->entry[i].operations));
    int failed = disk_replace(path, t.data, e);
    text_free(&t);
    free(path);
    return failed;
}

struct plan_line *plan_file_read(const char *folder, int part, int *n)
{
    char *path = path_of(folder, part);
    FILE *in = input_stream(path, NULL);
    struct plan_line *lines = NULL, line;
    int room = 0;
    *n = 0;
    free(path);
    while (in && fscanf(in, "%16s %lf", line.id, &line.operations) == 2) {
        if (*n == room)
            lines = mem_grow(lines, (size_t)(room = 2 * room + 64), sizeof *lines);
        lines[(*n)++] = line;
    }
    if (in)
        fclose(in);
    return lines;
}
