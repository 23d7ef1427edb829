// Options of a subcommand, described by a table of fields like every other setting: --key VALUE, and short letters for
// some.
#pragma once

#include "base/err.h"
#include "base/field.h"

struct command {
    const char *name;   // "run"
    const char *usage;  // "EXPERIMENT [OPTION]..."
    const char *about;  // what the command does; several lines
    const char *shorts; // pairs of a letter and a key: "n:ranks t:threads"; NULL: none
    const char *footer; // examples and exit codes; several lines
    const struct field *fields;
    int least, most; // number of arguments that are not options; most < 0: any number
};

// The arguments of a command that are not options.
struct arguments {
    char **v; // (n), borrowed from argv
    int n;
};

// Sets the config, which must be all zero, from the defaults of its fields and from argv. Sets `rest` to the arguments
// that are not options. Returns 0; 1 if --help or --version was given and has been printed; or -1 and all mistakes
// (ERR_USAGE). The caller calls field_free on the config in every case.
int options_parse(const struct command *c, int argc, char **argv, void *config, struct arguments *rest, struct err *e);
