// Pictures: a PNG or JPEG file, or a folder of them. Each becomes a row of bytes; in a folder of folders the inner
// folder's name is the label.
#include "base/mem.h"
#include "base/text.h"
#include "data/image_file.h"
#include "data/source.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct picture {
    char *path; // owned
    int64_t label;
};

struct pictures {
    struct picture *v; // (n), owned
    int64_t n, next;
    int height, width, channels;
};

static bool image_source_recognise(const char *path, const unsigned char *head, size_t n)
{
    (void)path;
    return image_recognise(head, n);
}

// --- folders

static int visible(const struct dirent *d)
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
    const char *dot = strrchr(path, '.');
    return dot && (strcasecmp(dot, ".png") == 0 || strcasecmp(dot, ".jpg") == 0 || strcasecmp(dot, ".jpeg") == 0);
}

static void add_picture(struct pictures *p, char *path, int64_t label)
{
    p->v = mem_grow(p->v, (size_t)p->n + 1, sizeof *p->v);
    p->v[p->n++] = (struct picture){path, label};
}

// In order of name. Folders in it go to `inner` (NULL: they are passed over).
static void list_folder(struct pictures *p, const char *folder, int64_t label, char ***inner, int *n_inner)
{
    struct dirent **entry;
    int n = scandir(folder, &entry, visible, alphasort);
    for (int i = 0; i < n; i++) {
        char *path = mem_format("%s/%s", folder, entry[i]->d_name);
        if (inner && is_folder(path)) {
            *inner = mem_grow(*inner, (size_t)*n_inner + 1, sizeof **inner);
            (*inner)[(*n_inner)++] = mem_text(entry[i]->d_name);
        } else if (has_picture_name(path)) {
            add_picture(p, path, label);
            path = NULL;
        }
        free(path);
        free(entry[i]);
    }
    if (n >= 0)
        free(entry);
}

// Labels count the inner folders that hold pictures.
static int list_all(struct source *s, struct pictures *p, struct err *e)
{
    char **inner = NULL;
    int n_inner = 0;
    list_folder(p, s->path, 0, &inner, &n_inner);
    int64_t direct = p->n;
    for (int i = 0; i < n_inner; i++) {
        int64_t before = p->n;
        char *folder = mem_format("%s/%s", s->path, inner[i]);
        list_folder(p, folder, s->n_label_names, NULL, NULL);
        free(folder);
        if (p->n == before)
            continue;
        s->label_names = mem_grow(s->label_names, (size_t)s->n_label_names + 1, sizeof *s->label_names);
        s->label_names[s->n_label_names++] = mem_text(inner[i]);
    }
    source_free_list(inner, n_inner);
    s->has_label = s->n_label_names > 0;
    s->label_name = s->has_label ? mem_text("folder") : NULL;
    if (p->n == 0)
        return err_add(e, ERR_DATA, "%s: no PNG or JPEG file (.png, .jpg, .jpeg) in this folder", s->path);
    if (direct > 0 && s->has_label)
        return err_add(e, ERR_DATA,
            "%s: found pictures beside folders of pictures, allowed: one or the other (folders name the labels)",
            s->path);
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

// Every head is read before any picture is, so that mistakes come early, and several at once.
static int find_shape(struct source *s, struct pictures *p, const struct import_options *o, struct err *e)
{
    enum { SHOWN = 5 };
    int bad = 0;
    p->channels = 1;
    for (int64_t i = 0; i < p->n && bad < SHOWN; i++) {
        struct image head;
        if (image_head(p->v[i].path, &head, e) != 0) {
            bad++;
            continue;
        }
        p->channels = head.is_color && !o->grayscale ? 3 : p->channels;
        if (p->height == 0) {
            p->height = head.height;
            p->width = head.width;
        } else if (!o->size && (head.height != p->height || head.width != p->width)) {
            bad++;
            err_add(e, ERR_DATA, "%s: found %d x %d pixels, allowed: %d x %d, as before; hint: --size %dx%d",
                p->v[i].path, head.height, head.width, p->height, p->width, p->height, p->width);
        }
    }
    s->shape = (struct store_shape){STORE_U8, p->channels == 1 ? 3 : 4, {p->n, p->height, p->width, p->channels}};
    return bad ? -1 : 0;
}

static int image_open(struct source *s, const struct import_options *o, struct err *e)
{
    struct pictures *p = s->state = mem_new(1, sizeof *p);
    if (parse_size(o->size, p, e) != 0)
        return -1;
    if (!is_folder(s->path))
        add_picture(p, mem_text(s->path), 0);
    else if (list_all(s, p, e) != 0)
        return -1;
    return find_shape(s, p, o, e);
}

static int image_read_rows(struct source *s, int64_t rows, void *x, int64_t *label, struct err *e)
{
    struct pictures *p = s->state;
    size_t size = (size_t)p->height * (size_t)p->width * (size_t)p->channels;
    for (int64_t i = 0; i < rows; i++, p->next++) {
        struct image image;
        if (image_read(p->v[p->next].path, &image, e) != 0)
            return -1;
        image_resample(&image, p->height, p->width, p->channels, (unsigned char *)x + (size_t)i * size);
        image_free(&image);
        if (label)
            label[i] = p->v[p->next].label;
    }
    return 0;
}

static void image_close(struct source *s)
{
    struct pictures *p = s->state;
    for (int64_t i = 0; p && i < p->n; i++)
        free(p->v[i].path);
    free(p ? p->v : NULL);
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
