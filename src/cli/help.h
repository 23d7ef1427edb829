// Help about a subcommand, from its table of options: text for a terminal, and its parts of the man page and of the
// shells' completions. All of these are printed from the same tables, so that they always agree.
#pragma once

#include "cli/options.h"

enum help_format { HELP_TEXT, HELP_MAN, HELP_BASH, HELP_ZSH, HELP_FORMATS };

// Returns the format with the name "man", "bash" or "zsh", HELP_TEXT for NULL, or -1 if no format has that name.
int help_format_named(const char *name);

// Prints the help of one subcommand, or its part of the man page or of a completion, to standard output.
void help_print(const struct command *c, enum help_format format);
// These print the text before and after the parts of the subcommands. `names` and `summaries` have n elements.
void help_print_head(enum help_format format, const char *const *names, const char *const *summaries, int n);
void help_print_foot(enum help_format format);

// Returns the short letter of the option `key`, or 0 if it has none.
char help_letter(const struct command *c, const char *key);

// Prints the version, the revision of the source, and the libraries and compiler of the build.
void help_print_version(void);
