// Converts the section `model:` to lists of layers. A section may leave sizes to the data (formulas with `features`,
// the word `input`), and may describe a mirrored autoencoder only by its sizes. Both are replaced here, before layers
// are read, so that equal models have the same text, and thus the same identity, however they were written.
#include "nn/nn_impl.h"

#include "base/field.h"
#include "base/mem.h"
#include "base/text.h"
#include "spec/spec.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The keys of a section. Which of them are given shows which form the section has (is_mirrored).
struct model_keys {
    int kind; // enum model_kind
    const struct node *encoder, *decoder, *neighbours;
    struct field_ints hidden;
    int64_t code, depth, width;
    int activation, code_activation, output; // enum activation
};
const struct field model_fields[] = {
    FIELD_ROW(model_keys, kind, "kind", FIELD_CHOICE,
        "noise_level, svdd: only an encoder, whose code is the logarithm of the level of the noise in the sample, or is "
        "near a fixed center",
        .default_text = "autoencoder", .choices = model_kind_names),
    FIELD_ROW(model_keys, encoder, "encoder", FIELD_NODE, "layers from the input to the code, in order"),
    FIELD_ROW(model_keys, decoder, "decoder", FIELD_NODE, "layers from the code to the reconstruction"),
    FIELD_ROW(model_keys, neighbours, "neighbours", FIELD_NODE,
        "instead of encoder and decoder: no network, but the nearest training rows"),
    FIELD_ROW(model_keys, code, "code", FIELD_INT,
        "instead of encoder and decoder: dense layers with a code of this many values", .min = 1, .max = 1 << 20,
        .unit = "values"),
    FIELD_ROW(model_keys, hidden, "hidden", FIELD_INTS,
        "with code: units of the dense layers before the code, which the decoder mirrors; default: none", .min = 1,
        .max = 1 << 20),
    FIELD_ROW(model_keys, depth, "depth", FIELD_INT,
        "with code, instead of hidden: number of layers before the code. The first has width units, each other half as "
        "many as the one before, rounded down, but none fewer than the code",
        .min = 0, .max = 64),
    FIELD_ROW(model_keys, width, "width", FIELD_INT, "with depth: units of the first layer", .min = 1, .max = 1 << 20,
        .unit = "units"),
    FIELD_ROW(model_keys, activation, "activation", FIELD_CHOICE, "with code: activation of the layers of hidden",
        .default_text = "relu", .choices = activation_names),
    FIELD_ROW(model_keys, code_activation, "code_activation", FIELD_CHOICE, "with code: activation of the code",
        .default_text = "linear", .choices = activation_names),
    FIELD_ROW(model_keys, output, "output", FIELD_CHOICE,
        "with code: activation of the reconstruction; default: sigmoid with loss binary_crossentropy, else linear",
        .choices = activation_names),
    {0},
};

// Returns true if a section with this key describes layers by their sizes instead of listing them.
static bool is_short_key(const struct field *f)
{
    return f->type != FIELD_NODE && strcmp(f->key, "kind") != 0;
}

// --- the word `input`

static int sample_values(const struct shape *s)
{
    return shape_size(s);
}

static int sample_steps(const struct shape *s)
{
    return s->dims[0];
}

// Returns the number of values per step. A vector has one value per step.
static int values_per_step(const struct shape *s)
{
    return s->rank == 1 ? 1 : s->dims[s->rank - 1];
}

static int image_channels(const struct shape *s)
{
    return s->rank == SHAPE_MAX_RANK ? s->dims[SHAPE_MAX_RANK - 1] : 1;
}

// What the word `input` means as the size of a layer of each type: a size of the sample.
static const struct {
    const char *type;
    int (*size)(const struct shape *s);
} input_sizes[] = {
    {"dense", sample_values},
    {"time_distributed_dense", values_per_step},
    {"lstm", values_per_step},
    {"gru", values_per_step},
    {"conv1d", values_per_step},
    {"conv2d", image_channels},
    {"conv2d_transpose", image_channels},
    {"repeat_vector", sample_steps},
};
enum { INPUT_SIZES = sizeof input_sizes / sizeof *input_sizes };

static void replace_text(struct node *n, int64_t number)
{
    free(n->text);
    n->text = mem_format("%lld", (long long)number);
    n->quoted = false;
}

static void replace_input(struct node *layer, const struct shape *input)
{
    for (int i = 0; i < layer->n; i++) {
        struct node *size = layer->items[i];
        if (size->kind != NODE_SCALAR || strcmp(size->text, "input") != 0)
            continue;
        for (int t = 0; t < INPUT_SIZES; t++)
            if (strcmp(input_sizes[t].type, size->key) == 0)
                replace_text(size, input_sizes[t].size(input));
    }
}

static void replace_inputs(struct node *layers, const struct shape *input)
{
    for (int i = 0; layers && layers->kind == NODE_LIST && i < layers->n; i++)
        if (layers->items[i]->kind == NODE_MAP)
            replace_input(layers->items[i], input);
}

