// Reads and writes the section `score:` of a spec, and describes its fields.
#include "score/score.h"

#include "base/field.h"
#include "base/mem.h"
#include "metrics/threshold.h"
#include "nn/nn.h"
#include "score/simple_detector.h"
#include "spec/spec.h"
#include <string.h>

static const char *const baseline_names[] = {"none", "pca", NULL};
static const char *const noise_names[] = {"none", "average", NULL};                        // of enum copies
static const char *const calibration_names[] = {"train", "validation", NULL};              // of enum judging_rows
static const char *const save_names[] = {"code", "reconstruction", "feature_error", NULL}; // bits of enum save

// The section as the YAML gives it.
struct score_section {
    struct score_config config;
    char *threshold;
    struct field_texts save, baselines;
};

const struct field score_fields[] = {
    FIELD_ROW(score_section, config.error, "error", FIELD_CHOICE,
        "reconstruction error of a sample: the mean over its features, or the Euclidean norm (l2); "
        "for variational models also the negative evidence lower bound (elbo) and the mean of -log "
        "p(x|code) (reconstruction_probability); for model.neighbours also, and by default, the rank of its distances "
        "(neighbours). Models without a decoder have only their own: noise_level (default of kind noise_level) is the "
        "code, distance (default of kind svdd) its squared distance from the center. code_mahalanobis: the squared "
        "Mahalanobis distance of the code from the mean code of the training rows",
        .default_text = "mse", .choices = error_names),
    FIELD_ROW(score_section, config.samples, "samples", FIELD_INT,
        "error elbo, reconstruction_probability: codes drawn for each sample; noise average: its noisy copies per level; "
        "with the random numbers of train.seed",
        .default_text = "10", .min = 1, .max = 1e6),
    FIELD_ROW(score_section, config.noise, "noise", FIELD_CHOICE,
        "of a denoising model: none: a sample is reconstructed from itself; average: from noisy copies, of each level of "
        "the noise as many as `samples`, and the error is their mean",
        .default_text = "none", .choices = noise_names),
    FIELD_ROW(score_section, threshold, "threshold", FIELD_TEXT,
        "a sample with a higher error is called anomalous: a rule such as mad=3.5, or a number; quantile and mean_std "
        "without a number take `quantile` and `deviations`",
        .default_text = "quantile"),
    FIELD_ROW(score_section, config.calibration, "calibration", FIELD_CHOICE,
        "whose errors decide thresholds, and are the reference of percentiles and drift: those of the training rows, which "
        "the model has learned, or of data.validation, which it has not",
        .default_text = "train", .choices = calibration_names),
    FIELD_ROW(score_section, config.quantile, "quantile", FIELD_REAL,
        "threshold quantile: this quantile of the training errors", .default_text = "0.95", .min = 0, .max = 1),
    FIELD_ROW(score_section, config.deviations, "deviations", FIELD_REAL,
        "threshold mean_std: this many standard deviations above the mean of the training errors", .default_text = "1",
        .min = 0, .max = 1e6),
    FIELD_ROW(score_section, save, "save", FIELD_TEXTS,
        "what else is stored for every sample: code, reconstruction, feature_error"),
    FIELD_ROW(score_section, config.baseline, "baseline", FIELD_CHOICE,
        "pca: also computes the ROC AUC of as many principal components as the code has values", .default_text = "none",
        .choices = baseline_names),
    FIELD_ROW(score_section, baselines, "baselines", FIELD_TEXTS,
        "simple detectors to compare with: mean_distance, pca, neighbours, isolation_forest; what the model adds to the "
        "best of them is stored and shown"),
    FIELD_ROW(score_section, config.window, "window", FIELD_CHOICE,
        "with data.window: the error of a time step, from the windows that cover it: their mean or max; center, last: "
        "that of the window in whose center, or at whose end, the step is, or else is nearest to it",
        .default_text = "mean", .choices = step_rule_names),
    {0},
};

static int read_save_flags(const struct field_texts *given, const struct node *at, unsigned *save, struct err *e)
{
    int rc = 0;

    *save = 0;
    for (int i = 0; i < given->n; i++) {
        int k = 0;
        while (save_names[k] && strcmp(save_names[k], given->v[i]) != 0)
            k++;
        if (save_names[k])
            *save |= 1u << k;
        else
            rc = node_error(
                node_item(at, i), e, "found '%s', allowed: code, reconstruction, feature_error", given->v[i]);
    }
    return rc;
}

