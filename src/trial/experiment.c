// Reads an experiment's YAML file, and resolves the trials of its sweep.
#include "trial/experiment.h"

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/data_config.h"
#include "nn/nn.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sections {
    char *name, *about;
    const struct node *data, *model, *train, *score, *variables, *models, *sweep;
};

const struct field experiment_fields[] = {
    FIELD_ROW(sections, name, "name", FIELD_TEXT, "name of the results folder; default: the name of the file"),
    FIELD_ROW(sections, about, "about", FIELD_TEXT, "one-line description for readers"),
    FIELD_ROW(sections, data, "data", FIELD_NODE, "data to train and test on", .flags = FIELD_REQUIRED),
    FIELD_ROW(sections, model, "model", FIELD_NODE, "encoder and decoder, or the name of one of `models`",
        .flags = FIELD_REQUIRED),
    FIELD_ROW(sections, train, "train", FIELD_NODE, "how to train"),
    FIELD_ROW(sections, score, "score", FIELD_NODE, "how to score"),
    FIELD_ROW(sections, variables, "variables", FIELD_NODE, "values that replace ${name}"),
    FIELD_ROW(sections, models, "models", FIELD_NODE, "models that `model` can select by name"),
    FIELD_ROW(sections, sweep, "sweep", FIELD_NODE, "what varies between trials"),
    {0},
};

static char *experiment_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? mem_format("%.*s", (int)(slash - path), path) : mem_text(".");
}

static char *experiment_default_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    size_t length = dot ? (size_t)(dot - base) : strlen(base);

    return mem_format("%.*s", (int)length, base);
}

// Returns -1 and an error if the name cannot be the name of a folder.
static int check_name(const struct experiment *x, struct err *e)
{
    bool is_good = x->name[0] && x->name[0] != '.' && strlen(x->name) < 128;
    for (const char *c = x->name; *c; c++)
        is_good = is_good && *c != '/' && (unsigned char)*c >= ' ';
    const struct node *at = node_get(x->tree, "name");
    if (is_good)
        return 0;
    return node_error(at ? at : x->tree, e, "found '%s', allowed: a name for a folder", x->name);
}

static int read_sections(struct experiment *x, struct err *e)
{
    struct sections s = {0};
    int failed = spec_read(x->tree, experiment_fields, &s, e);
    x->name = s.name ? s.name : experiment_default_name(x->path);
    x->about = s.about;
    return failed | check_name(x, e);
}

// Returns the number of epochs of the first trial. Ignores mistakes, which are reported when the trial is planned.
static int64_t first_epochs(const struct spec_sweep *sweep)
{
    struct err ignored = {0};
    struct train_config c = {0};
    double *value = mem_new((size_t)spec_sweep_keys(sweep) + 1, sizeof *value);

    spec_sweep_first(sweep, value);
    struct node *tree = spec_sweep_trial(sweep, &(struct sweep_point){.value = value}, &ignored);
    train_config_read(tree ? node_get(tree, "train") : NULL, &c, &ignored);
    node_free(&tree);
    free(value);
    return c.epochs;
}

static int experiment_read_sweep(struct experiment *x, struct err *e)
{
    if (!(x->sweep = spec_sweep_new(x->tree, e)))
        return -1;
    x->epochs = first_epochs(x->sweep);
    x->search = search_new(x->sweep, x->epochs, e);
    return objective_read(x->sweep, &x->objective, e) != 0 || !x->search ? -1 : 0;
}

// Adds the sections that an experiment may omit. A sweep can vary their settings even then.
static void add_sections(struct node *tree)
{
    static const char *const names[] = {"train", "score"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!node_get(tree, names[i]))
            node_add(tree, names[i], node_new_map());
}

