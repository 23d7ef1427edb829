// Every name that our files use. results/README.md is their reference.
#pragma once

// formats (the file's attribute `format`) and their versions
#define FORMAT_DATASET     "hourglass-dataset"
#define FORMAT_CHECKPOINT  "hourglass-checkpoint"
#define FORMAT_TRIAL       "hourglass-trial"
#define FORMAT_RUN         "hourglass-run"
#define FORMAT_SCORES      "hourglass-scores"
#define FORMAT_VERSION     1
#define FORMAT_RUN_VERSION 2 // in version 1 every trial is a group

// attributes of files, groups and arrays
#define STORE_FORMAT              "format"
#define STORE_FORMAT_VERSION      "format_version"
#define STORE_CHECKSUM            "xxh3"            // 16 hexadecimal digits: XXH3-64 of the array's bytes
#define STORE_ATTRIBUTES_CHECKSUM "attributes_xxh3" // of a group: checksum of all attributes in it
#define STORE_SEAL                "seal"            // of a file: says that it has a seal, and where
#define STORE_SEAL_PLACE          "at the end of the file"
#define STORE_LONG_NAME           "long_name"
#define STORE_UNITS               "units"
#define STORE_CALENDAR            "calendar" // of a time axis (CF conventions)

// data set: one group per split
#define DATASET_X       "x"       // (sample, feature) or (sample, height, width[, channel])
#define DATASET_LABEL   "label"   // (sample), int64
#define DATASET_SAMPLE  "sample"  // (sample), the scale: row numbers
#define DATASET_FEATURE "feature" // (feature), the scale: names of the features
#define DATASET_HEIGHT  "height"
#define DATASET_WIDTH   "width"
#define DATASET_CHANNEL "channel"
// arrays (sample) with coordinates of the rows, and attributes of the split that describe these arrays; each of these
// can be absent
#define DATASET_ID          "id"          // names of the rows
#define DATASET_ID_NAME     "id_name"     // the column that the names come from
#define DATASET_TIME        "time"        // int64, microseconds since 1970-01-01 UTC; the smallest int64: missing
#define DATASET_TIME_NAME   "time_name"   // the column that the times come from
#define DATASET_TIME_ZONE   "time_zone"   // the offset from UTC in which times are shown; absent: none was given
#define DATASET_GROUP       "group"       // (sample), int64: a line of group_names, from 0; -1: missing
#define DATASET_GROUP_NAME  "group_name"  // the column that the groups come from, or "file"
#define DATASET_GROUP_NAMES "group_names" // one per line
#define TIME_UNITS          "microseconds since 1970-01-01 00:00:00"
#define TIME_CALENDAR       "proleptic_gregorian"
// columns of the imported table; a text column becomes several features. If these arrays are absent, each feature is a
// column
#define DATASET_COLUMN          "column"          // (column), the scale: names of the columns
#define DATASET_COLUMN_KIND     "column_kind"     // (column): number, binary, one_hot, ...
#define DATASET_FEATURE_COLUMN  "feature_column"  // (feature), int64: the column of each feature
#define DATASET_CATEGORY        "category"        // (category): the values of the text columns
#define DATASET_CATEGORY_COLUMN "category_column" // (category), int64: the column that has the value
// attributes of a split
#define DATASET_SOURCE      "source"      // the files from which it was imported
#define DATASET_CREATED     "created"     // ISO 8601, UTC
#define DATASET_LABEL_NAME  "label_name"  // the label's column, such as NSP; absent: no labels
#define DATASET_LABEL_NAMES "label_names" // names of labels 0, 1, ..., one per line; absent: labels are plain numbers

// trial: groups
#define TRIAL_HISTORY                  "history"
#define TRIAL_SCORES                   "scores" // one group per test set
#define TRIAL_MODEL                    "model"
#define TRIAL_TRAINING_ERRORS          "training_errors"
#define TRAINING_ERRORS_ROWS           "rows"
#define TRAINING_ERRORS_STEPS          "steps" // windows only: number of time steps that have an error
#define TRAINING_ERRORS_STEP_MEAN      "step_mean_error"
#define TRAINING_ERRORS_STEP_THRESHOLD "step_threshold"
#define TRIAL_REFERENCE                "reference"
#define TRIAL_VARIED                   "varied"  // attributes: the value of each key that the sweep varies
#define TRIAL_COLUMNS                  "columns" // the arrays of a split that describe the columns of the data
#define TRIAL_PROVENANCE               "provenance"
#define TRIAL_ALSO                     "also" // in a merged file: provenance of other runs with the same bits
// trial: attributes of the file
#define TRIAL_EXPERIMENT    "experiment"
#define TRIAL_ABOUT         "about"
#define TRIAL_ID            "trial"
#define TRIAL_NUMBER        "number"
#define TRIAL_STATUS        "status"
#define TRIAL_DONE          "done" // values of `status`
#define TRIAL_DIVERGED      "diverged"
#define TRIAL_STALE         "stale" // in leaderboards: the trial's data has changed since
#define TRIAL_SPEC          "spec"
#define TRIAL_CONFIGURATION "configuration"
#define TRIAL_OBJECTIVE     "objective" // METRIC, or SET.METRIC

