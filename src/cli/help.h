// Help about a subcommand, from its table of options: text for a terminal, and its parts of the man page and of the
// shells' completions. All four are printed from the same tables, so that none can fall behind.
#pragma once

#include "cli/options.h"

enum help_format { HELP_TEXT, HELP_MAN, HELP_BASH, HELP_ZSH, HELP_FORMATS };

// Returns the format called "man", "bash" or "zsh", HELP_TEXT for NULL, or -1 if there is none of that name.
int help_format_named(const char *name);

// Prints the help, or the part, of one subcommand to standard output.
void help_print(const struct command *c, enum help_format format);
// Prints what comes before and after the subcommands' parts. The table of `names` and `summaries` has n rows.
void help_print_head(enum help_format format, const char *const *names, const char *const *summaries, int n);
void help_print_foot(enum help_format format);

// Returns the letter that is short for a key, or 0 if there is none.
char help_letter(const struct command *c, const char *key);

// Prints the version, and what the program was built from and with.
void help_print_version(void);
