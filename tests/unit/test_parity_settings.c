// Single settings against PyTorch: losses of 20 epochs of one step, and of a batch without training; weights and
// running statistics after them, from the same weights on the same batches (stored by
// tests/parity/settings_reference.py). And: the references together know every layer and setting.
// links: train nn kernels spec base
#include <stdbool.h>

#include "../parity/settings_reference.h"
#include "base/mem.h"
#include "nn_fixture.h"
#include "train/train.h"

#include <glob.h>

#define TOLERANCE 2e-5 // of a loss, relative; of a weight: PyTorch's float against ours

// The same numbers as the script's: in [0, 1), exact in float.
static float next(uint32_t *state)
{
    *state = 1664525 * *state + 1013904223;
    return (float)(*state >> 8) * 0x1p-24f;
}

struct trainer {
    const struct reference *f;
    struct train_config c;
    struct node *section;
    struct model *m;
    struct workspace *ws;
    struct watch watch;
    uint32_t numbers;
    real *x, *w, *g; // (rows, input), (parameters)
};

static void fill_weights(struct trainer *t)
{
    model_initialize(t->m, 0, t->w); // for the statistics
    for (int i = 0; i < t->m->n_layers; i++)
        for (int k = 0; k < t->m->layers[i].n_blocks; k++) {
            const struct block *b = &t->m->layers[i].blocks[k];
            for (size_t p = 0; p < b->count && !b->is_statistic; p++)
                t->w[b->offset + p] = (b->rank > 1 ? 1 : 0.5f) * (next(&t->numbers) - 0.5f);
        }
}

static void trainer_init(struct trainer *t, const struct reference *f)
{
    struct err e = {0};
    *t = (struct trainer){.f = f, .numbers = 1};
    t->section = spec_parse("a.yaml", f->train, strlen(f->train), &e);
    if (!t->section || train_config_read(t->section, &t->c, &e) != 0)
        fail_msg("%s: %s", f->name, e.text);
    t->m = model_good(f->model, (struct shape){f->rank, {f->dims[0], f->dims[1], f->dims[2]}}, (enum loss)t->c.loss);
    if (train_config_loss(&t->c, f->misses, t->m, &e) != 0)
        fail_msg("%s: %s", f->name, e.text);
    t->ws = workspace_new(t->m, REFERENCE_ROWS, true, &e);
    t->x = calloc(REFERENCE_ROWS * (size_t)shape_size(&t->m->input), sizeof *t->x);
    t->w = calloc(t->m->parameters, sizeof *t->w);
    t->g = calloc(t->m->parameters, sizeof *t->g);
    watch_start(&t->watch);
    fill_weights(t);
}

static void trainer_free(struct trainer *t)
{
    workspace_free(&t->ws);
    model_free(&t->m);
    node_free(&t->section);
    free(t->x);
    free(t->w);
    free(t->g);
}

// As the script's `batch`: every fourth value is missing, and the second row wholly.
static void next_batch(struct trainer *t)
{
    size_t width = (size_t)shape_size(&t->m->input), n = REFERENCE_ROWS * width;
    for (size_t i = 0; i < n; i++)
        t->x[i] = next(&t->numbers);
    for (size_t i = 0; t->f->misses && i < n; i++)
        if (next(&t->numbers) < 0.25f || i / width == 1)
            t->x[i] = (real)NAN;
}

static double step(struct trainer *t, int64_t epoch)
{
    const struct parameter_range range = {
        .n = t->m->parameters, .w = t->w, .g = t->g, .state = {t->g}}; // plain gradient descent writes no state
    double rate = schedule_rate(&t->c.schedule, t->c.optimizer.learning_rate, epoch, REFERENCE_STEPS, t->watch.drops);
    struct update u = optimizer_update(&t->c.optimizer, epoch + 1, rate);
    t->ws->step = (struct step){.trains = true, .sums = t->c.reduction == REDUCTION_SUM};
    model_forward(t->m, t->w, t->ws, REFERENCE_ROWS, t->x);
    t->ws->step.batch_rows = REFERENCE_ROWS;
    double loss = model_backward(t->m, t->w, t->ws, REFERENCE_ROWS, t->x, t->g) / REFERENCE_ROWS;
    model_penalize(t->m, 0, t->m->parameters, t->w, t->g);
    model_step(t->m, &t->c.optimizer, &u, &range);
    watch_add(&t->watch, &t->c.stopping, &t->c.schedule, epoch, loss, NAN);
    return loss;
}

