// Shapes and borders of layers over images and signals.
#include "nn/spatial.h"

#include "base/mem.h"

const char *const padding_names[] = {"valid", "same", NULL};

int image_input(const struct layer *l, int dims, const struct node *at, struct image *in, struct err *e)
{
    const struct shape *s = &l->in;
    char text[48];
    if (s->rank != dims && s->rank != dims + 1)
        return node_error(at, e, "its input has shape %s, allowed: %s; a layer reshape can make it so",
            shape_text(text, s),
            dims == 1 ? "(time) or (time, feature)" : "(height, width) or (height, width, channel)");
    *in = (struct image){.height = dims == 2 ? s->dims[0] : 1,
        .width = s->dims[dims - 1],
        .channels = s->rank > dims ? s->dims[dims] : 1};
    return 0;
}

struct shape image_shape(int dims, struct image out)
{
    return dims == 2 ? (struct shape){3, {out.height, out.width, out.channels}}
                     : (struct shape){2, {out.width, out.channels}};
}

size_t image_size(const struct image *i)
{
    return (size_t)i->height * (size_t)i->width * (size_t)i->channels;
}

int image_pair(struct field_ints *given, int dims, const char *key, const int standard[2], const struct node *at,
    int pair[2], struct err *e)
{
    if (given->n > dims)
        return node_error(at, e, "%s: found %d numbers, allowed: 1%s", key, given->n, dims == 2 ? " or 2" : "");
    int64_t first = given->n ? given->v[0] : standard[2 - dims], last = given->n ? given->v[given->n - 1] : standard[1];
    given->v = mem_grow(given->v, (size_t)dims, sizeof *given->v);
    given->n = dims;
    given->v[0] = first;
    given->v[dims - 1] = last;
    pair[0] = dims == 2 ? (int)first : 1;
    pair[1] = (int)last;
    return 0;
}

struct way window_way(int length, int size, int stride, enum padding padding)
{
    if (padding == PADDING_VALID)
        return (struct way){.stops = length < size ? 0 : (length - size) / stride + 1};
    int stops = (length + stride - 1) / stride, outside = (stops - 1) * stride + size - length;
    outside = outside > 0 ? outside : 0;
    return (struct way){stops, outside / 2, outside - outside / 2};
}
