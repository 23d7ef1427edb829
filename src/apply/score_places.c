// Finds the names of rows. A split has them in arrays, which are read once per piece. Other files have them in their
// rows.
#include "apply/score_places.h"

#include "apply/new_rows_impl.h"
#include "apply/series_rows.h"
#include "base/err.h"
#include "base/timestamp.h"
#include "data/coordinates.h"
#include "data/data_scaling.h"
#include "data/row_reader.h"
#include "data/window.h"
#include <string.h>

struct score_naming score_naming_of(const struct score_pass *p)
{
    const struct row_reader *r = p->apply.reader;

    if (!r)
        return (struct score_naming){p->job->n_files > 1, p->rows->id != NULL, p->rows->time != NULL};
    return (struct score_naming){
        .has_id = r->step_coordinates.id_name != NULL, .has_time = r->step_coordinates.time_name != NULL};
}

static int64_t first_step(const struct score_pass *p, int64_t row)
{
    const struct row_reader *r = p->apply.reader;
    return r->windows.length ? windows_first_step(&r->windows, row) : row;
}

int score_places_read(struct score_pass *p, int64_t first, int64_t rows, struct err *e)
{
    struct score_naming naming = score_naming_of(p);
    bool has_groups = p->groups->n_groups > 0;

    ASSERT(rows > 0, "%lld rows", (long long)rows);
    p->named = NULL;
    if (!p->apply.reader || (!naming.has_id && !naming.has_time && !has_groups))
        return 0;
    p->named_first = first_step(p, first);
    int64_t last = first_step(p, first + rows - 1);
    p->named = row_reader_coordinates(p->apply.reader, p->named_first, last - p->named_first + 1, e);
    return p->named ? 0 : -1;
}

static struct row_text text_of(const char *text)
{
    return (struct row_text){text, text ? strlen(text) : 0};
}

// Does the same as score_place_of for a window over rows of files.
static void place_of_window(const struct score_pass *p, int64_t i, struct score_place *out)
{
    const struct series_step *step = series_rows_step(&p->series, p->series.base + p->series.start[i]);

    out->row = step->row;
    out->file = p->job->n_files > 1 ? p->job->files[step->file] : NULL;
    out->id = text_of(step->id);
    out->time = text_of(step->time);
}

void score_place_of(const struct score_pass *p, int64_t i, struct score_place *out)
{
    const struct coordinates *c = p->named;

    if (p->rows && p->member->fit.window.length) {
        place_of_window(p, i, out);
        return;
    }
    if (p->rows) {
        out->row = p->rows->first + i;
        out->file = p->job->n_files > 1 ? p->job->files[p->rows->file] : NULL;
        out->id = p->rows->id ? p->rows->id[i] : (struct row_text){0};
        out->time = p->rows->time ? p->rows->time[i] : (struct row_text){0};
        return;
    }

    out->row = first_step(p, p->apply.first + i);
    out->file = NULL;
    out->id = out->time = (struct row_text){0};
    int64_t at = out->row - p->named_first;
    if (c && c->id && *c->id[at])
        out->id = (struct row_text){c->id[at], strlen(c->id[at])};
    if (c && c->time && c->time[at] != TIME_MISSING) {
        timestamp_text(out->time_room, c->time[at], c->time_zone);
        out->time = (struct row_text){out->time_room, strlen(out->time_room)};
    }
}

int score_place_group(const struct score_pass *p, int64_t i)
{
    const struct scaling *s = p->groups;
    struct rows_part ignored = {0}; // the groups were counted when the rows were read
    int group = s->n_groups - 1;

    if (s->n_groups == 0)
        return -1;
    if (p->rows && p->member->fit.window.length)
        return series_rows_step(&p->series, p->series.base + p->series.start[i])->group;
    if (p->rows)
        return new_groups_of_row(p->rows, &ignored, i);

    const char *name = coordinates_group(p->named, first_step(p, p->apply.first + i) - p->named_first);
    while (group >= 0 && (!name || strcmp(s->group_name[group], name) != 0))
        group--;
    return group;
}
