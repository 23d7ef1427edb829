// An import as a command runs it: with its summary and warnings printed.
#pragma once

#include "import/import.h"

// Imports what `o` says, and prints what came of it. Returns -1 and errors on failure.
int import_with_summary(struct import_options *o, struct err *e);
