// Writes and reads the file of a checkpoint, and decides whether it can be used.
//
// A checkpoint is written under a temporary name and gets the newest generation's name when it is durable (store/), so
// that a crash at any instant leaves a usable generation. A file that cannot be used is never an error, because
// training can always start again. The reason is reported, and the other generation is tried.
#include "train/checkpoint.h"

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "kernels/kernels.h"
#include "store/schema.h"
#include "store/store.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *checkpoint_previous(const char *path)
{
    const char *end = strrchr(path, '.');
    size_t stem = end ? (size_t)(end - path) : strlen(path);
    return mem_format("%.*s.previous%s", (int)stem, path, path + stem);
}

void checkpoint_remove(const char *path)
{
    char *previous = checkpoint_previous(path);
    unlink(path);
    unlink(previous);
    free(previous);
}

// --- the numbers of struct train_point, which are attributes of the file

struct point_attribute {
    const char *name;
    size_t offset;
};
static const struct point_attribute point_ints[] = {
    {CHECKPOINT_EPOCH, offsetof(struct train_point, epoch)},
    {CHECKPOINT_STEP, offsetof(struct train_point, step)},
    {CHECKPOINT_SAMPLES, offsetof(struct train_point, samples)},
    {CHECKPOINT_HAS_DIVERGED, offsetof(struct train_point, has_diverged)},
    {CHECKPOINT_BEST_EPOCH, offsetof(struct train_point, watch.best_epoch)},
    {CHECKPOINT_WAITED, offsetof(struct train_point, watch.waited)},
    {CHECKPOINT_WAITED_DROP, offsetof(struct train_point, watch.waited_for_drop)},
    {CHECKPOINT_DROPS, offsetof(struct train_point, watch.drops)},
};
static const struct point_attribute point_reals[] = {
    {CHECKPOINT_SECONDS, offsetof(struct train_point, seconds)},
    {CHECKPOINT_EPOCH_SECONDS, offsetof(struct train_point, epoch_seconds)},
    {CHECKPOINT_BEST_LOSS, offsetof(struct train_point, watch.best)},
};
enum { POINT_INTS = sizeof point_ints / sizeof *point_ints, POINT_REALS = sizeof point_reals / sizeof *point_reals };

static int write_point(struct store_file *f, const struct checkpoint *c, struct err *e)
{
    const char *at = (const char *)&c->at;
    int rc = store_set_text(f, "", CHECKPOINT_LINEAGE, c->lineage, e);
    rc |= store_set_text(f, "", CHECKPOINT_LAYOUT, c->layout, e);
    rc |= store_set_text(f, "", PROVENANCE_KERNELS, kernels()->set, e);
    rc |= store_set_text(f, "", PROVENANCE_BLAS_CORE, gemm_corename(), e);

    for (int i = 0; i < POINT_INTS && rc == 0; i++) {
        const int64_t *value = (const void *)(at + point_ints[i].offset);
        rc = store_set_int(f, "", point_ints[i].name, *value, e);
    }
    for (int i = 0; i < POINT_REALS && rc == 0; i++) {
        const double *value = (const void *)(at + point_reals[i].offset);
        rc = store_set_real(f, "", point_reals[i].name, *value, e);
    }
    return rc;
}

static int read_point(struct store_file *f, struct train_point *point, struct err *e)
{
    char *at = (char *)point;
    int rc = 0;
    for (int i = 0; i < POINT_INTS && rc == 0; i++)
        rc = store_get_int(f, "", point_ints[i].name, (void *)(at + point_ints[i].offset), e);
    for (int i = 0; i < POINT_REALS && rc == 0; i++)
        rc = store_get_real(f, "", point_reals[i].name, (void *)(at + point_reals[i].offset), e);
    return rc;
}

// --- the arrays

static const enum store_type real_type = sizeof(real) == sizeof(float) ? STORE_F32 : STORE_F64;

struct history_array {
    const char *path;
    double *v;
};
enum { HISTORY_ARRAYS = 4 };

