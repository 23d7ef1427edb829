// The parts of a report (page.h). Each of these functions adds values to its JSON, which the scripts of the page read.
#pragma once

#include "leaderboard/row.h"
#include "report/json.h"
#include "store/store.h"
#include <stdint.h>

// How much is kept of each trial, so that the page of a thousand trials stays below 20 MB.
struct page_detail {
    int epochs; // points of a learning curve
    int bins;   // bins of a histogram of errors
    int points; // points of a ROC curve
    int listed; // samples of each list
    int steps;  // points of a series
    bool has_codes;
};
struct page_detail page_detail_for(int trials);

// Opens the trials of a run one after the other. Keeps the file of the last trial open, because the next trial is often
// in the same file.
struct page_trials {
    char *path;               // owned: the run's file or journal that is open
    struct store_file *run;   // owned
    struct journal *journal;  // owned: the records of the run's file, or the journal
    struct store_file *trial; // owned: the open trial, if it is not a group of `run`
};
// Returns the file that holds the objects of a trial; row->group is their group. It is borrowed until the next call.
// Returns NULL and an error if the trial cannot be opened.
struct store_file *page_trials_open(struct page_trials *t, const struct leaderboard_row *row, struct err *e);
void page_trials_close(struct page_trials *t);

// Adds the learning curves, the provenance, the spec and the test sets of one trial as an element of an array. If `f`
// is NULL, or if something cannot be read, the element is complete but has no values. Returns -1 and an error then.
int page_add_trial(struct json *j, struct store_file *f, const struct leaderboard_row *row,
    const struct page_detail *detail, struct err *e);
// A list of samples: those with the highest or the lowest errors, of all samples or of one kind.
enum { PAGE_LISTS = 4 };
struct page_list {
    const char *name;
    bool is_highest;
    int kind; // value of is_anomaly; -1: any
};
extern const struct page_list page_lists[PAGE_LISTS];

struct ranking;
// Sets `samples` to at most `most` samples of a list, the most extreme first. Returns their number.
int page_list_fill(
    const struct page_list *list, const struct ranking *r, const int8_t *is_anomaly, int most, int32_t *samples);

// Adds the scores of a test set: a histogram of the errors, points of the ROC curve, the samples with the highest and
// the lowest errors, and the baselines. `group` is the path of scores/<set>.
int page_add_scores(struct json *j, struct store_file *f, const char *group, const struct set_results *set,
    const struct page_detail *detail, struct err *e);
// Adds the errors of the time steps of a test set, if its samples are windows: `points` of them.
int page_add_series(struct json *j, struct store_file *f, const char *group, int points, struct err *e);
// Adds codes of some of the n samples of a test set in a plane, if the trial stores codes. `is_anomaly` may be NULL.
int page_add_codes(
    struct json *j, struct store_file *f, const char *group, const int8_t *is_anomaly, int64_t n, struct err *e);
// Adds the listed samples of a trial as pictures or curves, next to their reconstructions, and the features that
// explain their errors. Loads the trial with its data. If the data is missing or has changed, adds only the reason.
// Adds nothing if `trial` is NULL.
void page_add_pictures(struct json *j, const struct leaderboard_row *trial, int most);