// Varies data.fold over all folds, unless the spec chooses a fold. Returns -1 and an error on failure.
static int vary_folds(struct node *tree, struct err *e)
{
    enum { MOST = 1000 };
    const struct node *folds = node_path(tree, "data.folds");
    const struct node *over = node_path(tree, "sweep.over");
    struct text setting = {0};
    int64_t n = 0;

    if (!folds || folds->kind != NODE_SCALAR || text_to_int64(folds->text, &n) != 0 || n < 2 || n > MOST)
        return 0; // mistakes are reported when the section is read
    if (node_path(tree, "data.fold") || node_get(over, "data.fold"))
        return 0;

    text_add(&setting, "sweep.over.data.fold=[1");
    for (int64_t i = 2; i <= n; i++)
        text_add(&setting, ", %lld", (long long)i);
    text_add(&setting, "]");
    int failed = spec_set(tree, setting.data, e);
    text_free(&setting);
    return failed;
}

int experiment_load(const char *path, const char *const *settings, int n_settings, struct experiment *x, struct err *e)
{
    *x = (struct experiment){.path = mem_text(path), .folder = experiment_folder(path)};

    int failed = (x->tree = spec_load(path, e)) == NULL;
    for (int i = 0; i < n_settings && !failed; i++)
        failed = spec_set(x->tree, settings[i], e);
    if (!failed) {
        failed = read_sections(x, e);
        add_sections(x->tree);
        failed |= vary_folds(x->tree, e);
        if (node_get(x->tree, "data")) // without data, nothing else can be checked
            failed |= experiment_read_sweep(x, e);
    }
    return failed ? -1 : 0;
}

void experiment_free(struct experiment *x)
{
    search_free(&x->search);
    spec_sweep_free(&x->sweep);
    node_free(&x->tree);
    free(x->path);
    free(x->folder);
    free(x->name);
    free(x->about);
    *x = (struct experiment){0};
}

// Resets the training settings of a model that is not trained, except the seed, so that trials that differ only in such
// settings are equal. Also sets the default error of such a model.
static void settle_fitted(struct trial *t)
{
    enum { SHARDS = 64 }; // lets up to this many ranks and threads share the comparisons
    struct train_config none;
    struct err ignored = {0};

    if (!model_section_is_fitted(t->model))
        return;
    train_config_read(NULL, &none, &ignored);
    none.seed = t->train.seed;
    none.epochs = 0;
    none.shards = none.batch_size = SHARDS;
    t->train = none;
    if (!node_path(t->tree, "score.error"))
        t->score.error = ERROR_NEIGHBOURS;
}

int trial_parse(struct node *tree, struct trial *t, struct err *e)
{
    *t = (struct trial){.tree = tree};
    if (!tree)
        return -1;

    t->model = node_get(tree, "model");
    t->has_data = data_config_read(node_get(tree, "data"), &t->data, e) == 0;
    int failed = train_config_read(node_get(tree, "train"), &t->train, e);
    failed |= score_config_read(node_get(tree, "score"), &t->score, e);
    if (!node_path(tree, "score.error"))
        t->score.error = model_default_error(t->model);
    settle_fitted(t);
    return failed || !t->has_data ? -1 : 0;
}

int trial_parse_stored(const char *path, const char *spec, struct trial *t, struct err *e)
{
    struct err found = {0};
    int failed = trial_parse(spec_parse(path, spec, strlen(spec), &found), t, &found);
    if (failed && found.kind == ERR_USAGE)
        found.kind = ERR_DATA;
    err_merge(e, &found);
    return failed;
}

int trial_read(const struct experiment *x, const struct sweep_point *point, struct trial *t, struct err *e)
{
    return trial_parse(spec_sweep_trial(x->sweep, point, e), t, e);
}

struct shape sample_shape(const struct dataset *d)
{
    struct shape s = {.rank = d->shape_rank};
    memcpy(s.dims, d->shape, sizeof s.dims);
    return s;
}

// Adds to the model what the error code_mahalanobis needs.
static int add_code_space(const struct trial *t, struct model *m, struct err *e)
{
    const struct node *at = node_path(t->tree, "score.error");
    int values = shape_size(&m->code);

    if (t->score.error != ERROR_CODE_MAHALANOBIS || model_section_is_fitted(t->model))
        return 0;
    if (values > CODE_SPACE_MAX)
        return node_error(
            at, e, "found code_mahalanobis with a code of %d values, allowed: at most %d", values, CODE_SPACE_MAX);
    model_add_code_space(m);
    return 0;
}

