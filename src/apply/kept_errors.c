// Passes data through a model and keeps only the errors of the rows.
#include "apply/kept_errors.h"

#include "apply/new_rows.h"
#include "apply/score_pass.h"
#include "base/err.h"
#include "base/mem.h"
#include "comm/comm.h"
#include "score/threshold_choice.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct error_keeper {
    struct kept_errors *kept;
    int64_t room;
};

static int keep_nothing(struct score_pass *p, struct err *e)
{
    (void)p, (void)e;
    return 0;
}

static int keep_piece(struct score_pass *p, int64_t first, int64_t rows, struct err *e)
{
    struct error_keeper *keeper = p->sink->context;
    struct kept_errors *k = keeper->kept;

    ASSERT(first == k->rows, "row %lld", (long long)first);
    if (k->rows + rows > keeper->room) {
        int64_t room = 2 * keeper->room > k->rows + rows ? 2 * keeper->room : k->rows + rows;
        float *larger = mem_array((size_t)room, sizeof *larger, "errors", e);
        if (!larger)
            return -1;
        if (k->rows)
            memcpy(larger, k->error, (size_t)k->rows * sizeof *larger);
        free(k->error);
        k->error = larger;
        keeper->room = room;
    }

    memcpy(k->error + first, p->apply.output[SCORE_ERROR].piece, (size_t)rows * sizeof *k->error);
    k->rows += rows;
    return 0;
}

// Moves the marks of anomalies from the pass to the result.
static int keep_marks(struct score_pass *p, struct err *e)
{
    struct error_keeper *keeper = p->sink->context;
    (void)e;
    keeper->kept->is_anomaly = p->marks;
    p->marks = NULL;
    return 0;
}

int kept_errors_compute(const struct team *team, const struct score_job *job, struct kept_errors *out, struct err *e)
{
    struct error_keeper keeper = {.kept = out};
    const struct score_sink sink = {
        .begin = keep_nothing, .piece = keep_piece, .finish = keep_marks, .context = &keeper};
    struct score_job only_errors = *job;
    struct score_outcome ignored;

    *out = (struct kept_errors){0};
    only_errors.save = 0;
    only_errors.is_silent = true;
    return score_pass_run(team, &only_errors, &sink, &ignored, e);
}

void kept_errors_free(struct kept_errors *k)
{
    free(k->error);
    free(k->is_anomaly);
    *k = (struct kept_errors){0};
}

// --- thresholds

int calibrate_errors(const struct team *team, const struct score_job *job, const struct data_source *source,
    struct reference *out, struct err *e)
{
    struct score_job calibration = *job;
    struct field_texts no_labels = {0};
    struct kept_errors kept;
    double ignored;
    int64_t n = 0;

    calibration.source = source;
    calibration.normal = &no_labels;
    int rc = kept_errors_compute(team, &calibration, &kept, e);
    for (int64_t i = 0; rc == 0 && i < kept.rows; i++)
        if (!isnan(kept.error[i]))
            kept.error[n++] = kept.error[i];

    if (rc == 0 && team->comm->rank == 0 && n == 0)
        err_add(e, ERR_DATA, "--calibrate: no row of split %s has an error", source->split);
    else if (rc == 0 && team->comm->rank == 0)
        reference_add_errors(out, kept.error, n, 0.5, &ignored, e);
    kept_errors_free(&kept);

    return comm_agree(team->comm, e);
}

static bool reads_input_once(const struct score_job *job)
{
    return !job->source && strcmp(job->files[0], CSV_STDIN) == 0;
}

// Refuses, before any pass over the data, a rule that cannot be used for this job.
static int check_request(const struct threshold_request *q, const struct score_job *job, struct err *e)
{
    char text[48];
    int method = q->rule->method;
    bool needs_reference = method != THRESHOLD_VALUE && method != THRESHOLD_BEST_F1 && method != THRESHOLD_SHARE;

    threshold_rule_text(text, q->rule);
    if (threshold_needs_scores(q->rule) && reads_input_once(job))
        return err_add(e, ERR_USAGE,
            "--threshold: found %s with standard input, which can be read only once, allowed: quantile, mad, mean_std, "
            "pot or a number",
            text);
    if (needs_reference && !q->calibration && !q->is_own_error)
        return err_add(e, ERR_USAGE,
            "--threshold: found %s with another --error, whose training errors are not known; hint: --calibrate, or a "
            "number",
            text);
    return 0;
}

// Returns the p-values of the errors, which the caller owns, or NULL and an error if memory runs out.
static float *p_values_of(const struct kept_errors *kept, const struct reference *r, struct err *e)
{
    float *p = mem_array((size_t)kept->rows, sizeof *p, "p-values", e);
    for (int64_t i = 0; p && i < kept->rows; i++)
        p[i] = isnan(kept->error[i]) ? NAN : (float)reference_p_value(r, (double)kept->error[i]);
    return p;
}

// On rank 0. Chooses the threshold and, with rule conformal, sets the p-values of all rows.
static void choose_by_kept(struct threshold_request *q, const struct kept_errors *kept, const struct reference *r,
    struct score_job *job, struct err *e)
{
    struct judged judged = {kept->error, kept->is_anomaly, kept->rows};

    if (q->rule->method == THRESHOLD_BEST_F1 && !kept->is_anomaly)
        err_add(e, ERR_USAGE,
            "--threshold: found best_f1, but no label says which rows are normal; hint: --normal, or another rule");
    else if (threshold_choose(q->rule, r, &judged, &job->threshold, e) == 0 && q->rule->method == THRESHOLD_CONFORMAL)
        job->p_value = q->p_value = p_values_of(kept, r, e);
}

// Collective. Rank 0 chooses the threshold by the rule and the reference, and sends it to all ranks.
static int choose_for_job(const struct team *team, struct threshold_request *q, const struct reference *r,
    struct score_job *job, struct err *e)
{
    struct kept_errors kept = {0};
    int rc = threshold_needs_scores(q->rule) ? kept_errors_compute(team, job, &kept, e) : 0;

    if (rc == 0 && team->comm->rank == 0)
        choose_by_kept(q, &kept, r, job, e);
    kept_errors_free(&kept);
    if (comm_agree(team->comm, e) != 0)
        return -1;
    comm_broadcast(team->comm, 0, &job->threshold, sizeof job->threshold);
    threshold_rule_text(job->threshold_rule, q->rule);

    return 0;
}

int threshold_request_apply(
    const struct team *team, struct threshold_request *request, struct score_job *job, struct err *e)
{
    struct reference calibration = {0};
    int rc = check_request(request, job, e);

    job->threshold = NAN;
    if (rc == 0 && request->calibration)
        rc = calibrate_errors(team, job, request->calibration, &calibration, e);
    if (rc == 0)
        rc = choose_for_job(team, request, request->calibration ? &calibration : &job->model->reference, job, e);
    reference_free(&calibration);

    return rc;
}
