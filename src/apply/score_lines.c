// Writes scores as lines. All threads write the lines of a piece, each thread one part into its own buffer. The buffers
// are written to the file in order. CSV and JSON lines have the same columns with the same names.
#include "apply/score_lines.h"

#include "apply/blame.h"
#include "apply/line_text.h"
#include "apply/new_rows.h"
#include "apply/score_pass.h"
#include "apply/score_places.h"
#include "apply/step_lines.h"
#include "base/disk.h"
#include "base/err.h"
#include "base/input.h"
#include "base/mem.h"
#include "base/output.h"
#include "base/text.h"
#include "train/train.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { PART_ROWS = 512 };
#define CSV_STEP_VERDICT "row,error,threshold,anomalous"
#define CSV_FEATURES     "feature_1,share_1,feature_2,share_2,feature_3,share_3"

struct lines_writer {
    enum lines_format format;
    struct output output;
    char *temporary; // name of the temporary file, owned; NULL: lines are written to a descriptor that we do not own
    int fd;          // -1: closed
    struct score_naming has;
    struct line_text *names; // (n_names), owned: names of the features, as the format writes them
    int n_names;
    struct line_text file;   // the name of the current file, as the format writes it
    int file_number;         // -1: none so far
    struct line_text *parts; // (n_parts), owned
    int n_parts;
    char threshold[32];       // as text; "": unknown
    struct step_lines *steps; // owned; if samples are windows: writes a line per time step; otherwise NULL
};

enum lines_format score_lines_format(const char *output)
{
    const char *dot = strrchr(output, '.');

    if (strcmp(output, "-") == 0 || (dot && strcasecmp(dot, ".csv") == 0))
        return LINES_CSV;
    return dot && strcasecmp(dot, ".jsonl") == 0 ? LINES_JSON : LINES_NONE;
}

static struct lines_writer *lines_of(const struct score_pass *p)
{
    return p->sink->context;
}

static void add_format_string(struct line_text *t, enum lines_format format, const char *text, size_t n)
{
    if (format == LINES_JSON)
        line_json_string(t, text, n);
    else
        line_csv_field(t, text, n);
}

// --- a line

// Writes what comes before a value: separator, and in JSON its name. is_first: it is the first value of its line.
static void begin_value(const struct lines_writer *w, struct line_text *t, const char *name, bool is_first)
{
    if (!is_first)
        line_bytes(t, ",", 1);
    if (w->format != LINES_JSON)
        return;
    line_bytes(t, "\"", 1);
    line_string(t, name);
    line_bytes(t, "\":", 2);
}

// Appends a value that is not known: nothing in CSV, null in JSON.
static void add_unknown(const struct lines_writer *w, struct line_text *t)
{
    if (w->format == LINES_JSON)
        line_bytes(t, "null", 4);
}

static void add_float_value(const struct lines_writer *w, struct line_text *t, float value)
{
    if (isnan(value))
        add_unknown(w, t);
    else
        line_float(t, value, w->format == LINES_JSON ? "1e999" : "inf");
}

static void add_row_text(const struct lines_writer *w, struct line_text *t, const struct row_text *text)
{
    if (!text->text || (text->n == 0 && w->format == LINES_CSV))
        add_unknown(w, t);
    else
        add_format_string(t, w->format, text->text, text->n);
}

// Returns the threshold for one line: that of time steps if samples are windows, else that of rows.
static double lines_threshold(const struct score_pass *p)
{
    return p->member->fit.window.length ? p->job->step_threshold : p->job->threshold;
}