// arrays of history/, (epoch)
#define HISTORY_EPOCH           "epoch" // the scale
#define HISTORY_TRAIN_LOSS      "train_loss"
#define HISTORY_VALIDATION_LOSS "validation_loss"
#define HISTORY_LEARNING_RATE   "learning_rate"
#define HISTORY_SECONDS         "seconds"
#define HISTORY_WEIGHTS_EPOCH   "weights_epoch" // an attribute

// arrays of scores/<set>/, (sample) or (sample, ...)
#define SCORES_SAMPLE         DATASET_SAMPLE // the scale; the other dimensions of a row have the scales of the data set
#define SCORES_UNIT           "unit"         // the scale of the code
#define SCORES_ERROR          "error"        // also an attribute of the group: which error it is
#define SCORES_INDEX          "index"
#define SCORES_UNKNOWN        "unknown"
#define SCORES_SOURCE         "source"
#define SCORES_LABEL          "label"
#define SCORES_IS_ANOMALY     "is_anomaly"
#define SCORES_CODE           "code"
#define SCORES_RECONSTRUCTION "reconstruction"
#define SCORES_FEATURE_ERROR  "feature_error"
// attributes of scores/<set>/
#define SCORES_SOURCES           "sources"
#define SCORES_MEAN_ERROR        "mean_error"
#define SCORES_LARGEST_ERROR     "largest_error"
#define SCORES_UNSCORED          "unscored"
#define SCORES_CLIPPED           "clipped"
#define SCORES_FAILURE           "failure"
#define SCORES_THRESHOLD         "threshold"
#define SCORES_THRESHOLD_RULE    "threshold_rule" // in a file of scores, with --threshold
#define SCORES_P_VALUE           "p_value"        // an array of a file of scores, with rule conformal
#define SCORES_ROC_AUC           "roc_auc"
#define SCORES_ROC_AUC_LOW       "roc_auc_low"
#define SCORES_ROC_AUC_HIGH      "roc_auc_high"
#define SCORES_AVERAGE_PRECISION "average_precision"
#define SCORES_BEST_F1           "best_f1"
#define SCORES_BEST_F1_THRESHOLD "best_f1_threshold"
#define SCORES_TRUE_POSITIVES    "true_positives"
#define SCORES_FALSE_POSITIVES   "false_positives"
#define SCORES_TRUE_NEGATIVES    "true_negatives"
#define SCORES_FALSE_NEGATIVES   "false_negatives"
#define SCORES_ACCURACY          "accuracy"
#define SCORES_PRECISION         "precision"
#define SCORES_RECALL            "recall"
#define SCORES_F1                "f1"
#define SCORES_PCA_ROC_AUC       "pca_roc_auc"
// comparison with simple detectors; the first two are formats that take the name of a detector
#define SCORES_BASELINE_ROC_AUC   "baseline_%s_roc_auc"
#define SCORES_BASELINE_SPEARMAN  "baseline_%s_spearman"
#define SCORES_BEST_BASELINE      "best_baseline"
#define SCORES_ADDED_ROC_AUC      "added_roc_auc"
#define SCORES_ADDED_ROC_AUC_LOW  "added_roc_auc_low"
#define SCORES_ADDED_ROC_AUC_HIGH "added_roc_auc_high"
// scores/<set>/steps/, only if samples are windows: arrays (step), with the same names and attributes as scores/<set>/
#define SCORES_STEPS          "steps"
#define STEPS_STEP            "step"   // the scale
#define STEPS_WINDOW          "window" // attribute: which windows decide the error of a step
#define STEPS_VUS_PR          "vus_pr"
#define STEPS_VUS_ROC         "vus_roc"
#define STEPS_RANGE_PRECISION "range_precision"
#define STEPS_RANGE_RECALL    "range_recall"
#define STEPS_RANGE_F1        "range_f1"
#define WINDOW_TIME_STEP      "time_step" // the scale of a window's first dimension

// arrays of reference/, (level), (level, feature) or (level, column). The largest errors have a scale of their own.
// `error`, `feature`, `feature_error` and `column` also occur here
#define REFERENCE_LEVEL         "level" // the scale
#define REFERENCE_VALIDATION    "validation_error"
#define REFERENCE_LARGEST_ERROR "largest_error"
#define REFERENCE_VALUE         "value"
#define REFERENCE_COLUMN_ERROR  "column_error"
// attributes of reference/, about the training errors
#define REFERENCE_ROW_COUNT TRAINING_ERRORS_ROWS
#define REFERENCE_MEAN      "mean"
#define REFERENCE_DEVIATION "deviation"
#define REFERENCE_MEDIAN    "median"
#define REFERENCE_MAD       "mad"

