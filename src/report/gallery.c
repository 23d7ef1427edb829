// Samples are drawn as they are added; the page is laid out and put together when it is written.
#include "report/gallery.h"

#include "base/mem.h"
#include "report/gallery_canvas.h"
#include "report/gallery_png.h"
#include "report/gallery_tile.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct color PAGE = {250, 250, 251}, INK = {24, 26, 31}, SOFT_INK = {96, 101, 112}, RULE = {214, 217, 222};
enum {
    MARGIN = 28,
    TILE_GAP = 4,    // between the tiles of a sample
    SAMPLE_GAP = 28, // between samples side by side
    LINE = TEXT_HEIGHT + TEXT_DESCENT,
    PAGE_WIDTH = 1480, // what columns are chosen for
    CAPTION_MAX = 30,  // characters that widen a column
};

struct item {
    char *text; // a sample's caption or a section's heading; owned
    bool is_section;
    struct canvas tiles; // of a sample; owned
};

struct gallery {
    struct gallery_format format;
    char *title; // owned, or NULL
    struct item *items;
    int n_items, n_samples;
    int cell_width; // of the widest sample or caption
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
    ASSERT(format->width > 0 && format->height >= 0);
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

static struct item *add_item(struct gallery *g, const char *text)
{
    g->items = mem_grow(g->items, (size_t)g->n_items + 1, sizeof *g->items);
    g->items[g->n_items] = (struct item){.text = mem_text(text)};
    return &g->items[g->n_items++];
}

void gallery_section(struct gallery *g, const char *heading)
{
    add_item(g, heading)->is_section = true;
}

static int draw_images(struct canvas *tiles, const struct gallery_format *f, const float *input,
    const float *reconstruction, struct err *e)
{
    struct tile_size s = tile_size_of(f);
    int step = s.width + TILE_GAP;
    if (canvas_make(tiles, 3 * s.width + 2 * TILE_GAP, s.height, PAGE, e))
        return -1;
    tile_image(tiles, 0, 0, f, input);
    tile_image(tiles, step, 0, f, reconstruction);
    tile_difference(tiles, 2 * step, 0, f, input, reconstruction);
    return 0;
}

static int draw_curves(struct canvas *tiles, const struct gallery_format *f, const float *input,
    const float *reconstruction, struct err *e)
{
    if (canvas_make(tiles, CURVE_WIDTH, CURVE_HEIGHT, PAGE, e))
        return -1;
    tile_curves(tiles, 0, 0, f, input, reconstruction);
    return 0;
}

int gallery_add(struct gallery *g, const float *input, const float *reconstruction, const char *caption, struct err *e)
{
    if (g->n_samples == GALLERY_SAMPLES_MAX)
        return err_add(e, ERR_USAGE, "gallery: more than %d samples", GALLERY_SAMPLES_MAX);
    struct canvas tiles;
    const struct gallery_format *f = &g->format;
    if (is_image(f) ? draw_images(&tiles, f, input, reconstruction, e)
                    : draw_curves(&tiles, f, input, reconstruction, e))
        return -1;
    add_item(g, caption)->tiles = tiles;
    g->n_samples++;
    int characters = (int)strnlen(caption, CAPTION_MAX), width = characters * TEXT_ADVANCE;
    width = width > tiles.width ? width : tiles.width;
    g->cell_width = width > g->cell_width ? width : g->cell_width;
    return 0;
}

static int columns_of(const struct gallery *g)
{
    int fit = (PAGE_WIDTH - 2 * MARGIN + SAMPLE_GAP) / (g->cell_width + SAMPLE_GAP);
    int columns = g->format.columns > 0 ? g->format.columns : fit > 0 ? fit : 1;
    return columns < g->n_samples ? columns : g->n_samples > 0 ? g->n_samples : 1;
}

// Bold: drawn twice, one pixel apart. Too long a text ends in "..".
static void draw_text(struct canvas *c, int x, int y, int width, const char *text, struct color color, bool is_bold)
{
    size_t room = (size_t)(width / TEXT_ADVANCE), length = strlen(text);
    char *shown = mem_format("%.*s%s", (int)(length <= room ? length : room - 2), text, length <= room ? "" : "..");
    canvas_text(c, x, y, shown, color);
    if (is_bold)
        canvas_text(c, x + 1, y, shown, color);
    free(shown);
}

// What the tiles are. Returns the y below.
static int draw_legend(const struct gallery *g, struct canvas *page, int y)
{
    if (is_image(&g->format)) {
        canvas_text(page, MARGIN, y, "input, reconstruction, difference", SOFT_INK);
    } else {
        int x = canvas_text(page, MARGIN, y, "input", CURVE_INPUT);
        x = canvas_text(page, x, y, " and ", SOFT_INK);
        canvas_text(page, x, y, "reconstruction", CURVE_RECONSTRUCTION);
    }
    return y + LINE;
}

static int draw_heading(struct canvas *page, int y, const char *heading)
{
    int width = page->width - 2 * MARGIN;
    y += LINE;
    draw_text(page, MARGIN, y, width, heading, INK, true);
    canvas_fill(page, MARGIN, y + LINE + 2, width, 1, RULE);
    return y + LINE + 2 + 12;
}

// Draws the samples from `first` to the next section. Returns the y below them.
static int draw_samples(const struct gallery *g, struct canvas *page, int y, int first)
{
    int columns = columns_of(g), tallest = 0;
    for (int i = first; i < g->n_items && !g->items[i].is_section; i++) {
        const struct item *sample = &g->items[i];
        int column = (i - first) % columns, x = MARGIN + column * (g->cell_width + SAMPLE_GAP);
        if (column == 0)
            y += tallest;
        canvas_paste(page, x, y, &sample->tiles);
        draw_text(page, x, y + sample->tiles.height + 6, g->cell_width, sample->text, SOFT_INK, false);
        tallest = sample->tiles.height + 6 + LINE + 10;
    }
    return y + tallest;
}

// Draws everything that lies on the page; returns the height that it needs.
static int draw_page(const struct gallery *g, struct canvas *page)
{
    int y = MARGIN;
    if (g->title) {
        draw_text(page, MARGIN, y, page->width - 2 * MARGIN, g->title, INK, true);
        y += LINE + 4;
    }
    y = draw_legend(g, page, y);
    for (int i = 0; i < g->n_items; i++) {
        if (g->items[i].is_section)
            y = draw_heading(page, y, g->items[i].text);
        else if (i == 0 || g->items[i - 1].is_section)
            y = draw_samples(g, page, i == 0 ? y + LINE : y, i);
    }
    return y + MARGIN - 10;
}

int gallery_write(const struct gallery *g, const char *path, struct err *e)
{
    int columns = columns_of(g), legend = 33 * TEXT_ADVANCE;
    int width = columns * (g->cell_width + SAMPLE_GAP) - SAMPLE_GAP;
    width = 2 * MARGIN + (width > legend ? width : legend);
    struct canvas page = {.width = width}; // without rows all is clipped: a measurement
    int height = draw_page(g, &page);
    if (canvas_make(&page, width, height, PAGE, e))
        return -1;
    draw_page(g, &page);
    int status = picture_write(path, page.width, page.height, page.rgb, e);
    canvas_clear(&page);
    return status;
}
