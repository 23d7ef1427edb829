// Reads the rows of files on rank 0 and sends each piece to the other ranks. A pipe can have only one reader, and
// reading takes less time than most models.
#include "apply/score_rows.h"

#include "apply/apply.h"
#include "apply/new_rows.h"
#include "apply/series_rows.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "comm/comm.h"
#include "data/data_scaling.h"
#include <stdlib.h>
#include <string.h>

// Passes each line to `print`, then frees the text.
static void print_lines(struct text *lines, void (*print)(const char *line))
{
    char *line = lines->data, *end;

    for (; line && (end = strchr(line, '\n')); line = end + 1) {
        *end = 0;
        print(line);
    }
    text_free(lines);
}

static void print_note(const char *line)
{
    log_line(LOG_RUN, "%s", line);
}

static void print_warning(const char *line)
{
    log_warning("%s", line);
}

void score_rows_print_notes(struct score_pass *s)
{
    if (!s->rows)
        return;
    if (s->job->is_silent) {
        text_free(&s->rows->notes);
        text_free(&s->rows->warnings);
        return;
    }
    print_lines(&s->rows->notes, print_note);
    print_lines(&s->rows->warnings, print_warning);
}

// Collective. Sends the values of the n rows of the piece to the other ranks.
static void send_new_rows(struct score_pass *s, int64_t n)
{
    const struct comm *comm = s->apply.team->comm;

    comm_broadcast(comm, 0, s->x, (size_t)(n * s->columns) * sizeof *s->x);
    comm_broadcast(comm, 0, s->is_unscored, (size_t)n);
}

// Collective. Reads the next piece on rank 0 and sends it to the other ranks.
static int64_t next_new_rows(struct apply *a, struct err *e)
{
    struct score_pass *s = a->context;
    const struct comm *comm = a->team->comm;
    int64_t n = 0;

    if (comm->rank == 0)
        n = new_rows_next(s->rows, a->team, e);
    if (comm_agree(comm, e) != 0)
        return -1;
    comm_broadcast(comm, 0, &n, sizeof n);
    if (n > 0 && comm->size > 1)
        send_new_rows(s, n);
    if (n == 0 && comm->rank == 0)
        score_rows_print_notes(s);

    return n;
}

static const struct dataset *read_new_rows(struct apply *a, int64_t first, int64_t rows, struct err *e)
{
    struct score_pass *s = a->context;
    int64_t from = first - a->first;
    (void)e;

    ASSERT(from >= 0 && from + rows <= a->piece_rows, "%ld + %ld", (long)from, (long)rows);
    s->piece.rows = rows;
    s->piece.is_unscored = s->is_unscored + from;
    for (int64_t i = 0; i < rows; i++)
        s->piece.row[i] = s->x + (from + i) * s->columns;
    return &s->piece;
}

// Collective. Gets the windows of the next piece on every rank.
static int64_t next_series_windows(struct apply *a, struct err *e)
{
    struct score_pass *s = a->context;
    int64_t n = series_rows_next(&s->series, a->team, e);

    if (n == 0 && a->team->comm->rank == 0)
        score_rows_print_notes(s);
    return n;
}

static const struct dataset *read_series_windows(struct apply *a, int64_t first, int64_t rows, struct err *e)
{
    struct score_pass *s = a->context;
    int64_t from = first - a->first;
    (void)e;

    ASSERT(from >= 0 && from + rows <= s->series.windows, "%ld + %ld", (long)from, (long)rows);
    s->piece.rows = rows;
    s->piece.is_unscored = s->series.is_unscored + from;
    for (int64_t i = 0; i < rows; i++)
        s->piece.row[i] = s->series.x + s->series.start[from + i] * s->n_features;
    return &s->piece;
}

// Returns what the rows must match. A member of an ensemble that takes only bytes decides for all of them.
static const struct row_fit *strictest_fit(const struct score_pass *s)
{
    for (int i = 0; i < s->apply.n_models; i++)
        if (s->member[i].fit.scaling->bytes_only)
            return &s->member[i].fit;
    return &s->member[0].fit;
}

// Returns true if a piece is scaled more than once: for the members of an ensemble, or to show what its rows have.
static bool needs_values(const struct score_pass *s)
{
    return s->job->model->ensemble || (s->sink->needs_rows && scaling_loses_values(s->member[0].fit.scaling));
}

