// The registry of layers: whatever stands here can be named in a spec, and is found by the gradient and parity tests.
#include "nn/nn_impl.h"

#include <string.h>

const struct layer_type *const layer_types[] = {
    &dense_layer,
    NULL,
};

const struct field layer_common_fields[] = {
    {.key = "activation",
        .type = FIELD_CHOICE,
        .offset = offsetof(struct layer, activation),
        .standard = "linear",
        .choices = activation_names,
        .help = "applied to the layer's output; leaky_relu has slope 0.2 (PyTorch: 0.01)"},
    {0},
};

const struct layer_type *layer_type_find(const char *name)
{
    for (int i = 0; layer_types[i]; i++)
        if (strcmp(layer_types[i]->name, name) == 0)
            return layer_types[i];
    return NULL;
}

const char *layer_name(const struct layer *l)
{
    return l->type->name;
}

const struct field *layer_type_fields(const char *type)
{
    const struct layer_type *t = layer_type_find(type);
    return t ? t->fields : NULL;
}

const char *const *layer_type_names(void)
{
    static const char *names[sizeof layer_types / sizeof *layer_types];
    for (int i = 0; layer_types[i]; i++)
        names[i] = layer_types[i]->name;
    return names;
}
