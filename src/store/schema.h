// Every name that our files use, in one place. results/README.md is their reference.
#pragma once

// formats (attribute `format` of the file) and their versions
#define FORMAT_DATASET "hourglass-dataset"
#define FORMAT_TRIAL   "hourglass-trial"
#define FORMAT_RUN     "hourglass-run"
#define FORMAT_VERSION 1

// attributes of every file, and of every array
#define STORE_FORMAT         "format"
#define STORE_FORMAT_VERSION "format_version"
#define STORE_CHECKSUM       "xxh3" // 16 hexadecimal digits: XXH3-64 of the array's bytes
#define STORE_LONG_NAME      "long_name"
#define STORE_UNITS          "units"

// data set: a group per split
#define DATASET_X       "x"       // (sample, feature) or (sample, height, width[, channel])
#define DATASET_LABEL   "label"   // (sample), int64
#define DATASET_SAMPLE  "sample"  // (sample), the scale: row numbers
#define DATASET_FEATURE "feature" // (feature), the scale: names
#define DATASET_HEIGHT  "height"
#define DATASET_WIDTH   "width"
#define DATASET_CHANNEL "channel"
// attributes of a split
#define DATASET_SOURCE      "source"      // the files it was imported from
#define DATASET_CREATED     "created"     // ISO 8601, UTC
#define DATASET_LABEL_NAME  "label_name"  // the label's column, such as NSP; absent: no labels
#define DATASET_LABEL_NAMES "label_names" // names of the labels 0, 1, ..., one a line; absent: labels are plain numbers

// trial
#define TRIAL_HISTORY    "history"
#define TRIAL_SCORES     "scores"
#define TRIAL_MODEL      "model"
#define TRIAL_VARIED     "varied" // attributes: the value of each key that the sweep varies
#define TRIAL_PROVENANCE "provenance"

// run
#define RUN_TRIALS      "trials"
#define RUN_LEADERBOARD "leaderboard"
