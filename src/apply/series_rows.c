// Makes windows from the rows of files. The steps of an incomplete window stay in the buffer for the next piece.
#include "apply/series_rows.h"

#include "apply/new_rows.h"
#include "apply/new_rows_impl.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/timestamp.h"
#include "comm/comm.h"
#include "data/data_scaling.h"
#include "data/window.h"
#include "import/csv_number.h"
#include "import/time_text.h"
#include "train/train.h"
#include <stdlib.h>
#include <string.h>

int series_rows_open(struct series_rows *s, struct new_rows *rows, const struct window_config *window, int features,
    int64_t most, struct err *e)
{
    size_t steps = (size_t)(most + window->length);

    *s = (struct series_rows){.rows = rows, .features = features, .window = *window, .most = most, .file = -1};
    s->x = mem_array(steps * (size_t)features, sizeof *s->x, "new rows", e);
    if (rows && rows->value)
        s->value = mem_array(steps * (size_t)features, sizeof *s->value, "new rows", e);
    s->start = mem_array((size_t)most, sizeof *s->start, "new rows", e);
    s->is_unscored = mem_array((size_t)most, sizeof *s->is_unscored, "new rows", e);
    s->is_bad = mem_array(steps, sizeof *s->is_bad, "new rows", e);
    s->is_first = mem_array(steps, sizeof *s->is_first, "new rows", e);
    return e->count ? -1 : 0;
}

void series_rows_free(struct series_rows *s)
{
    series_rows_forget(s, s->first_named + s->n_named);
    series_groups_free(&s->groups);
    free(s->x);
    free(s->value);
    free(s->start);
    free(s->is_unscored);
    free(s->is_bad);
    free(s->is_first);
    free(s->named);
    *s = (struct series_rows){0};
}

// --- names

const struct series_step *series_rows_step(const struct series_rows *s, int64_t step)
{
    ASSERT(step >= s->first_named && step < s->first_named + s->n_named, "step %lld", (long long)step);
    return &s->named[step - s->first_named];
}

void series_rows_forget(struct series_rows *s, int64_t step)
{
    int64_t n = step - s->first_named;

    ASSERT(n >= 0 && n <= s->n_named, "step %lld", (long long)step);
    for (int64_t i = 0; i < n; i++) {
        free(s->named[i].id);
        free(s->named[i].time);
    }
    if (n > 0)
        memmove(s->named, s->named + n, (size_t)(s->n_named - n) * sizeof *s->named);
    s->first_named = step;
    s->n_named -= n;
}

static char *copy_step_text(const struct row_text *all, int64_t i)
{
    return all && all[i].text ? mem_format("%.*s", (int)all[i].n, all[i].text) : NULL;
}

static void name_steps(struct series_rows *s, int64_t n)
{
    const struct new_rows *r = s->rows;
    struct rows_part ignored = {0}; // the groups were counted when the rows were read

    if (s->n_named + n > s->room_named) {
        s->room_named = 2 * (s->n_named + n);
        s->named = mem_grow(s->named, (size_t)s->room_named, sizeof *s->named);
    }
    for (int64_t i = 0; i < n; i++)
        s->named[s->n_named++] = (struct series_step){.file = r->file,
            .row = r->first + i,
            .id = copy_step_text(r->id, i),
            .time = copy_step_text(r->time, i),
            .group = new_groups_of_row(r, &ignored, i)};
}

// --- a piece

// Drops the steps that no further window needs.
static void drop_steps(struct series_rows *s)
{
    int64_t end = s->base + s->n, from = s->next_window < end ? s->next_window : end;
    size_t columns = (size_t)s->features, kept = (size_t)(end - from), gone = (size_t)(from - s->base);

    ASSERT(from >= s->base && (int64_t)kept < s->window.length, "%zu steps are left", kept);
    memmove(s->x, s->x + gone * columns, kept * columns * sizeof *s->x);
    if (s->value)
        memmove(s->value, s->value + gone * columns, kept * columns * sizeof *s->value);
    memmove(s->is_bad, s->is_bad + gone, kept);
    memmove(s->is_first, s->is_first + gone, kept);
    s->base = from;
    s->n = (int64_t)kept;

    if (!s->keeps_names)
        series_rows_forget(s, from);
}

// --- gaps in time

static int refuse_file_without_times(const struct series_rows *s, struct err *e)
{
    return err_add(e, ERR_DATA,
        "%s: the windows of the model cross no gap in time (data.window.max_gap), and this file has no column of times: "
        "--time COLUMN names it",
        new_rows_title(s->rows));
}

