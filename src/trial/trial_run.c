// Runs one trial, from its data to its file.
//
// All ranks of the team load the same data (one data_cache per team keeps it for the next trial) and build the same
// model. After each step that can fail on a single rank, the ranks agree on the result, so that no rank waits for one
// that has failed. Training and scoring are collective; the first rank evaluates the scores. A metric or a baseline
// that fails does not fail the trial: the reason is stored with the set. Before the file is written, the sources are
// checked once more, because a data file can change while a trial runs.
#include "trial/trial_run.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "comm/comm.h"
#include "data/data_range.h"
#include "data/dataset.h"
#include "leaderboard/versions.h"
#include "nn/neighbours.h"
#include "nn/nn.h"
#include "score/reference.h"
#include "score/score.h"
#include "train/train.h"
#include "trial/baseline.h"
#include "trial/comparison.h"
#include "trial/trial_file.h"
#include "trial/trial_reference.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void data_cache_free(struct data_cache *c)
{
    if (c->key)
        data_sets_free(&c->sets);
    free(c->key);
    free(c->value_quantiles);
    baselines_free(&c->baselines);
    *c = (struct data_cache){0};
}

static int check_data(void *sets, struct err *e)
{
    return data_sets_check(sets, e);
}

// Checks that the loaded data is the data of the plan, because a file could have been replaced since then.
static int check_versions(const struct order *order, const struct data_sets *sets, struct err *e)
{
    struct text loaded = {0};
    text_add(&loaded, "%s", "");
    dataset_add_versions(&loaded, &sets->train);
    dataset_add_versions(&loaded, &sets->validation);
    for (int i = 0; i < sets->n_test; i++)
        dataset_add_versions(&loaded, &sets->test[i]);

    const char *planned = order->data && order->data->text ? order->data->text : "";
    char *changed = versions_changed(loaded.data, planned);
    int failed = 0;
    if (*changed)
        failed = err_add(e, ERR_DATA, "%s: the file was replaced after this run began: start again", changed);
    free(changed);
    text_free(&loaded);
    return failed;
}

static int fetch_data(const struct experiment *x, const struct trial *t, struct data_cache *cache, struct err *e)
{
    char *key = trial_data_key(t);
    if (cache->key && strcmp(cache->key, key) == 0) {
        free(key);
        return 0;
    }
    data_cache_free(cache);
    if (data_load(&t->data, x->folder, &cache->sets, e) != 0) {
        free(key);
        return -1;
    }
    cache->key = key;
    return 0;
}

static void evaluate_set_steps(const struct trial_result *r, const struct scores *s, int set, struct err *e)
{
    const struct dataset_steps *d = s->data->steps;
    const struct judged_steps judged = {s->step_error, d->is_anomaly, d->n, d->windows.length};

    int rc = evaluate_steps(&r->trial->score, s, &r->training_steps, &r->step_reference, &r->steps[set], e);
    if (rc == 0 && d->is_anomaly)
        evaluate_series(&judged, r->steps[set].threshold, &r->series[set], e);
}

static void evaluate_set(const struct trial_result *r, const struct scores *s, struct evaluation *out)
{
    const struct score_config *c = &r->trial->score;
    struct err found = {0};

    evaluate(c, s, &r->training, &r->reference, out, &found);
    if (model_error_is_cross_entropy(r->model, (enum error)c->error)) {
        struct data_range range;
        data_range_measure(s->data, &range);
        out->clipped = range.outside;
    }
    if (s->step_error)
        evaluate_set_steps(r, s, (int)(out - r->evaluation), &found);
    evaluation_note_failure(out, r->order->planned.trial.id, s->data->name, &found);
}

// Scores and evaluates all sets. Returns what scores_compute returns. Collective over team->comm.
static int score_sets(const struct team *team, struct trial_result *r, struct baselines *known, struct err *e)
{
    const struct score_config *c = &r->trial->score;
    struct score_request request = {.model = r->model,
        .w = r->trained.w,
        .error = row_error_of(c, &r->trial->train),
        .save = c->save,
        .window = (enum step_rule)c->window};
    int n = r->sets->n_test;
    int failed = trial_score_training(team, r, e);
    if (failed)
        return failed;

    r->scores = mem_new((size_t)n, sizeof *r->scores);
    r->evaluation = mem_new((size_t)n, sizeof *r->evaluation);
    r->steps = mem_new((size_t)n, sizeof *r->steps);
    r->series = mem_new((size_t)n, sizeof *r->series);
    for (int i = 0; i < n && !failed; i++) {
        failed = scores_compute(team, &request, &r->sets->test[i], &r->scores[i], e);
        if (!failed && team->comm->rank == 0)
            evaluate_set(r, &r->scores[i], &r->evaluation[i]);
    }
    if (!failed && team->comm->rank == 0) {
        baseline_evaluate(r, known);
        comparison_make(r, &known->detectors);
    }
    return failed;
}

