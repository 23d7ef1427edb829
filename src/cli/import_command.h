// Runs an import for a command, and prints its summary and warnings.
#pragma once

#include "import/import.h"

// Imports by the options `o`, and prints a summary. Returns -1 and errors on failure.
int import_with_summary(struct import_options *o, struct err *e);
