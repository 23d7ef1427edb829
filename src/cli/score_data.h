// The data that score and explain take: a split of a data set, or files of other formats.
#pragma once

#include "apply/csv_match.h"
#include "apply/scores_file.h"
#include "base/field.h"
#include "cli/model_job.h"
#include "cli/options.h"
#include "import/file_set.h"

// What the options and arguments of score and explain say.
struct score_input {
    int64_t ranks, threads;
    struct csv_options csv;
    const char *model;   // as given, borrowed
    struct file_set set; // owned: the data files, if the data is not a split
};

// The options that score and explain share.
#define SCORE_INPUT_FIELDS(owner, member)                                                                               \
    FIELD_ROW(owner, member.csv.group, "group", FIELD_TEXT,                                                             \
        "the column of a CSV file with the group of each row, if the model scales by group or takes windows; default: " \
        "the one of the training data"),                                                                                \
        FIELD_ROW(owner, member.csv.drop, "drop", FIELD_TEXT, "as import --drop, for files without names of columns"),  \
        FIELD_ROW(owner, member.csv.header, "header", FIELD_CHOICE,                                                     \
            "whether the first line of a CSV file names the columns; auto: yes if it holds names of the model's "       \
            "columns, or a string",                                                                                     \
            .default_text = "auto", .choices = csv_header_choices),                                                     \
        FIELD_ROW(owner, member.csv.delimiter, "delimiter", FIELD_TEXT, "as import --delimiter"),                       \
        FIELD_ROW(owner, member.csv.missing, "missing", FIELD_TEXT, "as import --missing"),                             \
        FIELD_ROW(owner, member.csv.decimal, "decimal", FIELD_CHOICE, "as import --decimal", .default_text = "point",   \
            .choices = csv_decimal_choices),                                                                            \
        FIELD_ROW(owner, member.ranks, "ranks", FIELD_INT,                                                              \
            "MPI ranks: starts mpirun where no launcher has started us; default: 1", .min = 1, .max = 1 << 20),         \
        FIELD_ROW(owner, member.threads, "threads", FIELD_INT, "OpenMP threads of each rank; default: the cores",       \
            .min = 1, .max = 1024)

// Sets the model and the data in `in` and in the job, as the arguments name them, and runs the job. The caller has set
// the job's arguments and work. If there are errors already, only checks the arguments.
void score_data_run(struct score_input *in, struct model_job *job, const struct arguments *rest, struct err *e);
// Returns a job that scores the data, for `work` of the model job. The caller sets its error and thresholds.
struct score_job score_data_job(
    const struct score_input *in, const struct trained_model *m, const struct data_source *source);
