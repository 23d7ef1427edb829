// Models, built from the spec in two steps. Reading needs only the section: it finds the type and the settings of each
// layer (model_check ends there). Building also needs the shape of the data: the output shape of a layer is the input
// shape of the next one, and each layer appends its blocks to the flat vector. model->layers grows only while layers
// are read. After that, pointers to layers and blocks (tied kernels) stay valid.
#include "nn/nn_impl.h"

#include "base/field.h"
#include "base/mem.h"
#include "base/text.h"
#include "nn/neighbours.h"
#include "spec/spec.h"
#include <stdlib.h>
#include <string.h>

// The nodes of the model's section.
struct model_section {
    const struct node *encoder, *decoder;
    const struct node *neighbours; // NULL: the model has an encoder and a decoder
};

// Reports a layer without a known type. The message names the layer's first key that is not a setting of all layers.
static void refuse_layer_type(const struct node *at, const char *const *names, struct err *e)
{
    const struct node *key = at->items[0];
    for (int i = at->n - 1; i >= 0; i--)
        if (!field_find(layer_common_fields, at->items[i]->key))
            key = at->items[i];

    struct text all = {0};
    int n = 0;
    for (; names[n]; n++)
        text_add(&all, "%s%s", n ? ", " : "", names[n]);

    char hint[DID_YOU_MEAN_ROOM];
    if (*text_did_you_mean(hint, key->key, names, n))
        node_key_error(key, e, "no layer of that name%s", hint);
    else
        node_key_error(key, e, "no layer of that name, allowed: %.600s", all.data);
    text_free(&all);
}

// Returns the layer type that is a key of the layer's map. Returns NULL and an error if no key is one.
static const struct layer_type *read_layer_type(const struct node *at, struct err *e)
{
    const char *const *names = layer_type_names();
    if (at->kind != NODE_MAP || at->n == 0) {
        node_error(at, e, "a layer is a map such as {dense: 64, activation: relu}");
        return NULL;
    }

    for (int i = 0; i < at->n; i++) {
        const struct layer_type *type = layer_type_find(at->items[i]->key);
        if (type)
            return type;
    }
    refuse_layer_type(at, names, e);
    return NULL;
}

// Reads the map of one layer and appends the layer. Its shapes and blocks are set later.
static int read_layer(struct model *m, const struct node *at, struct err *e)
{
    const struct layer_type *type = read_layer_type(at, e);
    if (!type)
        return -1;

    m->layers = mem_grow(m->layers, (size_t)m->n_layers + 1, sizeof *m->layers);
    struct layer *l = &m->layers[m->n_layers++];
    *l = (struct layer){.type = type, .config = mem_new(1, type->config_size)};
    struct spec_part parts[] = {{type->fields, l->config}, {layer_common_fields, l}, {type->kernel_fields, l}};
    int rc = spec_read_parts(at, parts, type->kernel_fields ? 3 : 2, e);
    return rc == 0 && type->read ? type->read(l, at, e) : rc;
}

static int read_layers(struct model *m, const struct node *list, struct err *e)
{
    if (!list)
        return 0; // the missing key is reported elsewhere
    if (list->kind != NODE_LIST || list->n == 0)
        return node_error(list, e, "allowed: a list of layers, such as [{dense: 64, activation: relu}]");

    int failed = 0;
    for (int i = 0; i < list->n; i++)
        failed |= read_layer(m, list->items[i], e);
    return failed;
}

// Makes the only layer of a model `neighbours`, which is both encoder and decoder.
static int read_neighbours(struct model *m, const struct node *at, struct err *e)
{
    m->layers = mem_new(1, sizeof *m->layers);
    m->n_layers = m->n_encoder = 1;
    m->layers[0] = (struct layer){.type = &neighbours_layer, .config = mem_new(1, neighbours_layer.config_size)};
    return spec_read(at, neighbours_fields, m->layers[0].config, e);
}

