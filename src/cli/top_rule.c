// Finds the thresholds for `top`. Calibration rows pass through the model in this process, with one thread per core.
#include "cli/top_rule.h"

#include "apply/kept_errors.h"
#include "base/err.h"
#include "base/mem.h"
#include "cli/launch.h"
#include "comm/comm.h"
#include "data/data_config.h"
#include "data/data_path.h"
#include "metrics/threshold.h"
#include "score/score.h"
#include "store/store.h"
#include "train/train.h"
#include "trial/model_load.h"
#include "trial/model_open.h"
#include <stdlib.h>

void top_rule_read(struct top_rule_options *o, struct err *e)
{
    char why[256];

    if (o->threshold && !threshold_rule_parse(o->threshold, &o->rule, why))
        err_add(e, ERR_USAGE, "--threshold: %s", why);
    if (o->calibrate && !o->threshold)
        err_add(e, ERR_USAGE, "--calibrate: found without --threshold, allowed: with it");
}

// Scores calibration rows with the model of a trial, and makes a reference of their errors.
static int calibrate_trial(
    const struct leaderboard_row *trial, const char *data, struct reference *calibration, struct err *e)
{
    struct comm self = {.size = 1};
    struct team team = {.comm = &self, .threads = launch_threads(1)};
    struct data_source source = {0};
    struct trained_model m = {0};
    char *name = *trial->group ? mem_format("%s:%s", trial->path, trial->id) : mem_text(trial->path);

    int rc = data_source_parse(data, NULL, &source, e);
    char *path = rc == 0 ? data_resolve(source.file, NULL, NULL, e) : NULL;
    if (path && store_walk(path, e) == 0 && model_walk(name, e) == 0 && model_load(name, &m, e) == 0) {
        struct score_job job = {
            .name = name, .model = &m, .error = row_error_of(&m.trial.score, &m.trial.train), .output_fd = -1};
        calibrate_errors(&team, &job, &source, calibration, e);
    }
    model_unload(&m);
    data_source_free(&source);
    free(path);
    free(name);

    return e->count ? -1 : 0;
}

int top_rule_make(const struct top_rule_options *o, const struct leaderboard_row *trial, struct reference *calibration,
    struct top_rule *out, struct err *e)
{
    *calibration = (struct reference){0};
    *out = (struct top_rule){0};
    if (!o->threshold)
        return 0;
    out->rule = &o->rule;
    if (!o->calibrate)
        return 0;
    out->calibration = calibration;
    return calibrate_trial(trial, o->calibrate, calibration, e);
}
