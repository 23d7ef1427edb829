// Scores the rows of a data set with simple detectors, which a model has to beat.
#pragma once

#include "data/dataset.h"

enum detector {
    DETECTOR_MEAN_DISTANCE,    // Euclidean distance to the mean of the training rows
    DETECTOR_PCA,              // error of a reconstruction from principal components (score/pca.h)
    DETECTOR_NEIGHBOURS,       // the model of nearest training rows with its defaults, on at most 10,000 rows
    DETECTOR_ISOLATION_FOREST, // 100 trees, each of 256 rows (score/isolation_forest.h)
    DETECTOR_COUNT
};
extern const char *const detector_names[]; // NULL-terminated, in the order of the enum

struct simple_detector;

// Fits a detector to the training rows. Only DETECTOR_PCA uses `components`. Everything is serial and seeded, so that
// the bits depend only on the data. Returns NULL and an error on failure.
struct simple_detector *detector_fit(enum detector kind, const struct dataset *train, int components, struct err *e);
// Returns the scores (d->rows), owned by the caller; NaN for rows that are not scored. Returns NULL and an error if
// memory runs out.
float *detector_scores(const struct simple_detector *s, const struct dataset *d, struct err *e);
void detector_free(struct simple_detector **s); // NULL-safe
