// What the tables of options say of a subcommand: help on a terminal, and the parts of the man page and of the shells'
// completions that are its own. All four are printed from the same tables, so that none can fall behind.
#pragma once

#include "cli/options.h"

enum help_format { HELP_TEXT, HELP_MAN, HELP_BASH, HELP_ZSH, HELP_FORMATS };

// The format of that name: "man", "bash" or "zsh"; NULL: HELP_TEXT. Returns -1 if there is none.
int help_format_named(const char *name);

// Prints what concerns one subcommand, on standard output.
void help_print(const struct command *c, enum help_format format);
// Prints what comes before and after the subcommands' parts. The table of `names` and `summaries` has n rows.
void help_print_head(enum help_format format, const char *const *names, const char *const *summaries, int n);
void help_print_foot(enum help_format format);

// The letter that is short for a key; 0: none.
char help_letter(const struct command *c, const char *key);

// Prints the version, and what the program was built from and with.
void help_print_version(void);
