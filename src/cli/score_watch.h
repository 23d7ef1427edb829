// Options of `score` for thresholds and drift: --threshold, --calibrate and --alert.
#pragma once

#include "apply/scores_file.h"
#include "data/data_config.h"
#include "metrics/threshold.h"

enum alert_limit {
    ALERT_SHARE,     // share of rows above the threshold
    ALERT_UNSCORED,  // share of rows without an error
    ALERT_ERROR_KS,  // drift of the errors: Kolmogorov-Smirnov statistic
    ALERT_ERROR_PSI, // drift of the errors: population stability index
    ALERT_KS,        // largest Kolmogorov-Smirnov statistic of the columns that drift most
    ALERT_PSI,       // population stability index of the column that drifts most
    ALERT_LIMITS
};

struct score_watch {
    char *threshold, *calibrate, *alert; // options, as given; NULL: not given
    struct threshold_rule rule;          // read from `threshold`
    double limit[ALERT_LIMITS];          // NaN: no limit
};

#define SCORE_WATCH_FIELDS(owner, member)                                                                                \
    FIELD_ROW(owner, member.threshold, "threshold", FIELD_TEXT,                                                          \
        "rule for the threshold, instead of the model's: quantile=0.99, mad=3.5, mean_std=3, pot=1e-3 (of the training " \
        "errors), share=0.01, conformal=0.05, best_f1 (of these rows), or a number"),                                    \
        FIELD_ROW(owner, member.calibrate, "calibrate", FIELD_TEXT,                                                      \
            "FILE.h5:SPLIT of normal rows that the model was not trained on: the rule takes their errors"),              \
        FIELD_ROW(owner, member.alert, "alert", FIELD_TEXT,                                                              \
            "end with exit code 10 if a limit is passed: share=0.2,unscored=0.1,error_ks=0.3,error_psi=0.25,ks=0.5,"     \
            "psi=0.25, any of them; default: share=0.2,error_psi=0.25,psi=0.25")

// Reads the options. Adds mistakes to `e`.
void score_watch_read(struct score_watch *w, struct err *e);
// Collective over team->comm. Sets job->threshold if the options give one. Sets *p_value to memory that job->p_value
// borrows, and that the caller frees in any case. Returns -1 and an error on every rank on failure.
int score_watch_choose(
    const struct team *team, const struct score_watch *w, struct score_job *job, float **p_value, struct err *e);
// On rank 0, prints how the rows differ from the training rows.
void score_watch_print(const struct score_job *job, const struct score_outcome *o);
// Collective over comm. Returns -1 and an error of kind ERR_ALERT on every rank if a limit is exceeded.
int score_watch_alert(const struct comm *comm, const struct score_watch *w, const struct score_job *job,
    const struct score_outcome *o, struct err *e);
