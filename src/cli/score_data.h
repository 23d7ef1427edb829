// The data that score and explain take: a split of a data set, or files of other formats.
#pragma once

#include "apply/csv_match.h"
#include "cli/model_job.h"
#include "cli/options.h"

// Sets the data of the job from the arguments after MODEL. Returns -1 and an error if they contradict each other.
int score_data_set(struct model_job *j, const struct csv_options *csv, const struct arguments *rest, struct err *e);