// Sets *time to the time of row i of the piece, to TIME_MISSING if the row has none, or to 0 if the file has no times.
// Returns -1 and an error if the time cannot be read or the file must have times.
static int read_step_time(const struct series_rows *s, int64_t i, int64_t *time, struct err *e)
{
    const struct new_rows *r = s->rows;
    const struct row_text *text = r->time ? &r->time[i] : NULL;
    struct time_parts p;
    char quote[QUOTE_ROOM];
    double ignored;

    *time = 0;
    if (!text || !text->text)
        return s->window.max_gap == WINDOW_ANY_GAP ? 0 : refuse_file_without_times(s, e);

    *time = TIME_MISSING;
    if (csv_field(&r->state->missing, text->text, text->n, &ignored) == CSV_MISSING)
        return 0;
    char *copy = mem_format("%.*s", (int)text->n, text->text);
    bool is_time = time_text_read_alone(copy, text->n, &p);
    if (is_time)
        *time = timestamp_of(&p.at) - (int64_t)p.offset_minutes * 60 * 1000000;
    else
        err_add(e, ERR_DATA,
            "%s: row %lld: time: found '%s', allowed: a time with one meaning, such as 2020-03-09 10:14:33; hint: import "
            "the file with --time and --date-order",
            new_rows_title(r), (long long)(r->first + i), text_quote(quote, text->text, text->n));
    free(copy);

    return is_time ? 0 : -1;
}

// Sets *group to the number of the group of row i of the piece, or to 0 if it has none. Windows do not cross borders of
// groups, as in a data set, so the rows of a group must be together. Returns -1 and an error if they are not.
static int read_step_group(struct series_rows *s, int64_t i, int64_t *group, struct err *e)
{
    const struct new_rows *r = s->rows;
    const struct row_text *text = r->group ? &r->group[i] : NULL;
    const char *option = r->request->csv->group, *column = option ? option : r->request->columns->group_name;
    char quote[QUOTE_ROOM];

    *group = 0;
    if (!text || !text->text)
        return 0;
    *group = series_groups_enter(&s->groups, text->text, text->n);
    if (*group >= 0)
        return 0;
    return err_add(e, ERR_DATA,
        "%s: row %lld: group '%s' (column '%s') comes back after another group, allowed: the rows of a group together, "
        "because no window of the model crosses a border of groups; hint: sort the rows by '%s', and by time within it",
        new_rows_title(r), (long long)(r->first + i), text_quote(quote, text->text, text->n), column, column);
}

// Marks the rows of the piece that begin a series. There are s->n steps before them in the buffer.
static int find_gaps(struct series_rows *s, int64_t n, struct err *e)
{
    for (int64_t i = 0; i < n; i++) {
        struct window_step next = {.source = s->rows->file, .row = s->rows->first + i};
        if (read_step_time(s, i, &next.time, e) != 0 || read_step_group(s, i, &next.group, e) != 0)
            return -1;
        s->is_first[s->n + i] = s->base + s->n + i == 0 || !window_continues(&s->window, &s->last, &next);
        s->last = next;
    }
    return 0;
}

// --- files

// Ends a file. Warns if none of its steps is in a window and there are other files. If it is the only file, an error is
// reported later.
static void end_series_file(struct series_rows *s)
{
    const struct new_rows_request *request = s->rows->request;

    if (s->file >= 0 && s->file_windows == 0 && request->n > 1)
        text_add(&s->rows->warnings,
            "%s: none of its %lld time step%s has an error: they hold no window of %lld steps without a gap\n",
            request->names[s->file], (long long)s->file_steps, text_plural(s->file_steps), (long long)s->window.length);
    s->file = -1;
    s->file_steps = s->file_windows = 0;
    series_groups_free(&s->groups);
}

// Begins a new series with the current file.
static void begin_series_file(struct series_rows *s)
{
    end_series_file(s);
    s->base += s->n;
    s->n = 0;
    s->next_window = s->base;
    s->file = s->rows->file;
}

static void count_bad_steps(struct series_rows *s, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (s->rows->is_unscored[i] && s->bad_steps++ == 0)
            s->first_bad = (struct series_place){s->rows->file, s->rows->first + i};
}

// Appends the n rows that were just read to the buffer.
static int take_file_steps(struct series_rows *s, int64_t n, struct err *e)
{
    size_t columns = (size_t)s->features;

    if (s->rows->file != s->file)
        begin_series_file(s);
    memcpy(s->x + (size_t)s->n * columns, s->rows->x, (size_t)n * columns * sizeof *s->x);
    if (s->value)
        memcpy(s->value + (size_t)s->n * columns, s->rows->value, (size_t)n * columns * sizeof *s->value);
    memcpy(s->is_bad + s->n, s->rows->is_unscored, (size_t)n);
    if (find_gaps(s, n, e) != 0)
        return -1;
    count_bad_steps(s, n);
    s->n += n;
    s->file_steps += n;
    name_steps(s, n);

    return 0;
}

