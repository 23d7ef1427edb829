// Reads a PNG or JPEG file, or a folder of them. Each picture becomes a row; in a folder of folders, the name of the
// inner folder is the label. All headers are read before the first row, so that mistakes are reported early.
#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/label_names.h"
#include "import/image_file.h"
#include "import/source.h"
#include "store/store.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

struct picture {
    char *path; // owned
    int64_t label;
};

struct left_out {
    struct text names; // the first few names
    int64_t n;
};

struct pictures {
    struct picture *v; // (n), owned
    int64_t n, next;
    int height, width, channels, bits;
    size_t folder_length;                     // an id is a path without its first folder_length bytes
    struct left_out files, folders, animated; // files and folders that are left out; animated pictures
};

static bool image_source_recognise(const char *path, const unsigned char *head, size_t n)
{
    (void)path;
    return image_recognise(head, n);
}

// --- folders

static int is_visible_entry(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

static bool is_folder(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

static bool has_picture_name(const char *path)
{
    static const char *const endings[] = {".png", ".jpg", ".jpeg", ".jpe", ".jfif"};
    const char *dot = strrchr(path, '.');

    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(dot, endings[i]) == 0)
            return true;
    return false;
}

// Counts a path, and keeps the names of the first few.
static void count_left_out(struct left_out *l, const char *path)
{
    enum { NAMED = 8 };
    char name[QUOTE_ROOM];

    if (l->n < NAMED)
        text_add(&l->names, "%s%s", l->n ? ", " : "", text_quote(name, path, strlen(path)));
    else if (l->n == NAMED)
        text_add(&l->names, ", ...");
    l->n++;
}

static void add_picture(struct pictures *p, char *path, int64_t label)
{
    p->v = mem_grow(p->v, (size_t)p->n + 1, sizeof *p->v);
    p->v[p->n++] = (struct picture){path, label};
}

// Adds an entry of a folder: a picture to `p`, or an inner folder to `inner`. If `inner` is NULL, inner folders are too
// deep and are left out.
static void add_folder_entry(
    struct pictures *p, char *path, const char *name, int64_t label, char ***inner, int *n_inner)
{
    if (is_folder(path)) {
        if (!inner) {
            count_left_out(&p->folders, path);
        } else {
            ASSERT(*n_inner >= 0, "%d folders", *n_inner);
            *inner = mem_grow(*inner, (size_t)*n_inner + 1, sizeof **inner);
            (*inner)[(*n_inner)++] = mem_text(name);
        }
    } else if (has_picture_name(path)) {
        add_picture(p, mem_text(path), label);
    } else {
        count_left_out(&p->files, path);
    }
}

// Adds the entries of a folder in order of name with add_folder_entry. Returns -1 and an error if the folder cannot be
// listed.
static int list_folder(
    struct pictures *p, const char *folder, int64_t label, char ***inner, int *n_inner, struct err *e)
{
    struct dirent **entry;
    int n = scandir(folder, &entry, is_visible_entry, alphasort);
    if (n < 0)
        return err_add(e, ERR_DATA, "%s: cannot list this folder: %s", folder, strerror(errno));

    for (int i = 0; i < n; i++) {
        char *path = mem_format("%s/%s", folder, entry[i]->d_name);
        add_folder_entry(p, path, entry[i]->d_name, label, inner, n_inner);
        free(path);
        free(entry[i]);
    }

    free(entry);
    return 0;
}

// Adds the pictures of an inner folder. Their label is the number of inner folders with pictures before it.
static int list_inner(struct source *s, struct pictures *p, const char *name, struct err *e)
{
    int64_t before = p->n;
    char *folder = mem_format("%s/%s", s->path, name);
    int status = list_folder(p, folder, s->n_label_names, NULL, NULL, e);

    free(folder);
    if (status != 0 || p->n == before)
        return status;

    s->label_names = mem_grow(s->label_names, (size_t)s->n_label_names + 1, sizeof *s->label_names);
    s->label_names[s->n_label_names++] = mem_text(name);
    return 0;
}

// If the names of all inner folders are integers, makes these the labels: 0, 2 and 10 instead of 0, 1 and 2.
static void number_folders(struct source *s, struct pictures *p)
{
    if (!label_names_are_numbers(s->label_names, s->n_label_names))
        return;

    for (int64_t i = 0; i < p->n; i++)
        label_is_number(s->label_names[p->v[i].label], &p->v[i].label);
    list_free(s->label_names, s->n_label_names);
    s->label_names = NULL;
    s->n_label_names = 0;
}

static int list_pictures(struct source *s, struct pictures *p, struct err *e)
{
    char **inner = NULL;
    int n_inner = 0;
    int status = list_folder(p, s->path, 0, &inner, &n_inner, e);
    int64_t direct = p->n;

    for (int i = 0; i < n_inner && status == 0; i++)
        status = list_inner(s, p, inner[i], e);
    list_free(inner, n_inner);
    if (status != 0)
        return -1;

    s->has_label = s->n_label_names > 0;
    s->label_name = s->has_label ? mem_text("folder") : NULL;
    if (p->n == 0)
        return p->files.n
                   ? err_add(e, ERR_DATA, "%s: no PNG or JPEG file (.png, .jpg, .jpeg) in this folder; it holds %s",
                         s->path, p->files.names.data)
                   : err_add(e, ERR_DATA, "%s: no PNG or JPEG file (.png, .jpg, .jpeg) in this folder", s->path);
    if (direct > 0 && s->has_label)
        return err_add(e, ERR_DATA,
            "%s: found pictures next to folders of pictures, allowed: one or the other (folders name the labels)",
            s->path);
    number_folders(s, p);
    return 0;
}

// --- shape

static int parse_size(const char *text, struct pictures *p, struct err *e)
{
    char rest;
    int n = text ? sscanf(text, "%dx%d%c", &p->height, &p->width, &rest) : 2;
    bool is_good = n == 2 && (!text || (p->height >= 1 && p->width >= 1 && p->height <= 4096 && p->width <= 4096));
    return is_good ? 0 : err_add(e, ERR_USAGE, "--size: found '%s', allowed: HEIGHTxWIDTH, such as 28x28", text);
}

// Takes over the size, unless --size gives one, and the depth of the first picture. Checks that all others have the
// same. A single color picture gives all pictures three channels, unless --grayscale is given.
static int fit_to_first_picture(struct pictures *p, const char *path, const struct stored_image *head,
    const struct import_options *o, struct err *e)
{
    p->channels = (head->channels == 3 && !o->grayscale) || o->color ? 3 : p->channels;
    p->bits = p->bits ? p->bits : head->bits;
    if (p->height == 0) {
        p->height = head->height;
        p->width = head->width;
    }

    ASSERT(p->height > 0 && p->width > 0, "%d x %d", p->height, p->width);
    if (!o->size && (head->height != p->height || head->width != p->width))
        return err_add(e, ERR_DATA, "%s: found %d x %d pixels, allowed: %d x %d, as before; hint: --size %dx%d", path,
            head->height, head->width, p->height, p->width, p->height, p->width);
    if (head->bits != p->bits)
        return err_add(e, ERR_DATA,
            "%s: found %d bits per value, allowed: %d, as before; hint: convert the pictures to one depth first", path,
            head->bits, p->bits);
    return 0;
}

// Reads the header of a picture. With --skip-bad (`whole`) decodes all of it, because only good pictures count as rows.
static int read_picture_head(const char *path, bool whole, struct stored_image *head, struct err *e)
{
    int status = whole ? image_read(path, head, e) : image_head(path, head, e);
    if (whole && status == 0)
        image_free(head);
    return status;
}

// Reports why a picture cannot be read. If there are several, hints at --skip-bad. Returns -1.
static int refuse_picture(const struct pictures *p, const struct err *why, struct err *e)
{
    bool has_hint = p->n > 1 && why->kind == ERR_DATA;
    return err_add(e, why->kind, "%.*s%s", (int)strcspn(why->text, "\n"), why->text,
        has_hint ? "; hint: hourglass import --skip-bad leaves bad pictures out" : "");
}

static int check_picture_head(struct source *s, struct picture *v, const struct import_options *o, struct err *e)
{
    struct pictures *p = s->state;
    struct err why = {0};
    struct stored_image head;

    ASSERT(v->path, "a picture that was left out");

    if (read_picture_head(v->path, o->skip_bad, &head, &why) == 0) {
        if (head.is_animated)
            count_left_out(&p->animated, v->path);
        return fit_to_first_picture(p, v->path, &head, o, e);
    }
    if (!o->skip_bad || why.kind != ERR_DATA)
        return refuse_picture(p, &why, e);

    text_add(&s->warnings, "left out: %.*s\n", (int)strcspn(why.text, "\n"), why.text);
    free(v->path);
    v->path = NULL;
    return 0;
}

// Reports every picture with the reason why it cannot be read. The reasons are the warnings so far.
static int refuse_all_pictures(const struct source *s, int64_t found, struct err *e)
{
    for (const char *line = s->warnings.data; line && *line; line = strchr(line, '\n') + 1)
        err_add(e, ERR_DATA, "%.*s", (int)strcspn(line, "\n"), line);
    return err_add(e, ERR_DATA, "%s: found no good picture among %lld", s->path, (long long)found);
}

// Removes the pictures that are left out from the list. Returns -1 and errors if no picture remains.
static int keep_good_pictures(struct source *s, struct pictures *p, struct err *e)
{
    int64_t found = p->n;

    p->n = 0;
    for (int64_t i = 0; i < found; i++)
        if (p->v[i].path)
            p->v[p->n++] = p->v[i];
    if (p->n == 0)
        return refuse_all_pictures(s, found, e);
    if (p->n < found)
        text_add(&s->warnings, "%s: %lld of %lld pictures are bad and left out\n", s->path, (long long)(found - p->n),
            (long long)found);
    return 0;
}

static void warn_left_out(struct source *s, struct left_out *l, const char *one, const char *more)
{
    if (l->n)
        text_add(&s->warnings, "%s: %lld %s: %s\n", s->path, (long long)l->n, l->n == 1 ? one : more, l->names.data);
}

// Reads the header of every picture and finds the shape that all share.
static int find_common_shape(struct source *s, struct pictures *p, const struct import_options *o, struct err *e)
{
    enum { SHOWN = 5 };
    int bad = 0;

    p->channels = 1;
    for (int64_t i = 0; i < p->n && bad < SHOWN; i++)
        bad += check_picture_head(s, &p->v[i], o, e) != 0;
    if (bad || keep_good_pictures(s, p, e) != 0)
        return -1;

    warn_left_out(s, &p->files, "file of another format left out", "files of other formats left out");
    warn_left_out(s, &p->folders, "folder in a folder of pictures left out", "folders in folders of pictures left out");
    warn_left_out(s, &p->animated, "animated picture, of which only the first is read",
        "animated pictures, of which only the first of each is read");

    ASSERT(p->n > 0 && p->height > 0 && p->width > 0, "%lld pictures", (long long)p->n);
    s->shape.type = p->bits == 8 ? STORE_U8 : STORE_I32;
    s->shape.rank = p->channels == 1 ? 3 : 4;
    memcpy(s->shape.dims, (int64_t[]){p->n, p->height, p->width, p->channels}, 4 * sizeof(int64_t));
    return 0;
}

static int image_open(struct source *s, const struct import_options *o, struct err *e)
{
    struct pictures *p = s->state = mem_new(1, sizeof *p);

    if (o->color && o->grayscale)
        return err_add(e, ERR_USAGE, "--color: found together with --grayscale, allowed: one of them");
    if (parse_size(o->size, p, e) != 0)
        return -1;
    if (!is_folder(s->path))
        add_picture(p, mem_text(s->path), 0);
    else if (list_pictures(s, p, e) != 0)
        return -1;

    const char *slash = strrchr(s->path, '/');
    size_t before_file = slash ? (size_t)(slash - s->path) + 1 : 0;
    p->folder_length = is_folder(s->path) ? strlen(s->path) + 1 : before_file;
    s->coordinates.id_name = mem_text("file");
    return find_common_shape(s, p, o, e);
}

static int read_picture(struct pictures *p, const char *path, void *x, struct err *e)
{
    struct err why = {0};
    struct stored_image image;

    if (image_read(path, &image, &why) != 0)
        return refuse_picture(p, &why, e);
    int status = image.bits == p->bits ? image_resample(&image, p->height, p->width, p->channels, x, e)
                                       : err_add(e, ERR_DATA, "%s: the picture changed during the import", path);
    image_free(&image);
    return status;
}

static int image_read_rows(struct source *s, int64_t rows, const struct source_rows *to, struct err *e)
{
    struct pictures *p = s->state;
    size_t values = (size_t)p->height * (size_t)p->width * (size_t)p->channels;
    size_t bytes = values * store_type_size(s->shape.type);

    ASSERT(p->next + rows <= p->n, "%lld + %lld of %lld", (long long)p->next, (long long)rows, (long long)p->n);
    for (int64_t i = 0; i < rows; i++, p->next++) {
        if (read_picture(p, p->v[p->next].path, (unsigned char *)to->x + (size_t)i * bytes, e) != 0)
            return -1;
        if (to->label)
            to->label[i] = p->v[p->next].label;
        if (to->id)
            to->id[i] = text_visible(p->v[p->next].path + p->folder_length); // an id must be UTF-8
    }
    return 0;
}

static void image_close(struct source *s)
{
    struct pictures *p = s->state;
    if (!p)
        return;

    for (int64_t i = 0; i < p->n; i++)
        free(p->v[i].path);
    free(p->v);
    text_free(&p->files.names);
    text_free(&p->folders.names);
    text_free(&p->animated.names);
    free(p);
}

const struct source_format source_image = {
    .name = "PNG or JPEG",
    .heeds = HEEDS_SIZE,
    .recognise = image_source_recognise,
    .open = image_open,
    .read = image_read_rows,
    .close = image_close,
};