// Reads everything that does not need the data.
static int read_both_halves(struct model *m, const struct model_section *s, struct err *e)
{
    if (s->neighbours)
        return read_neighbours(m, s->neighbours, e);

    int failed = read_layers(m, s->encoder, e);
    m->n_encoder = m->n_layers;
    return failed | read_layers(m, s->decoder, e);
}

// Converts the section to lists of layers, which the model owns.
static int expand_section(struct model *m, const struct node *section, struct model_section *s, struct err *e)
{
    int failed = model_section_expand(section, &m->input, m->loss, &m->section, &m->kind, e);
    s->encoder = node_get(m->section, "encoder");
    s->decoder = node_get(m->section, "decoder");
    s->neighbours = node_get(m->section, "neighbours");
    return failed;
}

// Gives a tied layer the kernel of its mirror in the encoder. Counted outwards from the code, the n-th layer of a type
// in the decoder mirrors the n-th one in the encoder.
static int tie_layer(const struct model *m, struct layer *l, const struct node *at, struct err *e)
{
    if (!l->type->wants_tie || !l->type->wants_tie(l))
        return 0;

    struct layer *code = m->layers + m->n_encoder;
    struct layer *mirror = code;
    int count = 0;
    for (const struct layer *d = code; d <= l; d++)
        count += d->type == l->type;
    while (count > 0 && mirror > m->layers)
        count -= (--mirror)->type == l->type;

    if (l < code || count > 0)
        return node_error(at, e,
            "the encoder has no %s layer that mirrors this one, whose kernel it could use: tied is "
            "for layers of the decoder",
            l->type->name);

    ASSERT(mirror->n_blocks > 0, "%s has no kernel", mirror->type->name);
    l->tied = &mirror->blocks[0];
    mirror->accumulates = true;
    return 0;
}

static int check_layer_constant(const struct layer *l, const struct node *at, struct err *e)
{
    bool is_used = l->kernel.constant == 0;
    for (int i = 0; i < l->n_blocks; i++)
        is_used = is_used || l->blocks[i].initializer == INITIALIZER_CONSTANT;
    if (is_used)
        return 0;
    return node_error(at, e, "constant: found %g, but no initializer of this layer is constant", l->kernel.constant);
}

// Returns the floating-point operations that this layer needs to train on one sample. Each weight of a kernel costs a
// multiplication and an addition in each of three places: the forward pass, the gradient of the inputs, and the
// gradient of the weight.
static double layer_operations(const struct layer *l)
{
    double weights = l->tied ? (double)l->tied->count : 0;

    for (int i = 0; i < l->n_blocks; i++)
        weights += l->blocks[i].fan_in ? (double)l->blocks[i].count : 0; // only kernels have a fan_in
    return 6 * weights * (l->uses ? l->uses : 1);
}

// Refuses penalties that cannot be computed. They need the outputs themselves, but the last layer only has logits if
// the loss applies the sigmoid. The divergence needs means in 0..1.
static int check_layer_activity(const struct model *m, const struct layer *l, const struct node *at, struct err *e)
{
    const enum activation f = l->activation;

    if (l->activity.beta > 0 && f != SIGMOID && f != HARD_SIGMOID && f != SOFTMAX)
        return node_error(at, e,
            "sparsity_beta: found activation %s, allowed: sigmoid, hard_sigmoid, softmax, whose outputs lie in 0..1",
            activation_names[f]);
    if (m->has_logits && l == &m->layers[m->n_layers - 1] && (l->activity.l1 > 0 || l->activity.beta > 0))
        return node_error(at, e,
            "activity_l1, sparsity_beta: not of the last layer under loss binary_crossentropy, which takes its logits");
    return 0;
}

// Appends the blocks of a layer to the flat vector.
static void place_layer(struct model *m, struct layer *l)
{
    m->operations += layer_operations(l);
    for (int i = 0; i < l->n_blocks; i++)
        model_place_block(m, &l->blocks[i]);
}

