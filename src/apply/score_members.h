// The models of a pass that computes scores.
#pragma once

#include "apply/score_pass.h"

// Sets the models of the pass, s->member and s->apply.models, to those of the job.
void score_members_init(struct score_pass *s);
void score_members_free(struct score_pass *s);