static int read_detectors(const struct field_texts *given, const struct node *at, unsigned *flags, struct err *e)
{
    int rc = 0;

    *flags = 0;
    for (int i = 0; i < given->n; i++) {
        int k = 0;
        while (detector_names[k] && strcmp(detector_names[k], given->v[i]) != 0)
            k++;
        if (detector_names[k])
            *flags |= 1u << k;
        else
            rc = node_error(node_item(at, i), e,
                "found '%s', allowed: mean_distance, pca, neighbours, isolation_forest", given->v[i]);
    }
    return rc;
}

// Returns the setting that can also hold the parameter of the rule, and sets *key to its name. Returns NULL if only the
// rule can hold the parameter.
static double *rule_setting(struct score_config *c, const char **key)
{
    bool is_quantile = c->threshold.method == THRESHOLD_QUANTILE;
    *key = is_quantile ? "quantile" : "deviations";
    if (is_quantile)
        return &c->quantile;
    return c->threshold.method == THRESHOLD_MEAN_STD ? &c->deviations : NULL;
}

// Reads the threshold rule of the section. A parameter can be in the rule or in a setting of its own, but not in both.
// Returns 0, or -1 and an error.
static int read_threshold_rule(const struct node *section, const char *text, struct score_config *c, struct err *e)
{
    const struct node *at = node_get(section, "threshold");
    const char *key;
    char why[256];

    if (!threshold_rule_parse(text, &c->threshold, why))
        return node_error(at, e, "%s", why);
    double *setting = rule_setting(c, &key);
    bool has_parameter = strchr(text, '=') != NULL;
    if (setting && has_parameter && node_get(section, key))
        return node_error(at, e, "found '%s' next to score.%s, allowed: one of them", text, key);
    if (setting && has_parameter)
        *setting = c->threshold.value;
    else if (setting)
        c->threshold.value = *setting;

    return 0;
}

int score_config_read(const struct node *section, struct score_config *c, struct err *e)
{
    struct score_section s = {0};
    int rc = spec_read(section, score_fields, &s, e);
    if (s.threshold)
        rc |= read_threshold_rule(section, s.threshold, &s.config, e);
    rc |= read_save_flags(&s.save, node_get(section, "save"), &s.config.save, e);
    rc |= read_detectors(&s.baselines, node_get(section, "baselines"), &s.config.baselines, e);
    *c = s.config;
    field_free(score_fields, &s);
    return rc;
}

struct node *score_config_write(const struct score_config *c)
{
    struct score_section s = {.config = *c};
    const char *key;
    char why[256], rule[48];

    ASSERT(c->save < 1u << (sizeof save_names / sizeof *save_names - 1), "flags %#x", c->save);
    for (int k = 0; save_names[k]; k++)
        if (c->save & 1u << k)
            field_append(field_find(score_fields, "save"), &s, save_names[k], why);

    for (int k = 0; k < DETECTOR_COUNT; k++)
        if (c->baselines & 1u << k)
            field_append(field_find(score_fields, "baselines"), &s, detector_names[k], why);

    bool has_setting = rule_setting(&s.config, &key) != NULL;
    threshold_rule_text(rule, &c->threshold);
    s.threshold = mem_text(has_setting ? threshold_method_name(c->threshold.method) : rule);

    struct node *map = spec_write(score_fields, &s, 0);
    struct node *samples = node_take(map, "samples");
    if (error_is_variational((enum error)c->error) || c->noise)
        node_add(map, "samples", samples);
    else // `samples` decides nothing
        node_free(&samples);
    struct node *noise = node_take(map, "noise");
    if (c->noise) // otherwise it is not part of the trial's identity
        node_add(map, "noise", noise);
    else
        node_free(&noise);
    struct node *calibration = node_take(map, "calibration");
    if (c->calibration) // likewise
        node_add(map, "calibration", calibration);
    else
        node_free(&calibration);
    struct node *baselines = node_take(map, "baselines");
    if (c->baselines) // likewise
        node_add(map, "baselines", baselines);
    else
        node_free(&baselines);
    struct node *window = node_take(map, "window");
    if (c->window != STEP_MEAN) // likewise
        node_add(map, "window", window);
    else
        node_free(&window);
    field_free(score_fields, &s);

    return map;
}