// Sets the shapes and blocks of a layer that was already read. *shape is its input shape, and becomes its output shape.
static int build_layer(struct model *m, struct layer *l, const struct node *at, struct shape *shape, struct err *e)
{
    l->in = *shape;
    l->in_repeats = l > m->layers && l[-1].type == &repeat_vector_layer;
    if (l > m->layers && l->type->wants_sample && l->type->wants_sample(l))
        return node_error(at, e,
            "%s that knows the training rows needs the sample as its input: it must be the first layer of the encoder",
            l->type->name);
    if (tie_layer(m, l, at, e) != 0 || l->type->build(l, at, e) != 0 || check_layer_constant(l, at, e) != 0 ||
        check_layer_activity(m, l, at, e) != 0)
        return -1;
    ASSERT(shape_size(&l->out) > 0, "%s has no output", l->type->name);
    if (m->kind == KIND_SVDD && l == &m->layers[m->n_layers - 1])
        layer_add_fixed(l, "center", SOURCE_CENTER, shape_size(&l->out));
    ASSERT(l->n_blocks <= LAYER_MAX_BLOCKS, "%d blocks", l->n_blocks);

    *shape = l->out;
    place_layer(m, l);
    return 0;
}

// Returns true if training changes parameters of this layer.
static bool is_trained(const struct layer *l)
{
    bool has_weights = l->tied != NULL;
    for (int i = 0; i < l->n_blocks; i++)
        has_weights = has_weights || l->blocks[i].source == SOURCE_NONE;
    return has_weights;
}

static int first_trained_layer(const struct model *m)
{
    int i = 0;
    while (i < m->n_layers && !is_trained(&m->layers[i]))
        i++;
    return i;
}

static const struct node *layer_node(const struct model *m, const struct model_section *s, int i)
{
    if (s->neighbours)
        return s->neighbours;
    return i < m->n_encoder ? s->encoder->items[i] : s->decoder->items[i - m->n_encoder];
}

static int build_layers(struct model *m, const struct model_section *s, struct shape *shape, struct err *e)
{
    for (int i = 0; i < m->n_layers; i++) {
        const struct node *at = layer_node(m, s, i);
        if (build_layer(m, &m->layers[i], at, shape, e) != 0)
            return -1;
        if (i == m->n_encoder - 1)
            m->code = *shape;
    }
    m->first_trained = first_trained_layer(m);
    m->operations *= 1 + model_attack_steps(m);
    return 0;
}

static int check_reconstruction(
    const struct model *m, const struct shape *shape, const struct node *decoder, struct err *e)
{
    char found[48], wanted[48];
    if (shape_size(shape) != shape_size(&m->input))
        return node_error(decoder, e,
            "its output has shape %s = %d values, the data %s = %d: the numbers of values must be equal",
            shape_text(found, shape), shape_size(shape), shape_text(wanted, &m->input), shape_size(&m->input));

    const struct layer *last = &m->layers[m->n_layers - 1];
    if (m->loss == LOSS_BINARY_CROSSENTROPY && last->activation != SIGMOID)
        return node_error(decoder, e,
            "the last activation is %s, but loss binary_crossentropy needs sigmoid (it is computed from the logits "
            "inside)",
            activation_names[last->activation]);
    return 0;
}

static int check_output(const struct model *m, const struct shape *shape, const struct node *decoder, struct err *e)
{
    return model_reconstructs(m) ? check_reconstruction(m, shape, decoder, e) : check_code_model(m, m->section, e);
}

struct model *model_new(const struct node *section, const struct shape *input, enum loss loss, struct err *e)
{
    struct model *m = mem_new(1, sizeof *m);
    ASSERT((unsigned)loss < LOSS_COUNT, "loss %d", (int)loss);
    ASSERT(shape_size(input) > 0, "no features");
    m->input = *input;
    m->loss = loss;
    m->delta = m->variance = 1;
    m->has_logits = loss == LOSS_BINARY_CROSSENTROPY && !model_section_is_fitted(section);

