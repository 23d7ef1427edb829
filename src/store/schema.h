// Every name that our files use, in one place. results/README.md is their reference.
#pragma once

// formats (attribute `format` of the file) and their versions
#define FORMAT_DATASET "hourglass-dataset"
#define FORMAT_TRIAL "hourglass-trial"
#define FORMAT_RUN "hourglass-run"
#define FORMAT_VERSION 1

// data set: a group per split
#define DATASET_X "x"                  // (sample, feature) or (sample, height, width[, channel])
#define DATASET_LABEL "label"          // (sample), int64
#define DATASET_SAMPLE "sample"        // (sample), the scale: row numbers
#define DATASET_FEATURE "feature"      // (feature), the scale: names
#define DATASET_HEIGHT "height"
#define DATASET_WIDTH "width"
#define DATASET_CHANNEL "channel"

// trial
#define TRIAL_HISTORY "history"
#define TRIAL_SCORES "scores"
#define TRIAL_MODEL "model"