// Appends the threshold, and whether the row is anomalous. is_refused: the row is anomalous, whatever its error is.
static void add_verdict(const struct score_pass *p, struct line_text *t, float error, bool is_refused)
{
    const struct lines_writer *w = lines_of(p);
    bool is_anomalous = is_refused || (double)error > lines_threshold(p);

    begin_value(w, t, "threshold", false);
    if (*w->threshold)
        line_string(t, w->threshold);
    else
        add_unknown(w, t);

    begin_value(w, t, "anomalous", false);
    if (!is_refused && (isnan(error) || !*w->threshold))
        add_unknown(w, t);
    else if (w->format == LINES_JSON)
        line_string(t, is_anomalous ? "true" : "false");
    else
        line_bytes(t, is_anomalous ? "1" : "0", 1);
}

// Appends the names and shares of the features that explain the error. A row of a file without an error gets the names
// of its first values that the model cannot take; in a split, these values are not known.
static void add_features(const struct score_pass *p, struct line_text *t, int64_t i, bool is_scored)
{
    static const char *const names[] = {"feature_1", "share_1", "feature_2", "share_2", "feature_3", "share_3"};
    const struct lines_writer *w = lines_of(p);
    const struct apply_output *o = &p->apply.output[p->shares];
    const float *share = o->piece + i * o->width;

    for (int k = 0; k < BLAME_TOP; k++) {
        int thing = (int)share[k];
        if (!is_scored && p->rows) {
            int value = p->rows->missing[i * NEW_ROWS_MISSING + k];
            thing = value >= 0 && p->member->blame.thing ? p->member->blame.thing[value] : value;
        } else if (!is_scored) {
            thing = -1;
        }
        begin_value(w, t, names[2 * k], false);
        if (thing >= 0)
            line_bytes(t, w->names[thing].data, w->names[thing].n);
        else
            add_unknown(w, t);
        begin_value(w, t, names[2 * k + 1], false);
        add_float_value(w, t, is_scored && thing >= 0 ? share[BLAME_TOP + k] : NAN);
    }
}

static void add_score_line(const struct score_pass *p, struct line_text *t, int64_t i)
{
    const struct lines_writer *w = lines_of(p);
    float error = p->apply.output[SCORE_ERROR].piece[i];
    int unknown = score_pass_unknown(p, i);
    struct score_place place;
    bool is_first = true;

    if (w->format == LINES_JSON)
        line_bytes(t, "{", 1);
    score_place_of(p, i, &place);
    if (w->has.has_file) {
        begin_value(w, t, "file", true);
        line_bytes(t, w->file.data, w->file.n);
        is_first = false;
    }
    if (w->has.has_id) {
        begin_value(w, t, "id", is_first);
        add_row_text(w, t, &place.id);
        is_first = false;
    }
    if (w->has.has_time) {
        begin_value(w, t, "time", is_first);
        add_row_text(w, t, &place.time);
        is_first = false;
    }

    begin_value(w, t, "row", is_first);
    line_integer(t, place.row);
    begin_value(w, t, "error", false);
    add_float_value(w, t, error);
    add_verdict(p, t, error, unknown > 0 && p->job->csv->unknown == UNKNOWN_ANOMALOUS);
    if (p->job->p_value) {
        begin_value(w, t, "p_value", false);
        add_float_value(w, t, p->job->p_value[p->apply.first + i]);
    }
    add_features(p, t, i, !isnan(error));
    if (score_pass_knows_unknown(p)) {
        begin_value(w, t, "unknown", false);
        line_integer(t, unknown);
    }
    line_string(t, w->format == LINES_JSON ? "}\n" : "\n");
}

