// Handles thresholds, drift and alerts for `score`.
#include "cli/score_watch.h"

#include "apply/blame.h"
#include "apply/kept_errors.h"
#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "comm/comm.h"
#include "metrics/quantiles.h"
#include "metrics/threshold.h"
#include "score/reference.h"
#include "score/threshold_choice.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *about;
    double default_limit;   // NaN: the limit has no default
    const char *of_windows; // replaces `about` if samples are windows; NULL: `about` fits both
} limits[ALERT_LIMITS] = {
    [ALERT_SHARE] = {"share", "share of the rows above the threshold", .2,
        "share of the time steps above their threshold"},
    [ALERT_UNSCORED] = {"unscored", "share of the rows without an error", NAN,
        "share of the time steps without an error"},
    [ALERT_ERROR_KS] = {"error_ks", "Kolmogorov-Smirnov statistic of the errors", NAN},
    [ALERT_ERROR_PSI] = {"error_psi", "population stability index of the errors", .25},
    [ALERT_KS] = {"ks", "Kolmogorov-Smirnov statistic of a column", NAN},
    [ALERT_PSI] = {"psi", "population stability index of a column", .25},
};

// --- options

// Reads a limit such as "psi=0.25" from text[0..n).
static void read_alert_limit(struct score_watch *w, const char *text, size_t n, struct err *e)
{
    for (int i = 0; i < ALERT_LIMITS; i++) {
        size_t name = strlen(limits[i].name);
        if (name >= n || strncmp(text, limits[i].name, name) != 0 || text[name] != '=')
            continue;
        char *number = mem_format("%.*s", (int)(n - name - 1), text + name + 1), *end;
        w->limit[i] = strtod(number, &end);

        bool is_good = *number && !*end && w->limit[i] >= 0;
        free(number);
        if (is_good)
            return;
    }
    err_add(e, ERR_USAGE,
        "--alert: found '%.*s', allowed: default, or share, unscored, error_ks, error_psi, ks or psi with a limit, such "
        "as psi=0.25, separated by commas",
        (int)n, text);
}

void score_watch_read(struct score_watch *w, struct err *e)
{
    char why[256];

    if (w->threshold && !threshold_rule_parse(w->threshold, &w->rule, why))
        err_add(e, ERR_USAGE, "--threshold: %s", why);
    bool is_default = w->alert && strcmp(w->alert, "default") == 0;
    for (int i = 0; i < ALERT_LIMITS; i++)
        w->limit[i] = is_default ? limits[i].default_limit : NAN;
    for (const char *text = w->alert; text && !is_default;) {
        size_t n = strcspn(text, ",");
        read_alert_limit(w, text, n, e);
        text = text[n] ? text + n + 1 : NULL;
    }
}

// Sets the threshold of time steps by the rule if the training errors of time steps are enough for it. If they are not,
// reports that the model's threshold stays.
static void choose_step_threshold(const struct threshold_request *q, struct score_job *job, struct err *e)
{
    bool is_possible = q->rule->method == THRESHOLD_VALUE || !threshold_needs_scores(q->rule);

    if (is_possible && !q->calibration && q->is_own_error)
        threshold_choose(q->rule, &job->model->step_reference, &(struct judged){0}, &job->step_threshold, e);
    else
        log_line(
            LOG_RUN, "the threshold is one of windows: time steps keep that of the model, %.5g", job->step_threshold);
}

int score_watch_choose(
    const struct team *team, const struct score_watch *w, struct score_job *job, float **p_value, struct err *e)
{
    const struct trained_model *m = job->model;
    struct data_source calibration = {0};
    struct threshold_request request = {.rule = w->threshold ? &w->rule : &m->trial.score.threshold,
        .is_own_error = (int)job->error.error == m->trial.score.error};
    *p_value = NULL;
    if (!w->threshold && !w->calibrate)
        return 0;

    if (w->calibrate && data_source_parse(w->calibrate, NULL, &calibration, e) == 0)
        request.calibration = &calibration;
    int rc = comm_agree(team->comm, e);
    if (rc == 0)
        rc = threshold_request_apply(team, &request, job, e);
    if (rc == 0 && m->step_reference.levels)
        choose_step_threshold(&request, job, e);
    data_source_free(&calibration);
    *p_value = request.p_value;

    return rc;
}

// --- the findings

// Writes the name of a column for messages to `out`. Returns the name.
static const char *column_title(const struct trained_model *m, int column, char out[64])
{
    char *name = blame_feature_name(m, column);
    snprintf(out, 64, m->features ? "'%.60s'" : "%.60s", name);
    free(name);
    return out;
}

static void print_change(const struct score_job *job, const struct drift_report *d)
{
    struct text line = {0}, columns = {0};
    char name[64];

    for (int i = 0; i < d->n_worst; i++)
        text_add(&columns, "%s%s KS %.3f, PSI %.3g", i ? "; " : "", column_title(job->model, d->worst_column[i], name),
            d->worst[i].ks, d->worst[i].psi);
    if (!isnan(d->error.psi))
        text_add(&line, "errors KS %.3f, PSI %.3g%s", d->error.ks, d->error.psi, d->n_worst ? "; " : "");
    if (d->n_worst)
        text_add(&line, "most changed columns: %s", columns.data);
    if (line.data)
        log_line(LOG_RUN, "change since training: %s", line.data);
    text_free(&line);
    text_free(&columns);
}

