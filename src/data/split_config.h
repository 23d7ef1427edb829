// Reads the setting `data.split` of a spec.
#pragma once

#include "data/data_config.h"

// Reads the section of cfg->split_node into `cfg`, whose windows must have been read before. Adds every mistake
// (ERR_USAGE) to `e`.
void split_config_read(struct data_config *cfg, struct err *e);
