// Lets layers treat images and signals in the same way, and finds the stops of windows over them.
#include "nn/spatial.h"

#include "base/mem.h"
#include "nn/nn.h"
#include "spec/spec.h"

const char *const padding_names[] = {"valid", "same", NULL};

int extent_of_input(const struct layer *l, int dims, const struct node *at, struct extent *in, struct err *e)
{
    static const char *const allowed[] = {
        [1] = "(time) or (time, feature)", [2] = "(height, width) or (height, width, channel)"};
    const struct shape *s = &l->in;
    char text[48];
    ASSERT(dims == 1 || dims == 2, "%d dimensions", dims);

    if (s->rank != dims && s->rank != dims + 1)
        return node_error(at, e, "its input has shape %s, allowed: %s; a layer reshape can make it so",
            shape_text(text, s), allowed[dims]);
    *in = (struct extent){.height = dims == 2 ? s->dims[0] : 1, .width = s->dims[dims - 1], .channels = 1};
    if (s->rank > dims)
        in->channels = s->dims[dims];
    return 0;
}

struct shape extent_shape(int dims, struct extent out)
{
    if (dims == 2)
        return (struct shape){3, {out.height, out.width, out.channels}};
    return (struct shape){2, {out.width, out.channels}};
}

size_t extent_size(const struct extent *x)
{
    return (size_t)x->height * (size_t)x->width * (size_t)x->channels;
}

int size_pair(const struct size_setting *s, struct field_ints *given, int pair[2], const struct node *at, struct err *e)
{
    int64_t first = s->defaults[2 - s->dims], last = s->defaults[1];
    ASSERT(s->dims == 1 || s->dims == 2, "%d dimensions", s->dims);

    if (given->n > s->dims)
        return node_error(at, e, "%s: found %d numbers, allowed: 1%s", s->key, given->n, s->dims == 2 ? " or 2" : "");
    if (given->n > 0) {
        first = given->v[0];
        last = given->v[given->n - 1];
    }

    given->v = mem_grow(given->v, (size_t)s->dims, sizeof *given->v);
    given->n = s->dims;
    given->v[0] = first;
    given->v[s->dims - 1] = last;
    pair[0] = s->dims == 2 ? (int)first : 1;
    pair[1] = (int)last;
    return 0;
}

struct way window_way(int length, int size, int stride, enum padding padding)
{
    ASSERT(length > 0 && size > 0 && stride > 0, "window %d, stride %d, length %d", size, stride, length);
    if (padding == PADDING_VALID)
        return (struct way){.stops = length < size ? 0 : (length - size) / stride + 1};

    int stops = (length + stride - 1) / stride, outside = (stops - 1) * stride + size - length;
    outside = outside > 0 ? outside : 0;
    return (struct way){stops, outside / 2, outside - outside / 2};
}