// --- the noise of layers, written in one way only

static void settle_number(struct node *n)
{
    char number[32];
    double value;

    if (n->kind != NODE_SCALAR || text_to_double(n->text, &value) != 0)
        return;
    free(n->text);
    n->text = mem_text(text_number(number, value));
    n->quoted = false;
}

static void settle_levels(struct node *noise)
{
    struct node *levels = node_get(noise, "relative");
    if (!levels)
        return;

    if (levels->kind == NODE_MAP)
        levels = node_get(levels, "log_uniform");
    if (levels->kind == NODE_SCALAR) {
        struct node *list = node_new_list(), *one = node_copy(levels);
        node_set_place(list, levels);
        node_add(list, NULL, one);
        levels = node_add(noise, "relative", list);
    }
    for (int i = 0; i < levels->n; i++)
        settle_number(levels->items[i]);
}

static void settle_noises(struct node *layers)
{
    for (int i = 0; layers && layers->kind == NODE_LIST && i < layers->n; i++) {
        struct node *noise = node_get(layers->items[i], "gaussian_noise");
        if (noise)
            settle_number(noise);
        settle_levels(noise);
    }
}

void model_section_settle(struct node *section)
{
    settle_noises(node_get(section, "encoder"));
    settle_noises(node_get(section, "decoder"));
}

// --- the mirrored autoencoder

static int64_t halved_width(const struct model_keys *k, int layer)
{
    int64_t width = layer < 40 ? k->width >> layer : 0;
    return width > k->code ? width : k->code;
}

static int64_t hidden_units(const struct model_keys *k, int layer)
{
    ASSERT(k->depth > 0 || layer < k->hidden.n, "%d of %d", layer, k->hidden.n);
    return k->depth > 0 ? halved_width(k, layer) : k->hidden.v[layer];
}

// Appends {dense: units, activation: name}, with the position of `at`.
static void add_dense(struct node *list, int64_t units, int activation, const struct node *at)
{
    char number[32];
    snprintf(number, sizeof number, "%lld", (long long)units);
    struct node *layer = node_add(list, NULL, node_new_map());
    struct node *items[] = {node_new_text(number), node_new_text(activation_names[activation])};

    node_add(layer, "dense", items[0]);
    node_add(layer, "activation", items[1]);
    node_set_place(layer, at);
    for (int i = 0; i < 2; i++)
        node_set_place(items[i], at);
}

// Returns a section that lists the layers, with the position of `section`. It has no decoder if the kind has none.
static struct node *mirrored_model(const struct model_keys *k, const struct node *section, const struct shape *input)
{
    struct node *map = node_copy(section);
    while (map->n > 0) {
        struct node *old = node_take(map, map->items[0]->key);
        node_free(&old);
    }

    if (k->kind != KIND_AUTOENCODER)
        node_set_place(node_add(map, "kind", node_new_text(model_kind_names[k->kind])), node_get(section, "kind"));
    struct node *encoder = node_add(map, "encoder", node_new_list());
    struct node *decoder = k->kind == KIND_AUTOENCODER ? node_add(map, "decoder", node_new_list()) : NULL;
    node_set_place(encoder, section);

    int n = k->depth > 0 ? (int)k->depth : k->hidden.n;
    for (int i = 0; i < n; i++)
        add_dense(encoder, hidden_units(k, i), k->activation, section);
    add_dense(encoder, k->code, k->code_activation, node_get(section, "code"));
    if (!decoder)
        return map;

    node_set_place(decoder, section);
    for (int i = n - 1; i >= 0; i--)
        add_dense(decoder, hidden_units(k, i), k->activation, section);
    add_dense(decoder, shape_size(input), k->output, section);

    return map;
}

// Refuses keys that exclude each other, and reports missing keys.
static int check_keys(const struct node *section, struct err *e)
{
    const struct node *hidden = node_get(section, "hidden");
    const struct node *depth = node_get(section, "depth");
    const struct node *width = node_get(section, "width");
    int rc = 0;

    if (!node_get(section, "code"))
        rc = spec_refuse_missing(section, "code", "the number of values of the code", e);
    if (hidden && (depth || width))
        rc = node_key_error(depth ? depth : width, e, "found hidden, too, allowed: hidden, or depth and width");
    else if (depth && !width)
        rc = spec_refuse_missing(section, "width", "the number of units of the first layer, with depth", e);
    else if (width && !depth)
        rc = spec_refuse_missing(section, "depth", "the number of layers before the code, with width", e);

    return rc;
}

