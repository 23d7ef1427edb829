// Reads and writes the setting `data.window` of a spec.
#pragma once

#include "base/field.h"
#include "data/window.h"
#include "spec/spec.h"

extern const struct field data_window_fields[];

// Reads the section. NULL means that there are no windows. Returns -1 and every mistake (ERR_USAGE).
int window_config_read(const struct node *section, struct window_config *c, struct err *e);
// Returns the section in canonical form, which the caller owns.
struct node *window_config_write(const struct window_config *c);