static void list_history(const struct history *h, struct history_array out[HISTORY_ARRAYS])
{
    out[0] = (struct history_array){TRIAL_HISTORY "/" HISTORY_TRAIN_LOSS, h->train_loss};
    out[1] = (struct history_array){TRIAL_HISTORY "/" HISTORY_VALIDATION_LOSS, h->validation_loss};
    out[2] = (struct history_array){TRIAL_HISTORY "/" HISTORY_LEARNING_RATE, h->learning_rate};
    out[3] = (struct history_array){TRIAL_HISTORY "/" HISTORY_SECONDS, h->seconds};
}

static int write_vector(
    struct store_file *f, const char *path, enum store_type type, size_t n, const void *data, struct err *e)
{
    struct store_shape shape = {type, 1, {(int64_t)n}};
    return store_write(f, path, &shape, data, NULL, e);
}

static int write_contents(struct store_file *f, const struct checkpoint *c, struct err *e)
{
    struct history_array history[HISTORY_ARRAYS];
    int rc = write_point(f, c, e);

    list_history(c->history, history);
    for (int i = 0; i < HISTORY_ARRAYS && rc == 0; i++)
        rc = write_vector(f, history[i].path, STORE_F64, (size_t)c->at.epoch, history[i].v, e);
    if (rc == 0)
        rc = write_vector(f, CHECKPOINT_SHARD_LOSS, STORE_F64, (size_t)c->shards, c->at.loss, e);
    for (int i = 0; i < c->n && rc == 0; i++)
        rc = write_vector(f, c->vector[i].name, real_type, c->parameters, c->vector[i].v, e);
    return rc;
}

int checkpoint_write(const char *path, const struct checkpoint *c, struct err *e)
{
    ASSERT(c->shards >= 1 && c->shards <= SHARDS_MAX && c->n <= CHECKPOINT_MAX_VECTORS, "%d shards", c->shards);
    ASSERT(c->at.epoch >= 0 && c->at.epoch <= c->epochs, "epoch %lld", (long long)c->at.epoch);
    struct store_file *f = store_create(path, FORMAT_CHECKPOINT, e);
    if (!f)
        return -1;

    char *previous = checkpoint_previous(path);
    int rc = write_contents(f, c, e);
    if (rc == 0)
        rc = store_commit_keeping(&f, previous, e);
    store_abandon(&f);
    free(previous);

    return rc;
}

static int read_vector(
    struct store_file *f, const char *path, enum store_type type, size_t n, void *data, struct err *e)
{
    struct store_shape shape;
    if (store_get_shape(f, path, &shape, e) < 0)
        return -1;
    if (shape.type != type || shape.rank != 1 || shape.dims[0] != (int64_t)n)
        return err_add(e, ERR_DATA, "%s: %s: not an array of %zu numbers", store_path(f), path, n);
    return store_read(f, path, type, store_entries(0, (int64_t)n), data, e);
}

static int read_arrays(struct store_file *f, struct checkpoint *c, struct err *e)
{
    struct history_array history[HISTORY_ARRAYS];
    int rc = 0;

    list_history(c->history, history);
    for (int i = 0; i < HISTORY_ARRAYS && rc == 0; i++)
        rc = read_vector(f, history[i].path, STORE_F64, (size_t)c->at.epoch, history[i].v, e);
    if (rc == 0)
        rc = read_vector(f, CHECKPOINT_SHARD_LOSS, STORE_F64, (size_t)c->shards, c->at.loss, e);
    for (int i = 0; i < c->n && rc == 0; i++)
        rc = read_vector(f, c->vector[i].name, real_type, c->parameters, c->vector[i].v, e);
    return rc;
}

// --- checks before a checkpoint is used

static int check_identity(struct store_file *f, const char *name, const char *expected, struct err *e)
{
    char *found = store_get_text(f, "", name);
    int rc = 0;
    if (!found || strcmp(found, expected) != 0)
        rc = err_add(e, ERR_DATA, "%s: %s: found %s, expected %s: this is the state of another training", store_path(f),
            name, found ? found : "nothing", expected);
    free(found);
    return rc;
}

static void warn_of_other_machine(struct store_file *f)
{
    char *set = store_get_text(f, "", PROVENANCE_KERNELS), *core = store_get_text(f, "", PROVENANCE_BLAS_CORE);
    if (set && core && (strcmp(set, kernels()->set) != 0 || strcmp(core, gemm_corename()) != 0))
        log_rank_line(LOG_QUIET,
            "%s: training began with kernels %s on %s and continues with %s on %s: the last digits will match neither",
            store_path(f), set, core, kernels()->set, gemm_corename());
    free(set);
    free(core);
}