// The samples that are judged: rows or, if samples are windows, time steps.
struct judged_samples {
    const char *name;                  // "row" or "time step"
    int64_t n, above, unscored;        // numbers of samples: all; above the threshold; without an error
    double threshold;                  // NaN: unknown
    const struct reference *reference; // errors of the same kind of samples in the training data
};

// Returns true if rows with unknown categories count as anomalous, whatever their error is.
static bool counts_refused(const struct score_job *job, const struct score_outcome *o)
{
    return !o->steps && job->csv->unknown == UNKNOWN_ANOMALOUS;
}

static struct judged_samples judged_of(const struct score_job *job, const struct score_outcome *o)
{
    if (o->steps)
        return (struct judged_samples){"time step", o->steps, o->of_steps.above, o->of_steps.unscored,
            job->step_threshold, &job->model->step_reference};
    int64_t refused = counts_refused(job, o) ? o->unknown_below : 0;
    return (struct judged_samples){"row", o->rows, o->above + refused, o->unscored,
        isnan(job->threshold) ? NAN : o->evaluation.threshold, &job->model->reference};
}

static double share_above(const struct judged_samples *s)
{
    int64_t scored = s->n - s->unscored;
    ASSERT(scored >= 0, "%lld of %lld", (long long)s->unscored, (long long)s->n);
    return scored && !isnan(s->threshold) ? (double)s->above / (double)scored : NAN;
}

// Returns the name of the rows whose errors the threshold and the reference of a model come from.
static const char *name_of_reference(const struct trained_model *m)
{
    const bool is_held_out =
        m->ensemble ? m->ensemble->is_held_out : m->trial.score.calibration == JUDGED_BY_VALIDATION;

    return is_held_out ? "validation" : "training";
}

void score_watch_print(const struct score_job *job, const struct score_outcome *o)
{
    struct judged_samples s = judged_of(job, o);
    bool is_own_error = (int)job->error.error == job->model->trial.score.error;
    double share = share_above(&s);

    if (!isnan(share) && is_own_error && s.reference->levels)
        log_line(LOG_RUN, "%s: %.3g %% of the %ss, and %.3g %% of the %s %ss",
            counts_refused(job, o) ? "anomalous" : "above the threshold", 100 * share, s.name,
            100 * reference_share_above(s.reference, s.threshold), name_of_reference(job->model), s.name);
    print_change(job, &o->drift);
    if (share == 1)
        log_warning("all %ss are %s: the data looks different from the training data", s.name,
            counts_refused(job, o) ? "anomalous" : "above the threshold");
}

// Returns a description of the figure that is compared with a limit.
static const char *about_limit(enum alert_limit limit, const struct score_job *job, const struct score_outcome *o)
{
    if (limit == ALERT_SHARE && counts_refused(job, o))
        return "share of the rows above the threshold or with unknown categories";
    return o->steps && limits[limit].of_windows ? limits[limit].of_windows : limits[limit].about;
}

// Returns the figure that is compared with a limit, or NaN if it is not known.
static double watched_figure(enum alert_limit limit, const struct score_job *job, const struct score_outcome *o)
{
    const struct drift_report *d = &o->drift;
    struct judged_samples s = judged_of(job, o);
    double ks = NAN;

    for (int i = 0; i < d->n_worst; i++)
        ks = fmax(ks, d->worst[i].ks);
    switch (limit) {
    case ALERT_SHARE:
        return share_above(&s);
    case ALERT_UNSCORED:
        return s.n ? (double)s.unscored / (double)s.n : NAN;
    case ALERT_ERROR_KS:
        return d->error.ks;
    case ALERT_ERROR_PSI:
        return d->error.psi;
    case ALERT_KS:
        return ks;
    default:
        return d->n_worst ? d->worst[0].psi : NAN;
    }
}

int score_watch_alert(const struct comm *comm, const struct score_watch *w, const struct score_job *job,
    const struct score_outcome *o, struct err *e)
{
    char name[64], where[80];
    if (!w->alert)
        return 0;

    for (int i = 0; i < ALERT_LIMITS && comm->rank == 0; i++) {
        double figure = isnan(w->limit[i]) ? NAN : watched_figure((enum alert_limit)i, job, o);
        const char *about = about_limit((enum alert_limit)i, job, o);
        bool is_column = i == ALERT_PSI && o->drift.n_worst > 0;
        if (isnan(figure) && !isnan(w->limit[i]))
            log_warning("--alert: %s cannot be compared: the %s is not known", limits[i].name, about);
        if (is_column)
            snprintf(where, sizeof where, ", %s", column_title(job->model, o->drift.worst_column[0], name));
        if (figure > w->limit[i])
            err_add(e, ERR_ALERT, "alert: %s%s: found %.4g, allowed: at most %.4g", about, is_column ? where : "",
                figure, w->limit[i]);
    }
    return comm_agree(comm, e);
}
