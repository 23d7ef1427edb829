// Options of a subcommand, by a table of fields as every other setting: --key VALUE, and short forms of some.
#pragma once

#include "base/err.h"
#include "base/field.h"

struct command {
    const char *name;   // "run"
    const char *usage;  // "EXPERIMENT [OPTION]..."
    const char *about;  // what it does: lines
    const char *shorts; // pairs of a letter and the first letters of its key: "n:ranks t:threads"; NULL: none
    const char *footer; // examples and exit codes: lines
    const struct field *fields;
    int least, most; // arguments that are no options; most < 0: any number
};

// Sets the config (all zero before) from defaults and argv. Arguments that are no options: rest (n of them, borrowed).
// 1 where
// --help or --version was asked for and printed; -1 and all that is wrong in `e` (ERR_USAGE). The config is the
// caller's to field_free in every case.
int options_parse(const struct command *c, int argc, char **argv, void *config, char ***rest, int *n, struct err *e);
