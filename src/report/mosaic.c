// Lays out a mosaic: tiles in rows below an optional title.
#include "report/mosaic.h"

#include "base/mem.h"
#include "report/gallery.h"
#include "report/gallery_canvas.h"
#include "report/gallery_png.h"
#include "report/gallery_tile.h"
#include "store/schema.h"
#include "store/store.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct color PAGE = {250, 250, 251}, INK = {24, 26, 31};
enum { MARGIN = 14, TITLE = TEXT_HEIGHT + TEXT_DESCENT + 10, PIXELS_MAX = 100 << 20 };

static struct tile_size mosaic_tile_size(const struct gallery_format *f)
{
    if (f->height)
        return tile_size_of(f);
    return (struct tile_size){.width = CURVE_WIDTH, .height = CURVE_HEIGHT};
}

static int64_t mosaic_columns(const struct mosaic *m)
{
    return m->columns ? m->columns : (int64_t)ceil(sqrt((double)m->count));
}

// Returns the number of values of a sample.
static size_t mosaic_sample_values(const struct mosaic *m)
{
    size_t values = 1;
    for (int i = 0; i < m->rank; i++)
        values *= (size_t)m->dims[i];
    return values;
}

int mosaic_check(int rank, const int *dims, int64_t count, struct err *e)
{
    struct gallery_format f = gallery_format_of(rank, dims);
    struct tile_size s = mosaic_tile_size(&f);
    int64_t most = PIXELS_MAX / s.width / s.height;
    if (count <= most)
        return 0;
    return err_add(e, ERR_USAGE, "--png: found %lld samples, allowed: at most %lld of this shape", (long long)count,
        (long long)most);
}

// Returns the format of all tiles: all images have the same range of grays, but each curve has its own range.
static struct gallery_format mosaic_format(const struct mosaic *m, const float *x)
{
    struct gallery_format f = gallery_format_of(m->rank, m->dims);
    size_t n = (size_t)m->count * mosaic_sample_values(m);
    float low = 0, high = 1;

    for (size_t i = 0; i < n; i++) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }

    if (f.height) {
        bool is_given = m->low != m->high;
        f.low = is_given ? m->low : low;
        f.high = is_given ? m->high : high;
    }
    return f;
}

static void draw_mosaic_tiles(
    const struct mosaic *m, const struct gallery_format *f, struct canvas *page, const float *x)
{
    struct tile_size s = mosaic_tile_size(f);
    int64_t columns = mosaic_columns(m);
    size_t values = mosaic_sample_values(m);
    int top = MARGIN + (m->title ? TITLE : 0);

    for (int64_t i = 0; i < m->count; i++, x += values) {
        int left = MARGIN + (int)(i % columns) * s.width;
        int y = top + (int)(i / columns) * s.height;
        ASSERT(left + s.width <= page->width && y + s.height <= page->height, "sample %lld", (long long)i);
        if (f->height)
            tile_image(page, left, y, f, x);
        else
            tile_curves(page, left, y, f, x, x);
    }
}

int mosaic_write(const struct mosaic *m, const float *x, const char *path, struct err *e)
{
    ASSERT(m->count > 0 && m->columns >= 0, "%lld samples", (long long)m->count);
    struct gallery_format f = mosaic_format(m, x);
    struct tile_size s = mosaic_tile_size(&f);
    int columns = (int)mosaic_columns(m), rows = (int)((m->count + columns - 1) / columns);
    int top = m->title ? TITLE : 0;
    struct canvas page;

    if (canvas_make(&page, columns * s.width + 2 * MARGIN, rows * s.height + 2 * MARGIN + top, PAGE, e) != 0)
        return -1;

    if (m->title)
        canvas_text(&page, MARGIN, MARGIN, m->title, INK);
    draw_mosaic_tiles(m, &f, &page, x);
    int rc = picture_write(path, page.width, page.height, page.rgb, e);
    canvas_clear(&page);

    return rc;
}

// Returns the first m->count samples of FILE.h5:SPLIT as new memory, or NULL and an error.
static float *read_mosaic_samples(const struct mosaic *m, const char *split, struct err *e)
{
    const char *colon = strrchr(split, ':');
    ASSERT(colon != NULL, "%s", split);
    char *file = mem_format("%.*s", (int)(colon - split), split);
    char *x = mem_format("%s/" DATASET_X, colon + 1);
    struct store_file *f = store_open(file, FORMAT_DATASET, STORE_CHECKED, e);
    float *v = f ? mem_array((size_t)m->count * mosaic_sample_values(m), sizeof *v, "samples", e) : NULL;

    if (v && store_read(f, x, STORE_F32, store_entries(0, m->count), v, e) != 0) {
        free(v);
        v = NULL;
    }

    store_close(&f);
    free(file);
    free(x);
    return v;
}

int mosaic_draw(const struct mosaic *m, const char *split, const char *path, struct err *e)
{
    float *x = read_mosaic_samples(m, split, e);
    int rc = x ? mosaic_write(m, x, path, e) : -1;
    free(x);
    return rc;
}
