// Draws the errors of time steps. Each column of pixels stands for several steps. Its bar is as high as the largest of
// their errors, and its background is tinted if any of them is a true anomaly. So no short anomaly is lost in a long
// series.
#include "report/series_picture.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "data/coordinates.h"
#include "leaderboard/run_read.h"
#include "leaderboard/trial_open.h"
#include "report/gallery_canvas.h"
#include "report/gallery_png.h"
#include "store/schema.h"
#include "store/store.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { WIDTH = 1200, HEIGHT = 360, MARGIN = 20, TOP = 60, BOTTOM = 40 };
enum { PLOT_WIDTH = WIDTH - 2 * MARGIN, PLOT_HEIGHT = HEIGHT - TOP - BOTTOM };

static const struct color SHEET = {255, 255, 255}, INK = {38, 42, 50}, BAR = {24, 112, 214}, ABOVE = {214, 60, 30};
static const struct color LIMIT = {120, 126, 136}, TRUE_ANOMALY = {255, 216, 204};

// The time steps of a test set. The arrays are owned.
struct series_errors {
    int64_t n;
    float *error;       // (n)
    int8_t *is_anomaly; // (n); NULL: unknown
    double threshold;   // NaN: unknown
    char *first, *last; // names of the first and the last step, such as their times
};

static void series_errors_free(struct series_errors *s)
{
    free(s->error);
    free(s->is_anomaly);
    free(s->first);
    free(s->last);
}

// --- reading

static int read_step_marks(struct store_file *f, const char *group, struct series_errors *s, struct err *e)
{
    char *path = mem_format("%s/" SCORES_IS_ANOMALY, group);
    int rc = 0;

    if (store_has(f, path)) {
        s->is_anomaly = mem_array((size_t)s->n, sizeof *s->is_anomaly, "anomalies of time steps", e);
        rc = s->is_anomaly ? store_read(f, path, STORE_I8, store_entries(0, s->n), s->is_anomaly, e) : -1;
    }
    free(path);
    return rc;
}

// Returns the time or the name of a step, or else "step N", in new memory. Returns NULL and an error if they cannot be
// read.
static char *read_step_name(struct store_file *f, const char *group, int64_t n, int64_t step, struct err *e)
{
    struct coordinates c;
    char *name = NULL;

    if (coordinates_open(f, group, n, &c, e) != 0)
        return NULL;
    if (coordinates_read(f, group, step, 1, &c, e) == 0) {
        name = coordinates_time_text(&c, 0);
        name = name ? name : coordinates_row_name(&c, 0);
    }
    coordinates_free(&c, 1);
    return name ? name : mem_format("step %lld", (long long)step);
}

static int read_series_errors(struct store_file *f, const char *group, struct series_errors *s, struct err *e)
{
    char *path = mem_format("%s/" SCORES_ERROR, group);
    struct store_shape shape;
    int rc = store_get_shape(f, path, &shape, e);

    if (rc == 0 && (shape.rank != 1 || shape.dims[0] < 1))
        rc = err_add(e, ERR_DATA, "%s: %s: found %d dimensions, allowed: an error for each time step", store_path(f),
            path, shape.rank);
    if (rc == 0) {
        s->n = shape.dims[0];
        s->error = mem_array((size_t)s->n, sizeof *s->error, "errors of time steps", e);
        rc = s->error ? store_read(f, path, STORE_F32, store_entries(0, s->n), s->error, e) : -1;
    }
    free(path);
    if (rc != 0 || read_step_marks(f, group, s, e) != 0)
        return -1;

    if (store_get_real(f, group, SCORES_THRESHOLD, &s->threshold, NULL) != 0)
        s->threshold = NAN;
    s->first = read_step_name(f, group, s->n, 0, e);
    s->last = read_step_name(f, group, s->n, s->n - 1, e);
    return s->first && s->last ? 0 : -1;
}

// --- drawing

// Returns the error at the top of the plot.
static double find_top(const struct series_errors *s)
{
    double top = isfinite(s->threshold) ? s->threshold : 0;

    for (int64_t i = 0; i < s->n; i++)
        if (isfinite(s->error[i]) && (double)s->error[i] > top)
            top = (double)s->error[i];
    return top > 0 ? 1.05 * top : 1;
}

static int error_pixel(double error, double top)
{
    double share = fmin(fmax(error / top, 0), 1);
    return (int)lround(share * (PLOT_HEIGHT - 1));
}

