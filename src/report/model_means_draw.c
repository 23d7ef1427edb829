// The critical-difference diagram: an axis of mean ranks with the best model on the left, a labeled line down from the
// axis for every model, and a thick bar over the models of a group.
#include "report/model_means.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/utf8.h"
#include "report/gallery_canvas.h"
#include "report/gallery_png.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MODELS_MOST = 40 };
enum { WIDTH = 1200, MARGIN = 40, LABEL = 420, AXIS = 110, BAR = 14, LINE = 26 };
enum { AXIS_LEFT = LABEL, AXIS_RIGHT = WIDTH - LABEL };

static const struct color SHEET = {255, 255, 255}, INK = {38, 42, 50}, GROUP = {214, 60, 30}, STEM = {120, 126, 136};

// Returns the x of a mean rank. The axis holds ranks from 1 to the number of models.
static int rank_pixel(const struct model_means *m, double rank)
{
    double share = m->n_models > 1 ? (rank - 1) / (m->n_models - 1) : 0;
    ASSERT(share > -0.001 && share < 1.001, "rank %g of %d models", rank, m->n_models);
    return AXIS_LEFT + (int)lround(share * (AXIS_RIGHT - AXIS_LEFT));
}

// Returns the name of a model on the diagram, in new memory. A long name is cut.
static char *model_name(const struct model_means *m, int model)
{
    enum { MOST = (LABEL - MARGIN) / TEXT_ADVANCE - 8 };
    struct text name = {0};

    for (int k = 0; k < m->n_keys; k++)
        text_add(&name, "%s%s", k ? ", " : "", m->value[model * m->n_keys + k]);
    if (!name.data)
        return mem_text("all");
    if (utf8_width(name.data) <= MOST)
        return name.data;

    const char *end = name.data;
    for (int i = 0; i < MOST - 3; i++)
        utf8_next(&end);
    char *cut = mem_format("%.*s...", (int)(end - name.data), name.data);
    text_free(&name);
    return cut;
}

static void draw_axis(struct canvas *c, const struct model_means *m)
{
    char text[32];

    canvas_fill(c, AXIS_LEFT, AXIS, AXIS_RIGHT - AXIS_LEFT + 1, 2, INK);
    int step = (m->n_models + 9) / 10;
    for (int rank = 1; rank <= m->n_models; rank += step) {
        int x = rank_pixel(m, rank);
        snprintf(text, sizeof text, "%d", rank);
        canvas_fill(c, x, AXIS - 6, 2, 6, INK);
        canvas_text(c, x - TEXT_ADVANCE / 2, AXIS - 26, text, INK);
    }
}

// Draws the stem of a model from the axis down to its line, and its name at the end of the line. The better half of the
// models is on the left.
static void draw_model(struct canvas *c, const struct model_means *m, int model, int top)
{
    int half = (m->n_models + 1) / 2;
    bool is_left = model < half;
    int y = top + LINE * (is_left ? model : m->n_models - 1 - model);
    int x = rank_pixel(m, m->rank[model]);
    char *name = model_name(m, model);
    char *label = mem_format(is_left ? "%s %.2f" : "%2$.2f %1$s", name, m->rank[model]);

    canvas_fill(c, x, AXIS, 2, y - AXIS, STEM);
    if (is_left) {
        int width = TEXT_ADVANCE * (int)utf8_width(label);
        canvas_fill(c, AXIS_LEFT - 20, y, x - AXIS_LEFT + 22, 2, STEM);
        canvas_text(c, AXIS_LEFT - 28 - width, y - TEXT_HEIGHT / 2, label, INK);
    } else {
        canvas_fill(c, x, y, AXIS_RIGHT + 20 - x, 2, STEM);
        canvas_text(c, AXIS_RIGHT + 28, y - TEXT_HEIGHT / 2, label, INK);
    }
    free(name);
    free(label);
}

static void draw_diagram(struct canvas *c, const struct model_means *m, const int *first, const int *last, int groups)
{
    int top = AXIS + 24 + BAR * groups;
    char *title = mem_format("mean rank by %s over %d values of %s", m->metric, m->n_blocks, m->over);

    canvas_text(c, MARGIN, MARGIN / 2, title, INK);
    free(title);
    draw_axis(c, m);
    for (int j = 0; j < m->n_models; j++)
        draw_model(c, m, j, top);
    for (int i = 0; i < groups; i++) {
        int from = rank_pixel(m, m->rank[first[i]]), to = rank_pixel(m, m->rank[last[i]]);
        canvas_fill(c, from - 4, AXIS + 14 + BAR * i, to - from + 10, 6, GROUP);
    }
}

int model_means_draw(const struct model_means *m, const char *path, struct err *e)
{
    if (m->n_models > MODELS_MOST)
        return err_add(e, ERR_USAGE, "--picture: found %d models, allowed: at most %d", m->n_models, MODELS_MOST);

    int *first = mem_new((size_t)m->n_models, sizeof *first), *last = mem_new((size_t)m->n_models, sizeof *last);
    int groups = model_means_groups(m, first, last);
    struct canvas c;

    int rc = canvas_make(&c, WIDTH, AXIS + 60 + BAR * groups + LINE * ((m->n_models + 1) / 2), SHEET, e);
    if (rc == 0) {
        draw_diagram(&c, m, first, last, groups);
        rc = picture_write(path, c.width, c.height, c.rgb, e);
        canvas_clear(&c);
    }
    free(first);
    free(last);
    return rc;
}