struct model *trial_model(const struct trial *t, const struct shape *input, struct err *e)
{
    struct model *m = model_new(t->model, input, (enum loss)t->train.loss, e);
    if (m && add_code_space(t, m, e) != 0)
        model_free(&m);
    if (m && train_config_loss(&t->train, t->data.missing == MISSING_IGNORE, m, e) != 0)
        model_free(&m);
    return m;
}

void trial_free(struct trial *t)
{
    if (t->has_data)
        data_config_free(&t->data);
    node_free(&t->tree);
}

char *trial_data_key(const struct trial *t)
{
    struct node *n = data_config_write(&t->data);
    struct text text = {0};
    node_emit(n, &text);
    node_free(&n);
    return text.data;
}

static struct node *results_node(const struct trial *t, const struct model *m)
{
    struct node *root = node_new_map();
    node_add(root, "model", model_write(m));
    node_add(root, "train", train_config_write(&t->train));
    node_add(root, "score", score_config_write(&t->score));
    return root;
}

char *trial_spec(const struct trial *t, const struct experiment *x, const struct model *m)
{
    struct node *root = node_new_map(), *rest = results_node(t, m);
    static const char *const keys[] = {"model", "train", "score"};
    node_add(root, "name", node_new_text(x->name));
    if (x->about)
        node_add(root, "about", node_new_text(x->about));
    node_add(root, "data", data_config_write(&t->data));
    for (int i = 0; i < 3; i++)
        node_add(root, keys[i], node_take(rest, keys[i]));
    struct text text = {0};
    node_emit(root, &text);
    node_free(&rest);
    node_free(&root);
    return text.data;
}

// Appends a section as canonical text: the line or lines that it has in a map.
static void add_section(struct text *t, const char *key, struct node *section)
{
    struct node *map = node_new_map();

    node_add(map, key, section);
    node_emit(map, t);
    node_free(&map);
}

// The canonical text of a trial is a map of model, train, score and data, which decide its results. The text of a map
// consists of the text of each section, one after the other. Model and score are the same in all three hashes of a
// trial, so we write their text once.
struct identity_texts {
    struct text model, score; // owned
};

static void hash_sections(const struct identity_texts *shared, const struct train_config *train, const char *data,
    char id[TRIAL_ID_LENGTH + 1])
{
    struct text all = {0};
    char full[33];

    text_add_bytes(&all, shared->model.data, shared->model.length);
    add_section(&all, "train", train_config_write(train));
    text_add_bytes(&all, shared->score.data, shared->score.length);
    add_section(&all, "data", node_new_text(data));
    hash_identity(full, all.data, all.length);
    text_free(&all);

    ASSERT(strlen(full) >= TRIAL_ID_LENGTH, "'%s'", full);
    memcpy(id, full, TRIAL_ID_LENGTH);
    id[TRIAL_ID_LENGTH] = 0;
}

void trial_identify(
    const struct trial *t, const struct model *m, const struct data_texts *texts, struct trial_identity *out)
{
    const char *data = texts->identity;
    struct train_config of_any_seed = t->train;
    struct train_config of_any_epochs = t->train;
    struct identity_texts shared = {0};

    ASSERT(m && data && *data, "no model or no data");
    of_any_seed.seed = 0;
    if (!schedule_needs_epochs(&t->train.schedule))
        of_any_epochs.epochs = 0;
    add_section(&shared.model, "model", model_write(m));
    add_section(&shared.score, "score", score_config_write(&t->score));

    hash_sections(&shared, &t->train, data, out->id);
    hash_sections(&shared, &of_any_epochs, data, out->lineage);
    hash_sections(&shared, &of_any_seed, texts->of_any_fold ? texts->of_any_fold : data, out->configuration);

    text_free(&shared.model);
    text_free(&shared.score);
}
