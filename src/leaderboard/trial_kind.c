// Finds the kind of a trial in its spec. The spec is in canonical form, in which the model lists its layers.
#include "leaderboard/trial_kind.h"

#include "base/mem.h"
#include "nn/nn.h"
#include <stdlib.h>
#include <string.h>

static bool text_ends_in(const char *text, const char *end)
{
    const size_t n = strlen(text), length = strlen(end);
    return n >= length && strcmp(text + n - length, end) == 0;
}

// Returns the type of a layer, which is the one of its keys that names a type. Returns "" if there is none.
static const char *layer_type_of(const struct node *layer)
{
    const char *const *names = layer_type_names();

    for (int i = 0; layer && i < layer->n; i++)
        for (int k = 0; names[k] && layer->items[i]->key; k++)
            if (strcmp(layer->items[i]->key, names[k]) == 0)
                return names[k];
    return "";
}

// Returns the noise that the first layer adds to a sample, or NULL if it adds none.
static const char *noise_of(const struct node *encoder)
{
    const struct node *layer = node_count(encoder) ? node_item(encoder, 0) : NULL;
    const char *type = layer_type_of(layer);

    if (strcmp(type, "gaussian_noise") == 0)
        return node_get(node_get(layer, type), "relative") ? "relative_noise" : type;
    return text_ends_in(type, "_noise") || strcmp(type, "salt_and_pepper") == 0 ? type : NULL;
}

// Returns what the layers of an autoencoder without noise are.
static const char *architecture_of(const struct node *encoder)
{
    const char *found = "dense";

    for (int i = 0; i < node_count(encoder); i++) {
        const char *type = layer_type_of(node_item(encoder, i));
        if (strcmp(type, "gaussian") == 0)
            return "variational";
        if (strcmp(type, "lstm") == 0 || strcmp(type, "gru") == 0)
            found = "recurrent";
        else if (strncmp(type, "conv", 4) == 0 && strcmp(found, "recurrent") != 0)
            found = "convolutional";
    }
    return found;
}

static const char *model_kind_of(const struct node *model)
{
    const struct node *kind = node_get(model, "kind"), *encoder = node_get(model, "encoder");
    const struct node *neighbours = node_get(model, "neighbours"), *distance = node_get(neighbours, "distance");
    const char *noise = noise_of(encoder);

    if (neighbours)
        return distance && distance->text && strcmp(distance->text, "local") == 0 ? "local_neighbours" : "neighbours";
    if (kind && kind->text && strcmp(kind->text, model_kind_names[KIND_AUTOENCODER]) != 0)
        return kind->text;
    return noise ? noise : architecture_of(encoder);
}

static const char *score_setting(const struct node *spec, const char *key)
{
    const struct node *value = node_get(node_get(spec, "score"), key);
    return value && value->text ? value->text : "";
}

// Returns the error of a trial. Errors that always rank rows in the same way are one.
static const char *error_kind_of(const struct node *spec)
{
    const char *error = score_setting(spec, "error");

    return strcmp(error, error_names[ERROR_L2]) == 0 ? error_names[ERROR_MSE] : error;
}

char *trial_kind(const struct node *spec)
{
    const char *noise = score_setting(spec, "noise");
    const char *copies = strcmp(noise, "average") == 0 ? "/average" : "";

    return mem_format("%s/%s%s", model_kind_of(node_get(spec, "model")), error_kind_of(spec), copies);
}

bool trial_error_is_log(const struct node *spec)
{
    static const enum error logs[] = {
        ERROR_ELBO, ERROR_RECONSTRUCTION_PROBABILITY, ERROR_NEIGHBOURS, ERROR_NOISE_LEVEL};
    const char *error = score_setting(spec, "error");
    bool is_log = false;

    for (size_t i = 0; i < sizeof logs / sizeof *logs; i++)
        is_log = is_log || strcmp(error, error_names[logs[i]]) == 0;
    return is_log;
}