// Returns the first step in [s->scanned, end) that begins a series, or -1.
static int64_t next_beginning(const struct series_rows *s, int64_t end)
{
    const int8_t *from = s->is_first + (s->scanned - s->base);
    const int8_t *found = end > s->scanned ? memchr(from, 1, (size_t)(end - s->scanned)) : NULL;
    return found ? s->base + (found - s->is_first) : -1;
}

// Finds the windows in the buffer. They begin at the first step of a series and every window.step steps after it.
static void find_series_windows(struct series_rows *s)
{
    const int64_t length = s->window.length, end = s->base + s->n;

    s->windows = 0;
    for (;;) {
        int64_t until = s->next_window + length < end ? s->next_window + length : end;
        int64_t beginning = next_beginning(s, until);
        if (beginning >= 0) {
            s->next_window = beginning;
            s->scanned = beginning + 1;
            continue;
        }
        s->scanned = until > s->scanned ? until : s->scanned;
        if (s->next_window + length > end)
            break;

        int64_t first = s->next_window - s->base;
        s->start[s->windows] = first;
        s->is_unscored[s->windows++] = memchr(s->is_bad + first, 1, (size_t)length) != NULL;
        s->next_window += s->window.step;
    }
    s->file_windows += s->windows;
    ASSERT(s->windows <= s->most, "%lld windows", (long long)s->windows);
}

// On rank 0. Reads pieces until at least one window is complete. Returns the number of windows, or 0 after the last
// file, or -1 and an error.
static int64_t read_until_windows(struct series_rows *s, const struct team *team, struct err *e)
{
    int64_t n = 1;

    s->windows = 0;
    while (s->windows == 0 && n > 0) {
        drop_steps(s);
        n = new_rows_next(s->rows, team, e);
        if (n > 0 && take_file_steps(s, n, e) != 0)
            return -1;
        if (n > 0)
            find_series_windows(s);
    }
    if (n == 0)
        end_series_file(s);
    return n < 0 ? -1 : s->windows;
}

// Collective. Sends the values of the piece to the other ranks.
static void send_steps(struct series_rows *s, const struct comm *comm)
{
    comm_broadcast(comm, 0, s->x, (size_t)s->n * (size_t)s->features * sizeof *s->x);
    comm_broadcast(comm, 0, s->is_unscored, (size_t)s->windows);
}

int64_t series_rows_next(struct series_rows *s, const struct team *team, struct err *e)
{
    const struct comm *comm = team->comm;

    if (comm->rank == 0)
        read_until_windows(s, team, e);
    if (comm_agree(comm, e) != 0)
        return -1;
    comm_broadcast(comm, 0, &s->windows, sizeof s->windows);
    if (s->windows > 0 && comm->size > 1) {
        comm_broadcast(comm, 0, &s->n, sizeof s->n);
        comm_broadcast(comm, 0, s->start, (size_t)s->windows * sizeof *s->start);
        send_steps(s, comm);
    }
    return s->windows;
}

// --- another scaling

struct steps_work {
    struct series_rows *s;
    const struct scaling *scaling;
    bool is_float; // values have single precision
};

// All steps of a piece are of one file, so their values have one type.
static void rescale_steps_part(void *context, int64_t number)
{
    const struct steps_work *w = context;
    struct series_rows *s = w->s;
    int64_t first = number * NEW_ROWS_PART;
    int64_t last = first + NEW_ROWS_PART < s->n ? first + NEW_ROWS_PART : s->n;

    for (int64_t i = first; i < last; i++) {
        const double *value = s->value + i * s->features;
        int group = w->scaling->n_groups ? series_rows_step(s, s->base + i)->group : -1;
        s->is_bad[i] = new_row_is_refused(w->scaling, value, s->features);
        scaling_apply(w->scaling, group, w->is_float, value, s->x + i * s->features);
    }
}

void series_rows_rescale(struct series_rows *s, const struct scaling *scaling, const struct team *team)
{
    struct steps_work w = {s, scaling, s->rows && new_rows_are_floats(s->rows)};

    if (team->comm->rank == 0) {
        ASSERT(s->value, "the values of %lld steps were not kept", (long long)s->n);
        team_each(team, (s->n + NEW_ROWS_PART - 1) / NEW_ROWS_PART, rescale_steps_part, &w);
        for (int64_t i = 0; i < s->windows; i++)
            s->is_unscored[i] = memchr(s->is_bad + s->start[i], 1, (size_t)s->window.length) != NULL;
    }
    if (team->comm->size > 1)
        send_steps(s, team->comm);
}