static double loss_without_training(struct trainer *t)
{
    t->ws->step = (struct step){0};
    model_forward(t->m, t->w, t->ws, REFERENCE_ROWS, t->x);
    double loss = model_loss(t->m, t->ws, REFERENCE_ROWS, t->x, NULL) / REFERENCE_ROWS;
    return t->c.reduction == REDUCTION_SUM ? loss * shape_size(&t->m->input) : loss;
}

static void check_loss(const struct trainer *t, int i, double loss)
{
    if (!(fabs(loss - t->f->losses[i]) <= TOLERANCE * fabs(t->f->losses[i])))
        fail_msg("%s: loss of step %d is %.8g, not %.8g", t->f->name, i, loss, t->f->losses[i]);
}

static void check_weights(const struct trainer *t)
{
    int listed = 0;
    for (int i = 0; i < t->m->n_layers; i++)
        for (int k = 0; k < t->m->layers[i].n_blocks; k++) {
            const struct block *b = &t->m->layers[i].blocks[k];
            for (size_t p = 0; p < b->count; p++) {
                double found = (double)t->w[b->offset + p], wanted = t->f->weights[listed++];
                if (!(fabs(found - wanted) <= TOLERANCE))
                    fail_msg("%s: layer %d, %s[%zu] is %.8g, not %.8g", t->f->name, i, b->name, p, found, wanted);
            }
        }
    assert_int_equal(listed, t->f->n);
}

static void test_pytorch(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
        struct trainer t;
        trainer_init(&t, &references[i]);
        for (int k = 0; k < REFERENCE_STEPS; k++) {
            next_batch(&t);
            check_loss(&t, k, step(&t, k));
        }
        next_batch(&t);
        check_loss(&t, REFERENCE_STEPS, loss_without_training(&t));
        check_weights(&t);
        trainer_free(&t);
    }
}

// --- completeness

// The specs of all references.
static void read_references(struct text *all)
{
    const char *source = getenv("HOURGLASS_SOURCE");
    char pattern[1024], part[4096];
    snprintf(pattern, sizeof pattern, "%s/tests/parity/*_reference.h", source ? source : ".");
    glob_t found = {0};
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        FILE *in = fopen(found.gl_pathv[i], "r");
        assert_non_null(in);
        for (size_t n; (n = fread(part, 1, sizeof part - 1, in)) > 0;) {
            part[n] = 0;
            text_add(all, "%s", part);
        }
        fclose(in);
    }
    globfree(&found);
}

static bool has(const struct text *all, const char *key, const char *value)
{
    char words[128];
    snprintf(words, sizeof words, "%s: %s", key, value);
    for (const char *at = all->data; (at = strstr(at, words)); at++)
        if ((at[-1] == '{' || at[-1] == ' ') && (!*value || strchr(",}", at[strlen(words)])))
            return true;
    return false;
}

// What decides initial weights, which references are given, or when training ends: tested elsewhere.
static bool is_elsewhere(const char *key)
{
    static const char *const keys[] = {"kernel_initializer", "recurrent_initializer", "constant", "unit_forget_bias",
        "batch_size", "epochs", "seed", "shards", "early_stopping", "restore_best", "validation_noise", NULL};
    int i = 0;
    while (keys[i] && strcmp(keys[i], key) != 0)
        i++;
    return keys[i];
}

// Every setting is in a reference; of a choice every name but the default, of true and false the one that is not.
static void require(const struct text *all, const struct field *fields)
{
    for (const struct field *f = fields; f && f->key; f++) {
        if (is_elsewhere(f->key))
            continue;
        for (int i = 0; f->type == FIELD_CHOICE && f->choices[i]; i++)
            if ((!f->default_text || strcmp(f->choices[i], f->default_text) != 0) && !has(all, f->key, f->choices[i]))
                fail_msg("no reference of PyTorch has %s: %s", f->key, f->choices[i]);
        bool is_switch = f->type == FIELD_BOOL;
        if (!has(all, f->key,
                !is_switch                                                ? ""
                : f->default_text && strcmp(f->default_text, "true") == 0 ? "false"
                                                                          : "true"))
            fail_msg("no reference of PyTorch has %s", f->key);
    }
}

static void test_complete(void **state)
{
    (void)state;
    struct text all = {0};
    read_references(&all);
    for (const char *const *type = layer_type_names(); *type; type++)
        require(&all, layer_type_fields(*type));
    require(&all, layer_common_fields);
    require(&all, layer_kernel_fields);
    require(&all, train_fields);
    require(&all, optimizer_fields);
    require(&all, schedule_fields);
    require(&all, stopping_fields);
    text_free(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pytorch),
        cmocka_unit_test(test_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
