// Rules for the error above which a row is called anomalous. Pure functions in double precision.
#pragma once

#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

// Calibration errors are the errors of rows that count as normal: the training rows, or rows that the user names.
enum threshold_method {
    THRESHOLD_QUANTILE, // quantile=Q: this quantile of the calibration errors
    THRESHOLD_SHARE,    // share=S: this share of the scored rows is called anomalous
    THRESHOLD_MAD,      // mad=K: median + K robust deviations (1.4826 mad) of the calibration errors
    THRESHOLD_MEAN_STD, // mean_std=K: mean + K standard deviations of the calibration errors
    THRESHOLD_POT,      // pot=Q: the error that this share of normal rows exceeds, extrapolated from the largest errors
    THRESHOLD_CONFORMAL, // conformal=A: the expected share of false alarms among the rows called anomalous is below A
    THRESHOLD_BEST_F1,   // best_f1: the threshold with the highest F1, which needs labels
    THRESHOLD_VALUE,     // a number: the threshold itself
    THRESHOLD_METHODS
};
struct threshold_rule {
    int method;   // enum threshold_method
    double value; // of the parameter; 0 for best_f1
};

// Parses "mad=3.5", "mad" (with the default of its parameter) or "0.02". If the text is not a rule, returns false and
// writes to `why` what was found and what is allowed.
bool threshold_rule_parse(const char *text, struct threshold_rule *rule, char why[256]);
// Writes a rule in the form that threshold_rule_parse reads, with every digit. Returns out.
char *threshold_rule_text(char out[48], const struct threshold_rule *rule);
// Returns the name of a method, such as "mad".
const char *threshold_method_name(int method);
// Returns true if the rule depends on the errors of all rows that are scored: share, conformal and best_f1.
bool threshold_needs_scores(const struct threshold_rule *rule);

// The generalized Pareto distribution of excesses over a threshold: P(Y > y) = (1 + shape y / scale)^(-1 / shape).
struct pareto {
    double shape, scale;
};
// Fits a Pareto distribution to positive excesses (n) by maximum likelihood. Grimshaw's method replaces the search in
// two dimensions by a search for the roots of one function (Grimshaw 1993, Technometrics 35:185-191, as used by Siffer
// et al. 2017).
struct pareto pareto_fit(const double *excess, int n);
// Sets *threshold to the error that a share `risk` of the calibration errors exceeds, by the peaks-over-threshold
// method (Siffer et al. 2017, KDD, equation 1). `largest` (n) are the largest of `rows` errors, in descending order;
// the largest 2 % of all errors, but at least 20, are the peaks. Returns -1 and an error if there are not more than 20
// errors, or if the largest one is infinite.
int pot_threshold(const float *largest, int64_t n, int64_t rows, double risk, double *threshold, struct err *e);

// Returns how many of the p-values (n) the procedure of Benjamini and Hochberg (1995, J. R. Stat. Soc. B 57:289)
// rejects at level `alpha`. The p-values must ascend; the first ones are rejected.
int64_t benjamini_hochberg(const double *p, int64_t n, double alpha);