// checkpoint: attributes of the file
#define CHECKPOINT_LINEAGE       "lineage"
#define CHECKPOINT_LAYOUT        "layout"
#define CHECKPOINT_EPOCH         "epoch" // number of complete epochs
#define CHECKPOINT_STEP          "step"  // the next step
#define CHECKPOINT_SAMPLES       "samples"
#define CHECKPOINT_SECONDS       "seconds"
#define CHECKPOINT_EPOCH_SECONDS "epoch_seconds"
#define CHECKPOINT_HAS_DIVERGED  "has_diverged"
#define CHECKPOINT_BEST_LOSS     "best_loss"
#define CHECKPOINT_BEST_EPOCH    "best_epoch" // counted from 0
#define CHECKPOINT_WAITED        "waited"
#define CHECKPOINT_WAITED_DROP   "waited_for_drop"
#define CHECKPOINT_DROPS         "drops"
// arrays of a checkpoint besides those of history/: shard_loss is (shard), the others are (parameters)
#define CHECKPOINT_SHARD_LOSS "shard_loss"
#define CHECKPOINT_PARAMETERS "parameters"
#define CHECKPOINT_SLOT       "slot_" // slot_0, slot_1, slot_2: state of the optimizer
#define CHECKPOINT_BEST       "best_parameters"

// a file of scores: attributes of the file, besides the model's `experiment` and `trial`
#define SCORES_MODEL   "model"   // the model's file, as given
#define SCORES_SAMPLES "samples" // codes drawn per row, if the number differs from the trial's
#define SCORES_READ    "read_"   // read_id, ...: the options with which CSV files were read
#define SCORES_NEW     "new"     // the group of rows that belong to no split
// arrays that only a file of scores has: the features that explain most of the error of some samples
#define SCORES_EXPLAINED   "explained"   // the scale: numbers these samples
#define SCORES_PLACE       "place"       // the scale: 0 explains most
#define SCORES_TOP_NAME    "top_name"    // the scale: features or columns that can explain an error
#define SCORES_TOP_SAMPLE  "top_sample"  // (explained)
#define SCORES_TOP_FEATURE "top_feature" // (explained, place): index of top_name
#define SCORES_TOP_SHARE   "top_share"   // (explained, place)

// model/: groups
#define MODEL_ENCODER "encoder" // encoder_0, encoder_1, ...: one group per layer; its arrays hold the parameters
#define MODEL_DECODER "decoder"
#define MODEL_SCALING TRIAL_MODEL "/scaling"
// attributes of model/
#define MODEL_ARCHITECTURE "architecture"
#define MODEL_LOSS         "loss"
#define MODEL_INPUT_SHAPE  "input_shape"
#define MODEL_CODE_SHAPE   "code_shape"
#define MODEL_PARAMETERS   "parameters"
// a layer: its attribute and its scales
#define MODEL_LAYER  "layer"
#define MODEL_INPUT  "input"
#define MODEL_OUTPUT "output"
// arrays of the scaling, (feature) or (group, feature); `bytes_only` is an attribute
#define SCALING_SHIFT        "shift"
#define SCALING_FACTOR       "factor"
#define SCALING_FILL         "fill"
#define SCALING_LOG          "log1p"
#define SCALING_GROUP        "group"
#define SCALING_GROUP_SHIFT  "group_shift"
#define SCALING_GROUP_FACTOR "group_factor"
#define SCALING_LOW          "low"
#define SCALING_HIGH         "high"
#define SCALING_BYTES_ONLY   "bytes_only"
#define SCALING_SMOOTH       "smooth"
#define SCALING_NORMALIZES   "normalizes"

