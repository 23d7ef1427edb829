// Simple detectors, which a model has to beat: each gives a score to every row of a data set.
#pragma once

#include "data/dataset.h"

enum detector {
    DETECTOR_MEAN_DISTANCE,    // Euclidean distance to the mean of the training rows
    DETECTOR_PCA,              // what principal components of the training rows leave (score/pca.h)
    DETECTOR_NEIGHBOURS,       // the model of nearest training rows with its defaults, on at most 10,000 rows
    DETECTOR_ISOLATION_FOREST, // of 100 trees of 256 rows (score/isolation_forest.h)
    DETECTOR_COUNT
};
extern const char *const detector_names[]; // NULL-terminated, in the order of the enum

struct simple_detector;

// Fits a detector to the training rows. `components` is for DETECTOR_PCA. Everything is serial and seeded, so that the
// bits depend only on the data. Returns NULL and an error on failure.
struct simple_detector *detector_fit(enum detector kind, const struct dataset *train, int components, struct err *e);
// Returns the scores (d->rows), owned by the caller; NaN for rows that no model can take. Returns NULL and an error if
// memory runs out.
float *detector_scores(const struct simple_detector *s, const struct dataset *d, struct err *e);
void detector_free(struct simple_detector **s); // NULL-safe