static struct new_rows_request request_rows(const struct score_pass *s, const struct row_fit *fit, bool takes_groups)
{
    return (struct new_rows_request){.names = s->job->files,
        .n = s->job->n_files,
        .csv = s->job->csv,
        .fit = fit,
        .columns = &s->job->model->columns,
        .takes_groups = takes_groups,
        .groups = s->groups,
        .keeps_values = needs_values(s)};
}

// Does the same as score_rows_open for a model of windows, for which rows are time steps.
static int open_series(struct score_pass *s, int64_t width, struct err *e)
{
    struct apply *a = &s->apply;

    s->step_fit = *strictest_fit(s);
    s->step_fit.window.length = 0;
    s->step_fit.shape_rank = 1;
    s->step_fit.shape[0] = s->n_features;
    s->request = request_rows(s, &s->step_fit, true);
    a->piece_rows = apply_piece(a->team, s->columns + width);
    a->next = next_series_windows;
    a->read = read_series_windows;
    if (a->team->comm->rank == 0 && !(s->rows = new_rows_open(&s->request, a->piece_rows, e)))
        return -1;

    s->piece = (struct dataset){.columns = s->columns,
        .n_features = s->n_features,
        .shape_rank = s->member->fit.shape_rank,
        .type = DATASET_F32};
    memcpy(s->piece.shape, s->member->fit.shape, sizeof s->piece.shape);
    s->piece.row = mem_array((size_t)a->piece_rows, sizeof *s->piece.row, "new rows", e);
    return series_rows_open(&s->series, s->rows, &s->member->fit.window, s->n_features, a->piece_rows, e);
}

int score_rows_open(struct score_pass *s, int64_t width, struct err *e)
{
    struct apply *a = &s->apply;

    const struct comm *comm = a->team->comm;
    const bool by_group = s->groups->n_groups > 0;

    if (s->job->csv->group && !by_group && !s->member->fit.window.length)
        return err_add(e, ERR_USAGE,
            "--group: found with a model that makes no use of groups, allowed: with data.scale.by: group or data.window");
    s->name = strcmp(s->job->files[0], CSV_STDIN) == 0 ? "standard input" : s->job->files[0];
    if (s->member->fit.window.length)
        return open_series(s, width, e);
    s->request = request_rows(s, strictest_fit(s), by_group);
    a->piece_rows = apply_piece(a->team, 2 * s->columns + width);
    a->next = next_new_rows;
    a->read = read_new_rows;
    size_t n = (size_t)a->piece_rows;
    if (comm->rank == 0 && !(s->rows = new_rows_open(&s->request, a->piece_rows, e)))
        return -1;

    s->piece = (struct dataset){.columns = s->columns, .shape_rank = s->member->fit.shape_rank, .type = DATASET_F32};
    memcpy(s->piece.shape, s->member->fit.shape, sizeof s->piece.shape);
    s->piece.row = mem_array(n, sizeof *s->piece.row, "new rows", e);
    if (comm->rank == 0) {
        s->x = s->rows->x;
        s->is_unscored = s->rows->is_unscored;
    } else {
        s->x = mem_array(n * (size_t)s->columns, sizeof *s->x, "new rows", e);
        s->is_unscored = mem_array(n, sizeof *s->is_unscored, "new rows", e);
    }
    return e->count ? -1 : 0;
}

void score_rows_free(struct score_pass *s)
{
    free(s->piece.row);
    series_rows_free(&s->series);
    if (!s->rows) {
        free(s->x);
        free(s->is_unscored);
    }
    new_rows_free(&s->rows);
}

void score_rows_rescale(struct score_pass *s, const struct scaling *scaling, const struct team *team)
{
    if (s->series.window.length)
        series_rows_rescale(&s->series, scaling, team);
    else if (team->comm->rank == 0)
        new_rows_rescale(s->rows, scaling, team);
}

void score_rows_select(struct apply *a)
{
    struct score_pass *s = a->context;
    const struct comm *comm = a->team->comm;

    score_rows_rescale(s, s->member[a->model].fit.scaling, a->team);
    if (comm->size > 1 && !s->series.window.length) {
        int64_t n = comm->rank == 0 ? s->rows->n : 0;
        comm_broadcast(comm, 0, &n, sizeof n);
        send_new_rows(s, n);
    }
}
