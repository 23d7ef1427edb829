// Writes the coordinates of rows. A split has them in arrays, which are copied. Other files have them as text in each
// row. That text is kept in unnamed files, because arrays can be written only when the number of rows is known.
#include "apply/scores_coordinates.h"

#include "apply/apply.h"
#include "apply/line_text.h"
#include "apply/score_pass.h"
#include "apply/score_places.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/timestamp.h"
#include "data/coordinates.h"
#include "import/time_text.h"
#include "store/schema.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COPIED_ROWS = 1 << 14, NAME_BYTES = 1 << 16 };

// --- of a split

// The output arrays. Each is NULL if the data does not have that coordinate.
struct coordinate_streams {
    struct store_stream *id, *time, *group;
};

static struct store_stream *begin_coordinate(const struct coordinate_place *to, const char *name, enum store_type type,
    const struct store_about *about, struct err *e)
{
    char *path = mem_format("%s/%s", to->group, name);
    struct store_shape shape = {type, 1, {to->rows}};
    struct store_about of_rows = *about;

    of_rows.scales[0] = to->dimension;
    struct store_stream *stream = store_stream_begin(to->f, path, &shape, &of_rows, e);
    free(path);
    return stream;
}

// Copies the coordinates of all rows, in pieces.
static int copy_coordinates(struct row_reader *r, const struct coordinate_streams *to, struct err *e)
{
    int rc = 0;

    for (int64_t first = 0; first < r->steps && rc == 0; first += COPIED_ROWS) {
        int64_t n = r->steps - first < COPIED_ROWS ? r->steps - first : COPIED_ROWS;
        const struct coordinates *c = row_reader_coordinates(r, first, n, e);
        rc = c ? 0 : -1;
        if (rc == 0 && to->id)
            rc = store_stream_write(to->id, n, c->id, e);
        if (rc == 0 && to->time)
            rc = store_stream_write(to->time, n, c->time, e);
        if (rc == 0 && to->group)
            rc = store_stream_write(to->group, n, c->group, e);
    }
    return rc;
}

int scores_write_coordinates(
    struct store_file *f, const char *group, const char *dimension, struct row_reader *r, struct err *e)
{
    const struct coordinate_place place = {f, group, dimension, r->steps};
    const struct coordinates *names = &r->step_coordinates;
    struct coordinate_streams to = {0};
    int before = e->count;
    if (!names->id_name && !names->time_name && !names->group_name)
        return 0;

    if (names->id_name)
        to.id = begin_coordinate(&place, DATASET_ID, STORE_TEXT, &about_id, e);
    if (names->time_name)
        to.time = begin_coordinate(&place, DATASET_TIME, STORE_I64, &about_time, e);
    if (names->group_name)
        to.group = begin_coordinate(&place, DATASET_GROUP, STORE_I64, &about_group, e);

    int rc = e->count == before ? copy_coordinates(r, &to, e) : -1;
    rc |= store_stream_end(&to.id, e);
    rc |= store_stream_end(&to.time, e);
    rc |= store_stream_end(&to.group, e);
    return rc == 0 ? coordinates_write_names(f, group, names, e) : -1;
}

// --- of other files

// Notes the offset from UTC of a time.
static void note_zone(struct spooled_names *s, const struct time_parts *p)
{
    if (!p->has_offset) {
        s->unzoned++;
        return;
    }
    if (s->zoned++ == 0) {
        s->offset_minutes = p->offset_minutes;
        snprintf(s->zone, sizeof s->zone, "%s", p->offset);
    }
    s->has_zones |= p->offset_minutes != s->offset_minutes;
}

// Returns the offset from UTC with which the times are shown, as import does: their common offset, or "Z" if they
// differ or if only some times have one, or NULL if no time has one.
static const char *spooled_zone(const struct spooled_names *s)
{
    if (s->zoned == 0)
        return NULL;
    return s->has_zones || s->unzoned ? "Z" : s->zone;
}

// Returns a time in the form in which it is stored: local time minus its offset. A time that cannot be read is missing;
// so is any string that is too long for a time.
static int64_t time_of_text(struct spooled_names *s, const struct row_text *text)
{
    struct time_parts p;
    char copy[128];
    size_t n = text->text ? strnlen(text->text, text->n) : 0;

    if (n == 0 || n >= sizeof copy)
        return TIME_MISSING;
    memcpy(copy, text->text, n);
    copy[n] = 0;
    if (!time_text_read_alone(copy, n, &p))
        return TIME_MISSING;
    note_zone(s, &p);
    return timestamp_of(&p.at) - (int64_t)p.offset_minutes * 60 * 1000000;
}