static int write_line_bytes(struct score_pass *p, const struct line_text *t, struct err *e)
{
    struct lines_writer *w = lines_of(p);

    for (size_t done = 0; done < t->n;) {
        ssize_t wrote = write(w->fd, t->data + done, t->n - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return disk_fail(e, w->temporary ? p->job->output : "standard output", errno, 0, "cannot write");
        done += (size_t)wrote;
    }
    return 0;
}

// --- time steps

// Appends a string of a time step.
static void add_step_text(
    const struct lines_writer *w, struct line_text *t, const char *name, const char *value, bool *is_first)
{
    begin_value(w, t, name, *is_first);
    *is_first = false;
    if (value)
        add_format_string(t, w->format, value, strlen(value));
    else
        add_unknown(w, t);
}

static int write_step_line(void *context, const struct step_line *line, struct err *e)
{
    struct score_pass *p = context;
    struct lines_writer *w = lines_of(p);
    struct line_text *t = &w->parts[0];
    bool is_first = true;

    t->n = 0;
    if (w->format == LINES_JSON)
        line_bytes(t, "{", 1);
    if (w->has.has_file)
        add_step_text(w, t, "file", p->job->files[line->file], &is_first);
    if (w->has.has_id)
        add_step_text(w, t, "id", line->id, &is_first);
    if (w->has.has_time)
        add_step_text(w, t, "time", line->time, &is_first);
    begin_value(w, t, "row", is_first);
    line_integer(t, line->row);
    begin_value(w, t, "error", false);
    add_float_value(w, t, line->error);
    add_verdict(p, t, line->error, false);
    line_string(t, w->format == LINES_JSON ? "}\n" : "\n");
    return write_line_bytes(p, t, e);
}

// --- pieces

struct lines_work {
    const struct score_pass *p;
    int64_t rows;
};

static void write_part_lines(void *context, int64_t number)
{
    const struct lines_work *work = context;
    struct line_text *t = &lines_of(work->p)->parts[number];
    int64_t first = number * PART_ROWS;
    int64_t last = first + PART_ROWS < work->rows ? first + PART_ROWS : work->rows;

    t->n = 0;
    for (int64_t i = first; i < last; i++)
        add_score_line(work->p, t, i);
}

static int write_lines_piece(struct score_pass *p, int64_t first, int64_t rows, struct err *e)
{
    struct lines_writer *w = lines_of(p);
    struct lines_work work = {p, rows};
    int parts = (int)((rows + PART_ROWS - 1) / PART_ROWS);

    if (w->steps)
        return step_lines_add(w->steps, first, rows, p->apply.output[SCORE_ERROR].piece, e);
    if (score_places_read(p, first, rows, e) != 0)
        return -1;
    if (w->has.has_file && w->file_number != p->rows->file) {
        const char *name = p->job->files[p->rows->file];
        w->file.n = 0;
        add_format_string(&w->file, w->format, name, strlen(name));
        w->file_number = p->rows->file;
    }
    ASSERT(parts <= w->n_parts, "%d of %d parts", parts, w->n_parts);
    team_each(p->apply.team, parts, write_part_lines, &work);
    for (int i = 0; i < parts; i++)
        if (write_line_bytes(p, &w->parts[i], e) != 0)
            return -1;
    return 0;
}

// --- the file

// Returns true if a file is empty or its first line is that of a file of scores. Only such a file may be replaced.
static bool has_scores_line(const char *path)
{
    char line[4096] = "";
    FILE *in = input_stream(path, NULL);
    if (!in)
        return false;

    bool is_empty = !fgets(line, sizeof line, in) && !ferror(in);
    fclose(in);
    return is_empty || strstr(line, CSV_STEP_VERDICT) ||
           (*line == '{' && strstr(line, "\"error\":") && strstr(line, "\"anomalous\":"));
}

static int open_lines_file(struct score_pass *p, struct err *e)
{
    const struct score_job *j = p->job;
    struct lines_writer *w = lines_of(p);

    if (strcmp(j->output, "-") == 0) {
        w->fd = j->output_fd;
        return 0;
    }
    if (output_take(&w->output, j->output, e) != 0)
        return -1;
    if (w->output.seen.exists && !S_ISREG(w->output.seen.s.st_mode))
        return err_add(e, ERR_USAGE, "%s: found something else than a regular file, allowed: a file", j->output);
    if (w->output.seen.exists && !j->force)
        return err_add(e, ERR_USAGE, "%s: is there already; --force replaces it", j->output);
    if (w->output.seen.exists && !has_scores_line(j->output))
        return err_add(e, ERR_USAGE,
            "%s: exists: found other text than scores, allowed: a new file, or one of scores; hint: choose another name",
            j->output);
    w->temporary = disk_temporary(j->output);
    w->fd = disk_open_temporary(w->temporary, j->output);
    return w->fd >= 0 ? 0 : disk_fail(e, j->output, errno, 0, "cannot create");
}

static int write_csv_header(struct score_pass *p, struct err *e)
{
    const struct lines_writer *w = lines_of(p);
    struct line_text t = {0};

    if (w->format != LINES_CSV)
        return 0;
    if (w->has.has_file)
        line_string(&t, "file,");
    if (w->has.has_id)
        line_string(&t, "id,");
    if (w->has.has_time)
        line_string(&t, "time,");
    line_string(&t, CSV_STEP_VERDICT);
    if (p->job->p_value && !w->steps)
        line_string(&t, ",p_value");
    line_string(&t, w->steps ? "" : "," CSV_FEATURES);
    line_string(&t, score_pass_knows_unknown(p) ? ",unknown\n" : "\n");
    int rc = write_line_bytes(p, &t, e);
    line_free(&t);
    return rc;
}

static int begin_lines(struct score_pass *p, struct err *e)
{
    struct lines_writer *w = lines_of(p);

    w->has = score_naming_of(p);
    w->n_parts = (int)(p->apply.piece_rows / PART_ROWS) + 1;
    w->parts = mem_new((size_t)w->n_parts, sizeof *w->parts);
    w->n_names = p->member->blame.n;
    w->names = mem_new((size_t)w->n_names, sizeof *w->names);
    for (int i = 0; i < w->n_names; i++)
        add_format_string(&w->names[i], w->format, p->member->blame.names[i], strlen(p->member->blame.names[i]));
    if (!isnan(lines_threshold(p)))
        text_number(w->threshold, lines_threshold(p));
    w->steps = p->member->fit.window.length ? step_lines_new(p, write_step_line, p) : NULL;
    return open_lines_file(p, e) == 0 ? write_csv_header(p, e) : -1;
}

static int finish_lines(struct score_pass *p, struct err *e)
{
    struct lines_writer *w = lines_of(p);
    int rc = w->steps ? step_lines_finish(w->steps, e) : 0;

    if (rc != 0 || !w->temporary)
        return rc;
    if (close(w->fd) != 0)
        rc = disk_fail(e, p->job->output, errno, 0, "cannot write");
    w->fd = -1;
    if (rc == 0)
        rc = disk_rename_over(w->temporary, p->job->output, &w->output.seen, e);
    if (rc == 0) {
        free(w->temporary);
        w->temporary = NULL;
    }
    return rc;
}

static void free_lines(struct lines_writer *w)
{
    if (w->temporary && w->fd >= 0)
        close(w->fd);
    if (w->temporary)
        disk_discard(w->temporary);
    output_release(&w->output);
    step_lines_free(&w->steps);
    for (int i = 0; i < w->n_parts; i++)
        line_free(&w->parts[i]);
    for (int i = 0; i < w->n_names; i++)
        line_free(&w->names[i]);
    line_free(&w->file);
    free(w->parts);
    free(w->names);
    free(w->temporary);
}

int score_lines_write(const struct team *team, const struct score_job *job, struct score_outcome *out, struct err *e)
{
    struct lines_writer w = {.format = score_lines_format(job->output), .fd = -1, .file_number = -1};
    const struct score_sink sink = {.begin = begin_lines,
        .piece = write_lines_piece,
        .finish = finish_lines,
        .needs_shares = job->model->trial.data.window.length == 0,
        .context = &w};

    ASSERT(w.format != LINES_NONE, "%s", job->output);
    int rc = score_pass_run(team, job, &sink, out, e);
    free_lines(&w);
    return rc;
}
