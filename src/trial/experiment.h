// An experiment: the trials that its YAML file describes. A trial's id is the hash of everything that decides its
// results.
#pragma once

#include "data/dataset.h"
#include "leaderboard/objective.h"
#include "nn/nn.h"
#include "score/score.h"
#include "search/search.h"
#include "spec/spec.h"
#include "train/train.h"

enum { TRIAL_ID_LENGTH = 16 }; // number of hexadecimal digits

struct experiment {
    char *path, *folder;      // owned: the file, and its folder
    char *name, *about;       // owned; about may be NULL
    struct node *tree;        // owned: the file with the settings of the command line applied
    struct spec_sweep *sweep; // owned
    struct objective objective;
    int64_t epochs;        // train.epochs of the spec; if a sweep varies it, the first value
    struct search *search; // owned; only rank 0 releases trials from it
};
extern const struct field experiment_fields[]; // the fields at the top level of the file

// Reads the file, applies `settings` (such as "train.epochs=3") and expands the sweep. Returns -1 and all mistakes that
// it finds. If x->search is set after a failure, plan_make can find more. The caller frees `x` even on failure.
int experiment_load(const char *path, const char *const *settings, int n_settings, struct experiment *x, struct err *e);
void experiment_free(struct experiment *x);

// One resolved trial. It does not depend on the sweep any more.
struct trial {
    struct node *tree; // owned
    struct data_config data;
    struct train_config train;
    struct score_config score;
    const struct node *model; // borrowed from the tree; NULL: the tree has none
    bool has_data;            // the section `data` was read without mistakes
};
int trial_read(const struct experiment *x, const struct sweep_point *point, struct trial *t, struct err *e);
// Reads a trial from a resolved tree, which the trial owns from then on. Returns -1 and all mistakes; `t` then holds
// what could be read. Returns -1 without an error if `tree` is NULL. The caller frees `t` even on failure.
int trial_parse(struct node *tree, struct trial *t, struct err *e);
struct shape sample_shape(const struct dataset *d);
// Returns the model of a trial without mistakes, for samples of shape `input`. Returns NULL and all mistakes on
// failure.
struct model *trial_model(const struct trial *t, const struct shape *input, struct err *e);
// Reads a trial as trial_parse does, from the spec stored in the trial file `path`. A mistake in it means that the file
// is damaged (ERR_DATA).
int trial_parse_stored(const char *path, const char *spec, struct trial *t, struct err *e);
void trial_free(struct trial *t);
// Returns the text of the data section in new memory. Trials with the same text read the same data.
char *trial_data_key(const struct trial *t);
// Returns the resolved spec as YAML, in new memory. It contains all defaults, and reading it gives the same trial.
char *trial_spec(const struct trial *t, const struct experiment *x, const struct model *m);

// Identifies a trial. The strings are hashes of its resolved spec, in which each data source is represented by its
// content, not by its name.
struct trial_identity {
    int number; // number in the sweep
    char id[TRIAL_ID_LENGTH + 1];
    // Trials that differ only in the number of epochs share a lineage: the longer one can resume from the shorter one's
    // checkpoint. The hash leaves out the number of epochs, unless the learning rate depends on it.
    char lineage[TRIAL_ID_LENGTH + 1];
    char configuration[TRIAL_ID_LENGTH + 1]; // trials that differ only in train.seed or in the fold have the same one
};
// The text of data_identity, with and without the fold. The trials of one configuration can differ in the fold.
// of_any_fold is NULL if there are no folds.
struct data_texts {
    char *identity, *of_any_fold;
};

// Sets the hashes of `out`. Does not change its number.
void trial_identify(
    const struct trial *t, const struct model *m, const struct data_texts *texts, struct trial_identity *out);
