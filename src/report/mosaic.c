// Tiles without a gap between them, so that what changes from one to the next is seen.
#include "report/mosaic.h"

#include "base/mem.h"
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

static struct tile_size size_of(const struct gallery_format *f)
{
    return f->height ? tile_size_of(f) : (struct tile_size){.width = CURVE_WIDTH, .height = CURVE_HEIGHT};
}

static int64_t columns_of(const struct mosaic *m)
{
    return m->columns ? m->columns : (int64_t)ceil(sqrt((double)m->count));
}

int mosaic_check(int rank, const int *dims, int64_t count, struct err *e)
{
    struct gallery_format f = gallery_format_of(rank, dims);
    struct tile_size s = size_of(&f);
    int64_t most = PIXELS_MAX / s.width / s.height;
    return count <= most ? 0
                         : err_add(e, ERR_USAGE, "--png: found %lld samples, allowed: at most %lld of this shape",
                               (long long)count, (long long)most);
}

static size_t values_of(const struct mosaic *m)
{
    size_t values = 1;
    for (int i = 0; i < m->rank; i++)
        values *= (size_t)m->dims[i];
    return values;
}

// Images have one range of grays; curves have each their own.
static struct gallery_format format_of(const struct mosaic *m, const float *x)
{
    struct gallery_format f = gallery_format_of(m->rank, m->dims);
    float low = 0, high = 1;
    for (size_t i = 0; i < (size_t)m->count * values_of(m); i++) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    if (f.height) {
        f.low = m->low == m->high ? low : m->low;
        f.high = m->low == m->high ? high : m->high;
    }
    return f;
}

int mosaic_write(const struct mosaic *m, const float *x, const char *path, struct err *e)
{
    struct gallery_format format = format_of(m, x), *f = &format;
    struct tile_size s = size_of(f);
    int columns = (int)columns_of(m), rows = (int)((m->count + columns - 1) / columns), top = m->title ? TITLE : 0;
    size_t values = values_of(m);
    struct canvas page;
    if (canvas_make(&page, columns * s.width + 2 * MARGIN, rows * s.height + 2 * MARGIN + top, PAGE, e) != 0)
        return -1;
    if (m->title)
        canvas_text(&page, MARGIN, MARGIN, m->title, INK);
    for (int64_t i = 0; i < m->count; i++, x += values) {
        int left = MARGIN + (int)(i % columns) * s.width, y = MARGIN + top + (int)(i / columns) * s.height;
        if (f->height)
            tile_image(&page, left, y, f, x);
        else
            tile_curves(&page, left, y, f, x, x);
    }
    int failed = picture_write(path, page.width, page.height, page.rgb, e);
    canvas_clear(&page);
    return failed;
}

static float *read_samples(const struct mosaic *m, const char *split, struct err *e)
{
    const char *colon = strrchr(split, ':');
    char *file = mem_format("%.*s", (int)(colon - split), split), *x = mem_format("%s/" DATASET_X, colon + 1);
    struct store_file *f = store_open(file, FORMAT_DATASET, STORE_CHECKED, e);
    float *v = f ? mem_array((size_t)m->count * values_of(m), sizeof *v, "samples", e) : NULL;
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
    float *x = read_samples(m, split, e);
    int failed = x ? mosaic_write(m, x, path, e) : -1;
    free(x);
    return failed;
}