static void result_free(struct trial_result *r)
{
    for (int i = 0; r->scores && i < r->sets->n_test; i++)
        scores_free(&r->scores[i]);
    free(r->scores);
    free(r->evaluation);
    free(r->comparison);
    reference_free(&r->reference);
    reference_free(&r->step_reference);
    free(r->steps);
    free(r->series);
    trained_free(&r->trained);
}

static bool weights_are_finite(const struct trial_result *r)
{
    for (size_t i = 0; i < r->model->parameters; i++)
        if (!isfinite(r->trained.w[i]))
            return false;
    return true;
}

// Scores a trial after its training. Returns what trial_run returns. Collective over team->comm.
static int score_trial(const struct team *team, struct trial_result *r, struct baselines *known, struct err *e)
{
    ASSERT(!r->scores, "scored before");
    if (r->trained.has_stopped)
        return 1;
    if (!weights_are_finite(r)) // the last step can spoil the weights after the last loss was computed
        r->trained.has_diverged = true;
    int failed = r->trained.has_diverged ? 0 : score_sets(team, r, known, e);
    return failed == SCORES_STOPPED && train_save_checkpoint(&r->trained, e) != 0 ? -1 : failed;
}

// Trains the model, scores it and writes the file. Collective over team->comm.
static int train_and_write(const struct team *team, struct trial_result *r, const struct trial_task *t,
    const struct checkpointing *k, struct err *e)
{
    struct train_task task = {.team = team,
        .model = r->model,
        .config = &r->trial->train,
        .train = &r->sets->train,
        .validation = &r->sets->validation,
        .checkpointing = k};

    ASSERT(r->model && r->sets && !r->scores, "a trial that is not loaded, or is scored");
    double wall = clock_wall(), cpu = clock_cpu();
    clock_date(r->started);
    if (train_run(&task, &r->trained, e) != 0)
        return -1;

    int failed = score_trial(team, r, &t->cache->baselines, e);
    r->wall_seconds = clock_wall() - wall;
    r->cpu_seconds = comm_sum(team->comm, clock_cpu() - cpu);

    if (!failed) {
        data_sets_check(r->sets, e);
        failed = comm_agree(team->comm, e);
    }

    if (!failed)
        failed = trial_write(team, r, t->target, e);
    if (!failed && team->comm->rank == 0 && !k->keeps_last)
        checkpoint_remove(k->path);

    result_free(r);
    return failed;
}

// Adds an error if the trial can never fit into memory. Otherwise the kernel would kill a rank, which would end this
// run and every later run that reaches the trial.
static void check_memory(const struct team *team, const struct trial *t, const struct model *m, struct err *e)
{
    int ranks = comm_local_size(team->comm);
    double need = (double)train_bytes(m, &t->train, team->comm->size, team->threads), all = (double)mem_limit(false);
    char each[16], has[16];
    if (need * ranks > all && all > 0)
        err_add(e, ERR_SYSTEM, "no memory: training takes %s on each of %d rank%s here, of %s that this machine gives",
            text_bytes(each, need), ranks, text_plural(ranks), text_bytes(has, all));
}

int trial_run(const struct team *team, const struct trial_task *task, struct err *e)
{
    struct trial t;
    struct model *m = NULL;
    struct order *order = task->order;
    struct data_cache *cache = task->cache;
    struct node *tree = order->tree;

    ASSERT(tree && order->planned.trial.id[0], "an order without a trial");
    order->tree = NULL;

    if (trial_parse(tree, &t, e) == 0 && fetch_data(task->experiment, &t, cache, e) == 0 &&
        check_versions(order, &cache->sets, e) == 0) {
        t.data.window = cache->sets.window; // with the length that was found if it was `auto`
        struct shape shape = sample_shape(&cache->sets.train);
        m = trial_model(&t, &shape, e);
        if (m && model_set_rows(m, cache->sets.train.rows, t.model, e) != 0)
            model_free(&m);
    }

    int failed = comm_agree(team->comm, e);
    if (!failed) {
        check_memory(team, &t, m, e);
        failed = comm_agree(team->comm, e);
    }
    if (!failed) {
        struct trial_result r = {.experiment = task->experiment,
            .order = order,
            .trial = &t,
            .model = m,
            .sets = &cache->sets,
            .value_quantiles = &cache->value_quantiles};
        struct checkpointing kept = *task->checkpointing;
        kept.check = check_data;
        kept.context = &cache->sets;
        failed = train_and_write(team, &r, task, &kept, e);
    }

    model_free(&m);
    trial_free(&t);
    return failed;
}
