// The state of training in a file, in two generations.
#include "train/checkpoint.h"

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

// --- what is told by attributes of the file: numbers of struct train_point
struct attribute {
    const char *name;
    size_t offset;
};
static const struct attribute wholes[] = {
    {CHECKPOINT_EPOCH, offsetof(struct train_point, epoch)},
    {CHECKPOINT_STEP, offsetof(struct train_point, step)},
    {CHECKPOINT_SAMPLES, offsetof(struct train_point, samples)},
    {CHECKPOINT_HAS_DIVERGED, offsetof(struct train_point, has_diverged)},
    {CHECKPOINT_BEST_EPOCH, offsetof(struct train_point, watch.best_epoch)},
    {CHECKPOINT_WAITED, offsetof(struct train_point, watch.waited)},
    {CHECKPOINT_WAITED_DROP, offsetof(struct train_point, watch.waited_for_drop)},
    {CHECKPOINT_DROPS, offsetof(struct train_point, watch.drops)},
};
static const struct attribute reals[] = {
    {CHECKPOINT_SECONDS, offsetof(struct train_point, seconds)},
    {CHECKPOINT_EPOCH_SECONDS, offsetof(struct train_point, epoch_seconds)},
    {CHECKPOINT_BEST_LOSS, offsetof(struct train_point, watch.best)},
};
enum { WHOLES = sizeof wholes / sizeof *wholes, REALS = sizeof reals / sizeof *reals };

static int write_point(struct store_file *f, const struct checkpoint *c, struct err *e)
{
    const char *at = (const char *)&c->at;
    int failed = store_set_text(f, "", CHECKPOINT_LINEAGE, c->lineage, e);
    failed |= store_set_text(f, "", CHECKPOINT_LAYOUT, c->layout, e);
    failed |= store_set_text(f, "", PROVENANCE_KERNELS, kernels()->set, e);
    failed |= store_set_text(f, "", PROVENANCE_BLAS_CORE, gemm_corename(), e);
    for (int i = 0; i < WHOLES && !failed; i++)
        failed = store_set_int(f, "", wholes[i].name, *(const int64_t *)(const void *)(at + wholes[i].offset), e);
    for (int i = 0; i < REALS && !failed; i++)
        failed = store_set_real(f, "", reals[i].name, *(const double *)(const void *)(at + reals[i].offset), e);
    return failed;
}

static int read_point(struct store_file *f, struct train_point *point, struct err *e)
{
    char *at = (char *)point;
    int failed = 0;
    for (int i = 0; i < WHOLES && !failed; i++)
        failed = store_get_int(f, "", wholes[i].name, (int64_t *)(void *)(at + wholes[i].offset), e);
    for (int i = 0; i < REALS && !failed; i++)
        failed = store_get_real(f, "", reals[i].name, (double *)(void *)(at + reals[i].offset), e);
    return failed;
}

// --- its arrays
static const enum store_type real_type = sizeof(real) == sizeof(float) ? STORE_F32 : STORE_F64;

struct column {
    const char *path;
    double *v;
};
enum { COLUMNS = 4 };
static void list_history(const struct history *h, struct column out[COLUMNS])
{
    out[0] = (struct column){TRIAL_HISTORY "/" HISTORY_TRAIN_LOSS, h->train_loss};
    out[1] = (struct column){TRIAL_HISTORY "/" HISTORY_VALIDATION_LOSS, h->validation_loss};
    out[2] = (struct column){TRIAL_HISTORY "/" HISTORY_LEARNING_RATE, h->learning_rate};
    out[3] = (struct column){TRIAL_HISTORY "/" HISTORY_SECONDS, h->seconds};
}

static int write_vector(
    struct store_file *f, const char *path, enum store_type type, size_t n, const void *data, struct err *e)
{
    struct store_shape shape = {type, 1, {(int64_t)n}};
    return store_write(f, path, &shape, data, NULL, e);
}

static int write_all(struct store_file *f, const struct checkpoint *c, struct err *e)
{
    struct column history[COLUMNS];
    list_history(c->history, history);
    int failed = write_point(f, c, e);
    for (int i = 0; i < COLUMNS && !failed; i++)
        failed = write_vector(f, history[i].path, STORE_F64, (size_t)c->at.epoch, history[i].v, e);
    if (!failed)
        failed = write_vector(f, CHECKPOINT_SHARD_LOSS, STORE_F64, (size_t)c->shards, c->at.loss, e);
    for (int i = 0; i < c->n && !failed; i++)
        failed = write_vector(f, c->vector[i].name, real_type, c->parameters, c->vector[i].v, e);
    return failed;
}

int checkpoint_write(const char *path, const struct checkpoint *c, struct err *e)
{
    struct store_file *f = store_create(path, FORMAT_CHECKPOINT, FORMAT_VERSION, e);
    if (!f)
        return -1;
    char *previous = checkpoint_previous(path);
    int failed = write_all(f, c, e);
    if (!failed)
        failed = store_commit_keeping(&f, previous, e);
    store_abandon(&f);
    free(previous);
    return failed;
}

