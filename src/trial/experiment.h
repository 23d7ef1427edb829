// An experiment: what its YAML file says, as trials. A trial's identity is the hash of all that decides its results.
#pragma once

#include "data/dataset.h"
#include "leaderboard/objective.h"
#include "nn/nn.h"
#include "score/score.h"
#include "search/search.h"
#include "spec/spec.h"
#include "train/train.h"

enum { TRIAL_ID_LENGTH = 16 }; // hexadecimal digits

struct experiment {
    char *path, *folder;      // owned: the file, and the folder that it is in
    char *name, *about;       // owned; about may be NULL
    struct node *tree;        // owned: the file with the settings of the command line
    struct spec_sweep *sweep; // owned
    struct objective objective;
    int64_t epochs;        // train.epochs as the spec says; of a sweep over it, the first
    struct search *search; // owned; what it has released is rank 0's
};
extern const struct field experiment_fields[]; // the top level of the file

// Reads the file, applies `settings` ("train.epochs=3") and expands the sweep. Returns -1 and every mistake; if
// x->search was made all the same, plan_make can look for more. The caller frees `x` in every case.
int experiment_load(const char *path, const char *const *settings, int n_settings, struct experiment *x, struct err *e);
void experiment_free(struct experiment *x);

// One trial, resolved: nothing in it depends on the sweep that it comes from.
struct trial {
    struct node *tree; // owned
    struct data_config data;
    struct train_config train;
    struct score_config score;
    const struct node *model; // borrowed from the tree; NULL: there is none
    bool has_data;            // `data` was read
};
int trial_read(const struct experiment *x, const struct sweep_point *point, struct trial *t, struct err *e);
// Reads a trial from a resolved tree, which the trial owns from now on. Returns -1 and every mistake, or -1 for NULL;
// `t` then has what could be read. The caller frees `t` in every case.
int trial_parse(struct node *tree, struct trial *t, struct err *e);
struct shape sample_shape(const struct dataset *d);
// Returns the model of a trial that was read whole, for samples of shape `input`, or NULL and every mistake.
struct model *trial_model(const struct trial *t, const struct shape *input, struct err *e);
// Does the same as trial_parse for the spec stored in the trial file at `path`. A mistake in it means that the file is
// damaged (ERR_DATA).
int trial_parse_stored(const char *path, const char *spec, struct trial *t, struct err *e);
void trial_free(struct trial *t);
// Returns the text of the data section in new memory. Trials for which it is equal read the same data.
char *trial_data_key(const struct trial *t);
// Returns the resolved spec with all defaults as YAML, in new memory: valid input that gives the same trial.
char *trial_spec(const struct trial *t, const struct experiment *x, const struct model *m);

// What a trial is known by. The strings are hashes of its resolved spec, in which the content of each data source takes
// the place of its name.
struct trial_identity {
    int number; // in the sweep
    char id[TRIAL_ID_LENGTH + 1];
    // Trials that differ only in the number of epochs share a lineage: the longer one can resume from the shorter one's
    // checkpoint. It is the id without the number of epochs, unless the learning rate depends on it.
    char lineage[TRIAL_ID_LENGTH + 1];
    char configuration[TRIAL_ID_LENGTH + 1]; // shared by trials that differ only in train.seed
};
// The text of data_identity, and without the fold, by which trials of one configuration differ; NULL: there are no
// folds.
struct data_texts {
    char *identity, *of_any_fold;
};

// Computes the hashes. Leaves the number as it is.
void trial_identify(
    const struct trial *t, const struct model *m, const struct data_texts *texts, struct trial_identity *out);
