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

// The arguments of a command that are no options.
struct arguments {
    char **v; // (n), borrowed from argv
    int n;
};

// Sets the config, which is all zero before, from the defaults of its fields and from argv, and `rest` to the arguments
// that are no options. Returns 0; 1 if --help or --version was given and is printed; or -1 and everything that is wrong
// (ERR_USAGE). The caller calls field_free on the config in every case.
int options_parse(const struct command *c, int argc, char **argv, void *config, struct arguments *rest, struct err *e);
