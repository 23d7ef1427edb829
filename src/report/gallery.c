// Lays out and draws the page of a gallery.
//
// When a sample is added, it is drawn into its own canvas, so that the caller need not keep the values. The page is
// laid out when it is written, because the number of columns depends on the widest sample or caption. draw_page runs
// twice: first on a canvas without rows, on which nothing is drawn, to measure the height; then on the page itself. The
// gallery owns the canvases, captions and headings.
#include "report/gallery.h"

#include "base/mem.h"
#include "report/gallery_canvas.h"
#include "report/gallery_png.h"
#include "report/gallery_tile.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text_style {
    struct color color;
    bool is_bold; // drawn twice, one pixel apart
};

static const struct color PAGE = {250, 250, 251}, RULE = {214, 217, 222};
static const struct text_style HEADING = {{24, 26, 31}, true}, CAPTION = {{96, 101, 112}, false};
enum {
    MARGIN = 28,
    TILE_GAP = 4,    // between the tiles of a sample
    SAMPLE_GAP = 28, // between samples side by side
    LINE = TEXT_HEIGHT + TEXT_DESCENT,
    CAPTION_GAP = 6,   // between the tiles and the caption
    ROW_GAP = 10,      // below a caption
    RULE_GAP = 12,     // below the rule of a heading
    PAGE_WIDTH = 1480, // the number of columns is chosen to fit this width
    CAPTION_MAX = 30,  // a column is widened for up to this many characters of a caption
};

struct gallery_item {
    char *text; // caption of a sample or heading of a section; owned
    bool is_section;
    struct canvas tiles; // the tiles of a sample; owned
};

struct gallery {
    struct gallery_format format;
    char *title;                // owned, or NULL
    struct gallery_item *items; // (n_items), owned
    int n_items, n_samples;
    int cell_width; // width in pixels of the widest sample or caption
};

struct gallery_format gallery_format_of(int rank, const int *dims)
{
    int values = 1;
    for (int i = 0; i < rank; i++)
        values *= dims[i];
    if (rank < 2 || (rank == 3 && dims[2] != 1 && dims[2] != 3))
        return (struct gallery_format){.width = values, .channels = 1};
    return (struct gallery_format){.height = dims[0], .width = dims[1], .channels = rank == 3 ? dims[2] : 1};
}

static bool is_image(const struct gallery_format *f)
{
    return f->height > 0;
}

struct gallery *gallery_new(const struct gallery_format *format, const char *title)
{
    ASSERT(format->width > 0 && format->height >= 0, "%d x %d", format->width, format->height);
    ASSERT(!is_image(format) || format->channels == 1 || format->channels == 3, "channels = %d", format->channels);

    struct gallery *g = mem_new(1, sizeof *g);
    g->format = *format;
    g->title = mem_text(title);
    if (is_image(format) && format->low == format->high) {
        g->format.low = 0;
        g->format.high = 1;
    }
    return g;
}

void gallery_free(struct gallery **g)
{
    if (!*g)
        return;

    for (int i = 0; i < (*g)->n_items; i++) {
        free((*g)->items[i].text);
        canvas_clear(&(*g)->items[i].tiles);
    }
    free((*g)->items);
    free((*g)->title);
    free(*g);
    *g = NULL;
}

static struct gallery_item *gallery_add_item(struct gallery *g, const char *text)
{
    g->items = mem_grow(g->items, (size_t)g->n_items + 1, sizeof *g->items);
    g->items[g->n_items] = (struct gallery_item){.text = mem_text(text)};
    return &g->items[g->n_items++];
}

void gallery_section(struct gallery *g, const char *heading)
{
    gallery_add_item(g, heading)->is_section = true;
}

static int draw_images(struct canvas *tiles, const struct gallery_format *f, const float *input,
    const float *reconstruction, struct err *e)
{
    struct tile_size s = tile_size_of(f);
    int step = s.width + TILE_GAP;

    if (canvas_make(tiles, 2 * step + s.width, s.height, PAGE, e) != 0)
        return -1;

    tile_image(tiles, 0, 0, f, input);
    tile_image(tiles, step, 0, f, reconstruction);
    tile_difference(tiles, 2 * step, 0, f, input, reconstruction);
    return 0;
}

static int draw_curves(struct canvas *tiles, const struct gallery_format *f, const float *input,
    const float *reconstruction, struct err *e)
{
    if (canvas_make(tiles, CURVE_WIDTH, CURVE_HEIGHT, PAGE, e) != 0)
        return -1;
    tile_curves(tiles, 0, 0, f, input, reconstruction);
    return 0;
}