static int read_vector(
    struct store_file *f, const char *path, enum store_type type, size_t n, void *data, struct err *e)
{
    struct store_shape shape;
    if (store_get_shape(f, path, &shape, e) < 0)
        return -1;
    if (shape.type != type || shape.rank != 1 || shape.dims[0] != (int64_t)n)
        return err_add(e, ERR_DATA, "%s: %s: not an array of %zu numbers", store_path(f), path, n);
    return store_read(f, path, type, 0, (int64_t)n, data, e);
}

static int read_arrays(struct store_file *f, struct checkpoint *c, struct err *e)
{
    struct column history[COLUMNS];
    list_history(c->history, history);
    int failed = 0;
    for (int i = 0; i < COLUMNS && !failed; i++)
        failed = read_vector(f, history[i].path, STORE_F64, (size_t)c->at.epoch, history[i].v, e);
    if (!failed)
        failed = read_vector(f, CHECKPOINT_SHARD_LOSS, STORE_F64, (size_t)c->shards, c->at.loss, e);
    for (int i = 0; i < c->n && !failed; i++)
        failed = read_vector(f, c->vector[i].name, real_type, c->parameters, c->vector[i].v, e);
    return failed;
}

// --- whether it is of use
static int check_text(struct store_file *f, const char *name, const char *expected, struct err *e)
{
    char *found = store_get_text(f, "", name);
    int failed = found && strcmp(found, expected) == 0
                     ? 0
                     : err_add(e, ERR_DATA, "%s: %s: found %s, expected %s: the state of another training",
                           store_path(f), name, found ? found : "nothing", expected);
    free(found);
    return failed;
}

static void warn_of_machine(struct store_file *f)
{
    char *set = store_get_text(f, "", PROVENANCE_KERNELS), *core = store_get_text(f, "", PROVENANCE_BLAS_CORE);
    if (set && core && (strcmp(set, kernels()->set) != 0 || strcmp(core, gemm_corename()) != 0))
        log_rank_line(LOG_QUIET,
            "%s: begun with kernels %s on %s, goes on with %s on %s: the last digits will be those of neither",
            store_path(f), set, core, kernels()->set, gemm_corename());
    free(set);
    free(core);
}

// Whether the numbers can be those of this training: its arrays are as long as they say, and loops begin there.
static int check_point(struct store_file *f, const struct checkpoint *c, struct err *e)
{
    const struct train_point *at = &c->at;
    bool is_good = at->epoch >= 0 && at->step >= 0 && at->step <= c->steps && at->samples >= 0 &&
                   (at->has_diverged == 0 || at->has_diverged == 1) && at->watch.best_epoch >= -1 &&
                   at->watch.best_epoch <= at->epoch && at->watch.waited >= 0 && at->watch.waited_for_drop >= 0 &&
                   at->watch.drops >= 0 && at->seconds >= 0 && at->epoch_seconds >= 0;

    if (is_good)
        return 0;
    return err_add(e, ERR_DATA,
        "%s: found epoch %lld, step %lld, best epoch %lld, allowed: steps 0 to %lld of an epoch", store_path(f),
        (long long)at->epoch, (long long)at->step, (long long)at->watch.best_epoch, (long long)c->steps);
}

static bool is_beyond(const struct checkpoint *c)
{
    return c->at.epoch > c->epochs || (c->at.epoch == c->epochs && c->at.step > 0);
}

enum usable { USABLE, BEYOND, UNUSABLE };
static enum usable read_generation(const char *path, struct checkpoint *c, struct err *e)
{
    struct store_file *f = store_open_sealed(path, FORMAT_CHECKPOINT, e);
    if (!f)
        return UNUSABLE;
    int failed = check_text(f, CHECKPOINT_LINEAGE, c->lineage, e);
    if (!failed)
        failed = check_text(f, CHECKPOINT_LAYOUT, c->layout, e);
    if (!failed)
        failed = read_point(f, &c->at, e);
    if (!failed)
        failed = check_point(f, c, e);
    bool is_refused = failed || is_beyond(c);
    if (!is_refused)
        failed = read_arrays(f, c, e);
    if (!is_refused && !failed)
        warn_of_machine(f);
    store_close(&f);
    return failed ? UNUSABLE : is_refused ? BEYOND : USABLE;
}

bool checkpoint_read(const char *path, struct checkpoint *c)
{
    char *generation[] = {mem_text(path), checkpoint_previous(path)};
    enum usable found = UNUSABLE;
    int damaged = 0;
    for (int i = 0; i < 2 && found != USABLE; i++) {
        struct err e = {0};
        if (access(generation[i], F_OK) != 0)
            continue;
        found = read_generation(generation[i], c, &e);
        damaged += found == UNUSABLE;
        if (found == UNUSABLE)
            log_rank_line(LOG_QUIET, "checkpoint not used: %.*s", (int)strcspn(e.text, "\n"), e.text);
    }
    if (damaged)
        log_rank_line(LOG_QUIET, "%s", found == USABLE ? "the checkpoint before it is used" : "training begins anew");
    for (int i = 0; i < 2; i++)
        free(generation[i]);
    return found == USABLE;
}