// Draws one column of pixels, which stands for the steps [first, last).
static void draw_column(struct canvas *c, const struct series_errors *s, int x, int64_t first, int64_t last, double top)
{
    bool is_anomaly = false;
    double largest = NAN;

    ASSERT(first < last && last <= s->n, "steps %lld to %lld", (long long)first, (long long)last);
    for (int64_t i = first; i < last; i++) {
        is_anomaly = is_anomaly || (s->is_anomaly && s->is_anomaly[i]);
        if (!isnan(s->error[i]) && !(largest > (double)s->error[i]))
            largest = (double)s->error[i];
    }

    if (is_anomaly)
        canvas_fill(c, MARGIN + x, TOP, 1, PLOT_HEIGHT, TRUE_ANOMALY);
    if (isnan(largest))
        return;
    int height = error_pixel(largest, top) + 1;
    canvas_fill(c, MARGIN + x, TOP + PLOT_HEIGHT - height, 1, height, largest > s->threshold ? ABOVE : BAR);
}

static void draw_series(struct canvas *c, const struct series_errors *s, const char *title)
{
    double top = find_top(s);
    char text[96];

    for (int x = 0; x < PLOT_WIDTH; x++) {
        int64_t first = x * s->n / PLOT_WIDTH, last = (x + 1) * s->n / PLOT_WIDTH;
        draw_column(c, s, x, first, last > first ? last : first + 1, top);
    }
    canvas_fill(c, MARGIN, TOP + PLOT_HEIGHT, PLOT_WIDTH, 1, INK);
    if (isfinite(s->threshold))
        canvas_fill(c, MARGIN, TOP + PLOT_HEIGHT - 1 - error_pixel(s->threshold, top), PLOT_WIDTH, 1, LIMIT);

    canvas_text(c, MARGIN, MARGIN / 2, title, INK);
    int x = canvas_text(c, MARGIN, MARGIN / 2 + 24, "error of time steps", BAR) + TEXT_ADVANCE;
    snprintf(text, sizeof text, "up to %.4g", top / 1.05);
    x = canvas_text(c, x, MARGIN / 2 + 24, text, INK) + TEXT_ADVANCE;
    snprintf(text, sizeof text, "threshold %.4g", s->threshold);
    if (isfinite(s->threshold))
        x = canvas_text(c, x, MARGIN / 2 + 24, text, LIMIT) + TEXT_ADVANCE;
    if (s->is_anomaly)
        canvas_text(c, x, MARGIN / 2 + 24, "true anomalies tinted", ABOVE);

    int width = TEXT_ADVANCE * (int)utf8_width(s->last);
    canvas_text(c, MARGIN, TOP + PLOT_HEIGHT + 12, s->first, INK);
    canvas_text(c, WIDTH - MARGIN - width, TOP + PLOT_HEIGHT + 12, s->last, INK);
}

static int write_series_picture(const struct series_errors *s, const char *title, const char *path, struct err *e)
{
    struct canvas c;
    if (canvas_make(&c, WIDTH, HEIGHT, SHEET, e) != 0)
        return -1;

    draw_series(&c, s, title);
    int rc = picture_write(path, c.width, c.height, c.rgb, e);
    canvas_clear(&c);
    return rc;
}

int series_picture(
    const struct leaderboard_row *trial, const char *set, const char *path, bool *is_drawn, struct err *e)
{
    struct series_errors s = {.threshold = NAN};
    struct store_file *f = trial->n_sets ? trial_open(trial, e) : NULL;
    const char *name = set || !trial->n_sets ? set : trial->set[0].name;
    int rc = trial->n_sets && !f ? -1 : 0;

    *is_drawn = false;
    if (f) {
        char *group = mem_format("%s%s" TRIAL_SCORES "/%s/" SCORES_STEPS, trial->group, *trial->group ? "/" : "", name);
        char *title = mem_format("%s, trial %.8s, set %s", trial->experiment, trial->id, name);
        *is_drawn = store_has(f, group);
        if (*is_drawn)
            rc = read_series_errors(f, group, &s, e);
        if (*is_drawn && rc == 0)
            rc = write_series_picture(&s, title, path, e);
        free(group);
        free(title);
    }

    store_close(&f);
    series_errors_free(&s);
    return rc;
}