int spooled_names_add(
    struct spooled_names *s, const struct score_naming *naming, const struct score_place *place, struct err *e)
{
    size_t n = place->id.text ? strnlen(place->id.text, place->id.n) : 0; // a NUL ends a name
    int rc = 0;

    if (naming->has_id)
        rc = spool_write(&s->id, place->id.text, n, e) | spool_write(&s->id, "", 1, e);
    if (naming->has_time) {
        const int64_t time = time_of_text(s, &place->time);
        rc |= spool_write(&s->time, &time, sizeof time, e);
    }
    return rc;
}

// Reads the kept names back from their unnamed file, in blocks.
struct name_scan {
    const struct spool *from;
    int64_t at; // offset of the next byte to read
    char bytes[NAME_BYTES];
    size_t n, next; // number of bytes in the block; position of the next byte
};

// Returns the next name in new memory, or NULL and an error.
static char *next_name(struct name_scan *s, struct err *e)
{
    struct line_text name = {0};

    for (;;) {
        const char *begin = s->bytes + s->next, *end = memchr(begin, 0, s->n - s->next);
        size_t length = end ? (size_t)(end - begin) + 1 : s->n - s->next;
        line_bytes(&name, begin, length);
        s->next += length;
        if (end)
            return name.data;

        int64_t left = s->from->bytes - s->at;
        s->n = left < NAME_BYTES ? (size_t)left : NAME_BYTES;
        s->next = 0;
        if (s->n == 0 || spool_read(s->from, s->at, s->bytes, s->n, e) != 0) {
            line_free(&name);
            return NULL;
        }
        s->at += (int64_t)s->n;
    }
}

static int write_spooled_ids(const struct spool *from, const struct coordinate_place *to, struct err *e)
{
    struct store_stream *stream = begin_coordinate(to, DATASET_ID, STORE_TEXT, &about_id, e);
    struct name_scan *scan = mem_new(1, sizeof *scan);
    char **names = mem_new(COPIED_ROWS, sizeof *names);
    int rc = stream ? 0 : -1;

    scan->from = from;
    for (int64_t row = 0, n; row < to->rows && rc == 0; row += n) {
        n = to->rows - row < COPIED_ROWS ? to->rows - row : COPIED_ROWS;
        for (int64_t i = 0; i < n && rc == 0; i++)
            rc = (names[i] = next_name(scan, e)) ? 0 : -1;
        if (rc == 0)
            rc = store_stream_write(stream, n, names, e);
        for (int64_t i = 0; i < n; i++) {
            free(names[i]);
            names[i] = NULL;
        }
    }

    struct err ignored = {0};
    free(names);
    free(scan);
    return store_stream_end(&stream, rc < 0 ? &ignored : e) | rc;
}

static int write_spooled_times(const struct spool *from, const struct coordinate_place *to, struct err *e)
{
    struct store_stream *stream = begin_coordinate(to, DATASET_TIME, STORE_I64, &about_time, e);
    return spool_copy(from, sizeof(int64_t), &stream, e);
}

int spooled_names_write(
    const struct spooled_names *s, const struct score_pass *p, const struct coordinate_place *to, struct err *e)
{
    const struct csv_options *o = p->request.csv;
    const struct columns *usual = p->request.columns;
    struct score_naming naming = score_naming_of(p);
    struct coordinates names = {0};
    int rc = 0;
    if (to->rows == 0)
        return 0;

    if (naming.has_id) {
        names.id_name = mem_text(o->id ? o->id : usual->id_name);
        names.id_name = names.id_name ? names.id_name : mem_text("file");
        rc = write_spooled_ids(&s->id, to, e);
    }
    if (naming.has_time && rc == 0) {
        names.time_name = mem_text(o->time ? o->time : usual->time_name);
        names.time_zone = mem_text(spooled_zone(s));
        rc = write_spooled_times(&s->time, to, e);
    }
    if (rc == 0)
        rc = coordinates_write_names(to->f, to->group, &names, e);
    coordinates_free(&names, 0);
    return rc;
}

void spooled_names_close(struct spooled_names *s)
{
    spool_close(&s->id);
    spool_close(&s->time);
}