static int expand_mirrored(struct node **section, const struct shape *input, enum loss loss, struct err *e)
{
    struct model_keys k = {0};
    int rc = spec_read(*section, model_fields, &k, e);

    if (rc == 0)
        rc = check_keys(*section, e);
    if (rc == 0 && k.kind == KIND_NOISE_LEVEL)
        rc = node_error(
            node_get(*section, "kind"), e, "found noise_level with code, allowed: a list of layers, encoder");
    if (rc == 0 && k.kind == KIND_SVDD && node_get(*section, "output"))
        rc = node_key_error(node_get(*section, "output"), e, "not of kind svdd, which is an encoder only");
    if (!node_get(*section, "output"))
        k.output = loss == LOSS_BINARY_CROSSENTROPY ? SIGMOID : LINEAR;
    if (rc == 0) {
        struct node *map = mirrored_model(&k, *section, input);
        map->parent = (*section)->parent;
        node_free(section);
        *section = map;
    }

    field_free(model_fields, &k);
    return rc;
}

// --- the section

// Checks that the keys `encoder` and `decoder` are given if the kind needs them, and that a kind without a decoder has
// none.
static int check_halves(const struct node *section, int kind, struct err *e)
{
    static const char *const keys[] = {"encoder", "decoder"};
    const struct node *decoder = node_get(section, "decoder");
    int rc = 0;

    for (int i = 0; i < 2; i++)
        if (!node_get(section, keys[i]) && (i == 0 || kind == KIND_AUTOENCODER))
            rc = spec_refuse_missing(
                section, keys[i], "a list of layers; or code and hidden instead of encoder and decoder", e);
    if (decoder && kind != KIND_AUTOENCODER)
        rc = node_key_error(
            decoder, e, "found a decoder, allowed: none, because kind %s is an encoder only", model_kind_names[kind]);
    return rc;
}

static int check_lists(const struct node *section, int kind, struct err *e)
{
    int rc = check_halves(section, kind, e);

    for (const struct field *f = model_fields; f->key; f++) {
        const struct node *other = node_get(section, f->key);
        if (other && is_short_key(f))
            rc = node_key_error(
                other, e, "found encoder or decoder, too, allowed: either those two, or code and hidden");
    }
    return rc;
}

bool model_section_is_fitted(const struct node *section)
{
    return section && section->kind == NODE_MAP && node_get(section, "neighbours");
}

// Refuses other keys next to `neighbours`.
static int check_neighbours(const struct node *section, struct err *e)
{
    int rc = 0;

    for (int i = 0; i < section->n; i++)
        if (strcmp(section->items[i]->key, "neighbours") != 0)
            rc = node_key_error(
                section->items[i], e, "found neighbours, too, allowed: neighbours, or the layers of a network");
    return rc;
}

static bool is_mirrored(const struct node *section)
{
    bool is_known = false;
    for (const struct field *f = model_fields; f->key; f++)
        is_known = is_known || (is_short_key(f) && node_get(section, f->key));
    return is_known && !node_get(section, "encoder") && !node_get(section, "decoder");
}

// Gives the layers of kind svdd `use_bias: false`, unless they set use_bias. `use_bias: true` is refused later.
static void drop_biases(struct node *layers)
{
    for (int i = 0; layers && layers->kind == NODE_LIST && i < layers->n; i++) {
        struct node *layer = layers->items[i];
        bool has_bias = false;
        for (int k = 0; layer->kind == NODE_MAP && k < layer->n; k++) {
            const struct layer_type *type = layer_type_find(layer->items[k]->key);
            has_bias = has_bias || (type && type->kernel_fields == layer_kernel_fields);
        }
        if (has_bias && !node_get(layer, "use_bias"))
            node_set_place(node_add(layer, "use_bias", node_new_text("false")), layer);
    }
}

static int expand_layers(struct node **section, const struct shape *input, enum loss loss, int *kind, struct err *e)
{
    struct model_keys k = {0};
    const struct node *given = node_get(*section, "kind");

    if (given && given->kind == NODE_SCALAR)
        for (int i = 0; model_kind_names[i]; i++)
            *kind = strcmp(given->text, model_kind_names[i]) == 0 ? i : *kind;
    if (is_mirrored(*section))
        return expand_mirrored(section, input, loss, e);

    int rc = spec_read(*section, model_fields, &k, e);
    field_free(model_fields, &k);
    if ((*section)->kind == NODE_MAP || (*section)->kind == NODE_NULL)
        rc |= check_lists(*section, *kind, e);
    return rc;
}

int model_section_expand(
    const struct node *section, const struct shape *input, enum loss loss, struct node **out, int *kind, struct err *e)
{
    struct spec_facts facts = {shape_size(input), input->dims[0]};

    *out = spec_bind(section, &facts, e);
    if (!*out)
        return -1;
    if (model_section_is_fitted(*out))
        return check_neighbours(*out, e);
    int rc = expand_layers(out, input, loss, kind, e);
    replace_inputs(node_get(*out, "encoder"), input);
    replace_inputs(node_get(*out, "decoder"), input);
    if (*kind == KIND_SVDD)
        drop_biases(node_get(*out, "encoder"));

    return rc;
}