// Checks that the numbers are possible in this training, because the lengths of arrays and the bounds of loops depend
// on them. Returns 0, or -1 and an error.
static int check_point(struct store_file *f, const struct checkpoint *c, struct err *e)
{
    const struct train_point *at = &c->at;
    bool is_good = at->epoch >= 0 && at->step >= 0 && at->step <= c->steps && at->samples >= 0 &&
                   (at->has_diverged == 0 || at->has_diverged == 1) && at->watch.best_epoch >= -1 &&
                   at->watch.best_epoch <= at->epoch && at->watch.waited >= 0 && at->watch.waited_for_drop >= 0 &&
                   at->watch.drops >= 0 && at->seconds >= 0 && at->epoch_seconds >= 0;

    if (is_good)
        return 0;
    return err_add(e, ERR_DATA, "%s: found epoch %lld, step %lld, best epoch %lld, allowed: steps 0 to %lld per epoch",
        store_path(f), (long long)at->epoch, (long long)at->step, (long long)at->watch.best_epoch, (long long)c->steps);
}

// Returns true if the state is beyond the last epoch of this training.
static bool is_beyond_epochs(const struct checkpoint *c)
{
    return c->at.epoch > c->epochs || (c->at.epoch == c->epochs && c->at.step > 0);
}

enum generation_state { GENERATION_USABLE, GENERATION_BEYOND, GENERATION_UNUSABLE };

static enum generation_state read_open_generation(struct store_file *f, struct checkpoint *c, struct err *e)
{
    if (check_identity(f, CHECKPOINT_LINEAGE, c->lineage, e) < 0 ||
        check_identity(f, CHECKPOINT_LAYOUT, c->layout, e) < 0)
        return GENERATION_UNUSABLE;
    if (read_point(f, &c->at, e) < 0 || check_point(f, c, e) < 0)
        return GENERATION_UNUSABLE;
    if (is_beyond_epochs(c))
        return GENERATION_BEYOND;
    if (read_arrays(f, c, e) < 0)
        return GENERATION_UNUSABLE;

    warn_of_other_machine(f);
    return GENERATION_USABLE;
}

static enum generation_state read_generation(const char *path, struct checkpoint *c, struct err *e)
{
    struct store_file *f = store_open_sealed(path, FORMAT_CHECKPOINT, e);
    if (!f)
        return GENERATION_UNUSABLE;
    enum generation_state state = read_open_generation(f, c, e);
    store_close(&f);
    return state;
}

// Reads the newest usable generation of a checkpoint. Returns false if there is none. Adds the number of damaged
// generations to *damaged.
static bool read_generations(const char *path, struct checkpoint *c, int *damaged)
{
    char *generation[] = {mem_text(path), checkpoint_previous(path)};
    enum generation_state state = GENERATION_UNUSABLE;

    for (int i = 0; i < 2 && state != GENERATION_USABLE; i++) {
        struct err e = {0};
        if (access(generation[i], F_OK) != 0)
            continue;
        state = read_generation(generation[i], c, &e);
        *damaged += state == GENERATION_UNUSABLE;
        if (state == GENERATION_UNUSABLE)
            log_rank_line(LOG_QUIET, "checkpoint not used: %.*s", (int)strcspn(e.text, "\n"), e.text);
    }

    for (int i = 0; i < 2; i++)
        free(generation[i]);
    return state == GENERATION_USABLE;
}

bool checkpoint_read(const char *path, const char *const *related, struct checkpoint *c)
{
    int damaged = 0;

    ASSERT(c->shards >= 1 && c->shards <= SHARDS_MAX && c->n <= CHECKPOINT_MAX_VECTORS, "%d shards", c->shards);
    bool is_usable = read_generations(path, c, &damaged);
    for (; related && *related && !is_usable; related++)
        is_usable = read_generations(*related, c, &damaged);
    if (damaged)
        log_rank_line(LOG_QUIET, "%s", is_usable ? "the checkpoint before it is used" : "training begins from scratch");

    return is_usable;
}