    struct model_section s = {0};
    struct shape shape = *input;
    int failed = expand_section(m, section, &s, e);
    failed |= read_both_halves(m, &s, e);
    if (failed || build_layers(m, &s, &shape, e) != 0 || (!s.neighbours && check_output(m, &shape, s.decoder, e) != 0))
        model_free(&m);
    else
        model_section_settle(m->section);
    return m;
}

int model_set_rows(struct model *m, int64_t training_rows, const struct node *section, struct err *e)
{
    const struct node *own = section ? node_get(section, "neighbours") : NULL;
    if (!model_is_fitted(m))
        return 0;

    if (neighbours_take_rows(&m->layers[0], training_rows, own ? own : section, e) != 0)
        return -1;
    m->parameters = 0;
    place_layer(m, &m->layers[0]);
    m->operations = neighbours_operations(&m->layers[0]);
    return 0;
}

int model_check(const struct node *section, struct err *e)
{
    if (spec_unbound(section))
        return 0; // the sizes of its layers depend on the data

    struct model *m = mem_new(1, sizeof *m);
    struct model_section s = {0};
    m->input = (struct shape){1, {1}};
    m->loss = LOSS_MSE;
    int failed = expand_section(m, section, &s, e);
    failed |= read_both_halves(m, &s, e);

    model_free(&m);
    return failed;
}

bool model_needs_two_rows(const struct model *m)
{
    for (int i = 0; i < m->n_layers; i++)
        if (m->layers[i].type->needs_two_rows && m->layers[i].type->needs_two_rows(&m->layers[i]))
            return true;
    return false;
}

void model_free(struct model **m)
{
    if (!*m)
        return;

    for (int i = 0; i < (*m)->n_layers; i++) {
        struct layer *l = &(*m)->layers[i];
        field_free(l->type->fields, l->config);
        free(l->config);
    }

    free((*m)->layers);
    node_free(&(*m)->section);
    free((*m)->feature_weights);
    free(*m);
    *m = NULL;
}

// Adds the settings of a layer that other types also have.
static void write_shared_settings(const struct field *fields, const struct layer *l, struct node *map)
{
    struct node *settings = fields ? spec_write(fields, l, 0) : NULL;
    for (const struct field *f = fields; f && f->key; f++)
        node_add(map, f->key, node_take(settings, f->key));
    node_free(&settings);
}

static struct node *write_layers(const struct layer *layers, int n)
{
    struct node *list = node_new_list();

    for (int i = 0; i < n; i++) {
        struct node *map = node_add(list, NULL, spec_write(layers[i].type->fields, layers[i].config, 0));
        write_shared_settings(layers[i].type->kernel_fields, &layers[i], map);
        write_shared_settings(layer_common_fields, &layers[i], map);
    }
    return list;
}

struct node *model_write(const struct model *m)
{
    if (model_is_fitted(m))
        return neighbours_write(m);

    struct node *map = node_new_map();
    // An autoencoder is written without a kind, so that its identity is the same whether or not a spec gives one.
    if (m->kind != KIND_AUTOENCODER)
        node_add(map, "kind", node_new_text(model_kind_names[m->kind]));
    node_add(map, "encoder", write_layers(m->layers, m->n_encoder));
    if (model_reconstructs(m))
        node_add(map, "decoder", write_layers(m->layers + m->n_encoder, m->n_layers - m->n_encoder));
    return map;
}

static void add_shape(struct text *t, const struct shape *s)
{
    for (int i = 0; i < s->rank; i++)
        text_add(t, "%s%d", i ? "x" : "", s->dims[i]);
}

void model_sizes(const struct model *m, struct text *t)
{
    add_shape(t, &m->input);
    if (model_is_fitted(m))
        text_add(t, " neighbours");
    for (int i = 0; i < m->n_layers; i++) {
        const struct layer *l = &m->layers[i];
        bool is_alike = l->in.rank == l->out.rank && memcmp(l->in.dims, l->out.dims, sizeof l->in.dims) == 0;
        if (is_alike && !l->type->kernel_fields)
            continue;
        text_add(t, "%s", "-");
        add_shape(t, &l->out);
    }
}