int gallery_add(struct gallery *g, const float *input, const float *reconstruction, const char *caption, struct err *e)
{
    if (g->n_samples == GALLERY_SAMPLES_MAX)
        return err_add(e, ERR_USAGE, "gallery: more than %d samples", GALLERY_SAMPLES_MAX);

    const struct gallery_format *f = &g->format;
    struct canvas tiles;
    int rc = is_image(f) ? draw_images(&tiles, f, input, reconstruction, e)
                         : draw_curves(&tiles, f, input, reconstruction, e);
    if (rc != 0)
        return -1;
    gallery_add_item(g, caption)->tiles = tiles;
    g->n_samples++;

    int width = (int)strnlen(caption, CAPTION_MAX) * TEXT_ADVANCE;
    width = width > tiles.width ? width : tiles.width;
    g->cell_width = width > g->cell_width ? width : g->cell_width;
    return 0;
}

// Returns the number of samples in a row of the page, from 1 to the number of samples.
static int gallery_columns(const struct gallery *g)
{
    int columns = g->format.columns;
    if (columns <= 0) // use as many as fit
        columns = (PAGE_WIDTH - 2 * MARGIN + SAMPLE_GAP) / (g->cell_width + SAMPLE_GAP);
    if (columns > g->n_samples)
        columns = g->n_samples;
    return columns > 0 ? columns : 1;
}

// Draws a string of at most `width` pixels; a longer one is cut and ends in "..".
static void draw_text(struct canvas *c, int x, int y, int width, const char *text, const struct text_style *style)
{
    size_t most = (size_t)(width / TEXT_ADVANCE), length = strlen(text);
    bool fits = length <= most;

    ASSERT(fits || most >= 2, "%zu of %zu characters", most, length);
    char *shown = fits ? mem_text(text) : mem_format("%.*s..", (int)most - 2, text);
    canvas_text(c, x, y, shown, style->color);
    if (style->is_bold)
        canvas_text(c, x + 1, y, shown, style->color);
    free(shown);
}

// Draws the line that explains the tiles. Returns the y below it.
static int draw_legend(const struct gallery *g, struct canvas *page, int y)
{
    if (is_image(&g->format)) {
        canvas_text(page, MARGIN, y, "input, reconstruction, difference", CAPTION.color);
    } else {
        int x = canvas_text(page, MARGIN, y, "input", CURVE_INPUT);
        x = canvas_text(page, x, y, " and ", CAPTION.color);
        canvas_text(page, x, y, "reconstruction", CURVE_RECONSTRUCTION);
    }
    return y + LINE;
}

static int draw_heading(struct canvas *page, int y, const char *heading)
{
    int width = page->width - 2 * MARGIN;
    y += LINE;
    draw_text(page, MARGIN, y, width, heading, &HEADING);
    canvas_fill(page, MARGIN, y + LINE + 2, width, 1, RULE);
    return y + LINE + 2 + RULE_GAP;
}

// Draws the samples from `first` to the next section. Returns the y below them.
static int draw_samples(const struct gallery *g, struct canvas *page, int y, int first)
{
    int columns = gallery_columns(g), row_height = 0;

    ASSERT(first >= 0 && first < g->n_items, "item %d of %d", first, g->n_items);
    for (int i = first; i < g->n_items && !g->items[i].is_section; i++) {
        const struct gallery_item *sample = &g->items[i];
        int column = (i - first) % columns;
        int x = MARGIN + column * (g->cell_width + SAMPLE_GAP);
        if (column == 0)
            y += row_height;
        canvas_paste(page, x, y, &sample->tiles);
        draw_text(page, x, y + sample->tiles.height + CAPTION_GAP, g->cell_width, sample->text, &CAPTION);
        row_height = sample->tiles.height + CAPTION_GAP + LINE + ROW_GAP; // the same for all samples
    }

    return y + row_height;
}

// Draws the whole page. Returns the height that it needs.
static int draw_page(const struct gallery *g, struct canvas *page)
{
    int y = MARGIN;

    if (g->title) {
        draw_text(page, MARGIN, y, page->width - 2 * MARGIN, g->title, &HEADING);
        y += LINE + 4;
    }

    y = draw_legend(g, page, y);
    for (int i = 0; i < g->n_items; i++) {
        if (g->items[i].is_section)
            y = draw_heading(page, y, g->items[i].text);
        else if (i == 0 || g->items[i - 1].is_section)
            y = draw_samples(g, page, i == 0 ? y + LINE : y, i);
    }

    return y + MARGIN - ROW_GAP;
}

int gallery_write(const struct gallery *g, const char *path, struct err *e)
{
    int legend = 33 * TEXT_ADVANCE; // characters of the longest line of the legend
    int width = gallery_columns(g) * (g->cell_width + SAMPLE_GAP) - SAMPLE_GAP;
    width = 2 * MARGIN + (width > legend ? width : legend);

    struct canvas page = {.width = width}; // a page without rows is only measured
    int height = draw_page(g, &page);
    if (canvas_make(&page, width, height, PAGE, e) != 0)
        return -1;

    draw_page(g, &page);
    int rc = picture_write(path, page.width, page.height, page.rgb, e);
    canvas_clear(&page);
    return rc;
}