// attributes of provenance/
#define PROVENANCE_PROGRAM            "program"
#define PROVENANCE_VERSION            "version"
#define PROVENANCE_REVISION           "revision"
#define PROVENANCE_STARTED            "started"
#define PROVENANCE_HOST               "host"
#define PROVENANCE_CLUSTER            "cluster"
#define PROVENANCE_JOB                "job"
#define PROVENANCE_PARTITION          "partition"
#define PROVENANCE_NODES              "nodes"
#define PROVENANCE_NODE_CORES         "node_cores"
#define PROVENANCE_NODE_MEMORY        "node_memory"
#define PROVENANCE_ENERGY             "step_energy"
#define PROVENANCE_CPU                "cpu"
#define PROVENANCE_KERNELS            "kernels"
#define PROVENANCE_BLAS               "blas"
#define PROVENANCE_BLAS_CORE          "blas_core"
#define PROVENANCE_MPI                "mpi"
#define PROVENANCE_HDF5               "hdf5"
#define PROVENANCE_EXPERIMENT_FOLDER  "experiment_folder"
#define PROVENANCE_RANKS              "ranks"
#define PROVENANCE_THREADS            "threads"
#define PROVENANCE_WALL_SECONDS       "wall_seconds"
#define PROVENANCE_CPU_SECONDS        "cpu_seconds"
#define PROVENANCE_TRAIN_SECONDS      "train_seconds"
#define PROVENANCE_SAMPLES_PER_SECOND "samples_per_second"
#define PROVENANCE_DATA               "data_"   // data_train, data_validation, data_<test set>
#define PROVENANCE_LABELS             "labels_" // labels_train, ...: the same for labels
#define VERSIONS_LABELS               " labels" // follows the name of a source: the version of its labels

// run.h5: the arrays curves/<name> have the dimensions (trial, epoch), and errors/<set>/error has (trial, sample).
// Trials are in the order of the leaderboard.
#define RUN_TRIALS         "trials"
#define RUN_LEADERBOARD    "leaderboard"
#define RUN_CONFIGURATIONS "configurations"
#define RUN_CURVES         "curves"
#define RUN_ERRORS         "errors"
#define CURVES_TRIAL       "trial" // the scale of the dimension `trial`
#define RUN_ENSEMBLE       "ensemble"
#define RUN_KIND           "kind" // attribute of a run's file that is used as one model
#define RUN_KIND_ENSEMBLE  "ensemble"
#define RUN_RECORDS        "records" // trials of journals, unchanged
// ensemble/: arrays (member), (member, level) and (veto), besides the array `level`; `member` and `veto` are scales
#define ENSEMBLE_MEMBER   "member" // ids of trials
#define ENSEMBLE_KIND     "kind"
#define ENSEMBLE_LOG      "log"
#define ENSEMBLE_WEIGHT   "weight"
#define ENSEMBLE_QUANTILE "quantile"
#define ENSEMBLE_VETO     "veto" // ids of trials
#define ENSEMBLE_REASON   "reason"
// attributes of ensemble/, next to `experiment`, `version` and `threshold`
#define ENSEMBLE_COMBINE   "combine"
#define ENSEMBLE_RUN       "run"
#define ENSEMBLE_SELECTION "selection"
#define ENSEMBLE_HELD_OUT  "held_out"
// records/: trials are in order of the leaderboard's rows
#define RECORDS_BLOCK           "block" // the first four are scales
#define RECORDS_BYTE            "byte"
#define RECORDS_ROW             "row"
#define RECORDS_SHARED          "shared"
#define RECORDS_DATA            "data" // (block, byte)
#define RECORDS_BLOCK_BYTES     4096
#define RECORDS_FIRST           "first" // (row), as are the next two
#define RECORDS_BYTES           "bytes"
#define RECORDS_CHECKSUM        "checksum"
#define RECORDS_SHARED_FIRST    "shared_first" // (shared), as are the next two
#define RECORDS_SHARED_BYTES    "shared_bytes"
#define RECORDS_SHARED_CHECKSUM "shared_checksum"
// columns of the leaderboard, (trial); others are the metrics of history/ and scores/, and the keys that the sweep
// varies
#define LEADERBOARD_TRIAL         TRIAL_ID // the scale
#define LEADERBOARD_STATUS        TRIAL_STATUS
#define LEADERBOARD_CHANGED       "changed_data"
#define LEADERBOARD_EPOCHS        "epochs"
#define LEADERBOARD_PARAMETERS    MODEL_PARAMETERS
#define LEADERBOARD_SECONDS       "seconds"
#define LEADERBOARD_EXPERIMENT    TRIAL_EXPERIMENT
#define LEADERBOARD_CONSENSUS     "consensus"
#define LEADERBOARD_STABILITY     "stability"
#define LEADERBOARD_CLUSTER       PROVENANCE_CLUSTER
#define LEADERBOARD_CONFIGURATION TRIAL_CONFIGURATION
#define LEADERBOARD_OBJECTIVE     TRIAL_OBJECTIVE
#define LEADERBOARD_PROTOCOL      "protocol"
#define LEADERBOARD_VARIED        TRIAL_VARIED "." // prefix of a key that has the name of another column
// attributes of the leaderboard
#define CONFIGURATIONS_TRIALS "trials"

#define LEADERBOARD_NO_ENSEMBLE "no_ensemble" // why there is no ensemble
#define LEADERBOARD_SETS        "sets"        // the test sets that have metrics, one per line
#define LEADERBOARD_KEYS        TRIAL_VARIED  // the keys that the sweep varies, one per line
