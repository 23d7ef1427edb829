// Help, man page and completions of the shells, printed from the tables of options.
//
// `hourglass COMMAND --help` prints plain text. `hourglass --help=man`, `=bash` and `=zsh` print a whole file each: a
// head, a part per subcommand, a foot. The build runs the program to make the files that `cmake --install` puts in
// place.
#include "cli/help.h"

#include "base/err.h"
#include "base/version.h"
#include "comm/mpi_library.h"
#include "kernels/kernels.h"
#include "store/store.h"
#include <stdio.h>
#include <string.h>

int help_format_named(const char *name)
{
    static const char *const names[HELP_FORMATS] = {[HELP_MAN] = "man", [HELP_BASH] = "bash", [HELP_ZSH] = "zsh"};

    if (!name)
        return HELP_TEXT;
    for (int i = 0; i < HELP_FORMATS; i++)
        if (names[i] && strcmp(names[i], name) == 0)
            return i;
    return -1;
}

char help_letter(const struct command *c, const char *key)
{
    size_t length = strlen(key);

    // pairs such as "n:ranks t:threads"
    for (const char *at = c->shorts; at && *at; at += strcspn(at, " "), at += *at == ' ')
        if (strcspn(at + 2, " ") == length && strncmp(at + 2, key, length) == 0)
            return *at;
    return 0;
}

// Returns the name for an option's value in help, or "" if the option takes no value.
static const char *value_name(const struct field *f)
{
    static const char *const names[] = {"", "N", "X", "TEXT", "CHOICE", "N", "TEXT", ""};
    ASSERT((size_t)f->type < sizeof names / sizeof *names, "type %d", (int)f->type);
    return names[f->type];
}

// Returns true if help should add the default in the table.
static bool shows_default(const struct field *f)
{
    return f->default_text && f->type != FIELD_BOOL && !strstr(f->help, "default");
}

static void print_completion_choices(const struct field *f, const char *before, const char *between, const char *after)
{
    if (!f->choices)
        return;
    for (int i = 0; f->choices[i]; i++)
        printf("%s%s", i ? between : before, f->choices[i]);
    printf("%s", after);
}

// --- text
static void print_text_option(const struct command *c, const struct field *f)
{
    char option[64], letter = help_letter(c, f->key), prefix[8] = "    ";

    if (letter)
        snprintf(prefix, sizeof prefix, "-%c, ", letter);
    snprintf(option, sizeof option, "%s--%s%s%s", prefix, f->key, *value_name(f) ? " " : "", value_name(f));
    printf("  %-28s %s", option, f->help);
    print_completion_choices(f, " (", " | ", ")");
    if (shows_default(f))
        printf("; default: %s", f->default_text);
    puts("");
}

static void print_about(const struct command *c)
{
    printf("usage: hourglass %s %s\n\n%s\n", c->name, c->usage, c->about);
    if (c->fields->key)
        puts("Options:");
    for (const struct field *f = c->fields; f->key; f++)
        print_text_option(c, f);
    printf("%s%s", c->fields->key ? "\n" : "", c->footer);
}

// --- man page: see man(7) and groff_man_style(7)
// Prints a string with escapes, so that troff does not take any part of it as a command.
static void print_troff(const char *text)
{
    bool begins_line = true;

    for (const char *at = text; *at; at++) {
        if (begins_line && (*at == '.' || *at == '\''))
            printf("\\&");
        if (*at == '\\')
            printf("\\e");
        else if (*at == '-')
            printf("\\-");
        else
            putchar(*at);
        begins_line = *at == '\n';
    }
}

static void print_man_option(const struct command *c, const struct field *f)
{
    char letter = help_letter(c, f->key);

    printf(".TP\n");
    if (letter)
        printf("\\fB\\-%c\\fR, ", letter);
    printf("\\fB\\-\\-");
    print_troff(f->key);
    printf("\\fR%s\\fI%s\\fR\n", *value_name(f) ? " " : "", value_name(f));
    print_troff(f->help);
    print_completion_choices(f, " (", " | ", ")");
    if (shows_default(f)) {
        printf("; default: ");
        print_troff(f->default_text);
    }
    puts("");
}

static void print_man(const struct command *c)
{
    printf(".SS hourglass %s\n.B hourglass %s\n", c->name, c->name);
    print_troff(c->usage);
    printf("\n.PP\n.nf\n");
    print_troff(c->about);
    printf(".fi\n");
    for (const struct field *f = c->fields; f->key; f++)
        print_man_option(c, f);
    printf(".PP\n.nf\n");
    print_troff(c->footer);
    printf(".fi\n");
}

static void print_man_head(const char *const *names, const char *const *summaries, int n)
{
    printf(".TH HOURGLASS 1 \"\" \"Hourglass %s\" \"User Commands\"\n", version());
    printf(".SH NAME\nhourglass \\- train autoencoders that find anomalies, one or thousands\n");
    printf(".SH SYNOPSIS\n.B hourglass\n\\fICOMMAND\\fR [\\fIARGUMENT\\fR]...\n");
    printf(".SH DESCRIPTION\nHourglass trains autoencoders on a laptop or a cluster and stores the reconstruction "
           "error of every sample in HDF5.\n.PP\n");

    for (int i = 0; i < n; i++) {
        printf(".TP\n.B %s\n", names[i]);
        print_troff(summaries[i]);
        puts("");
    }

    printf(".SH COMMANDS\n");
}

// --- bash
static void print_bash(const struct command *c)
{
    printf("    %s)\n        case $previous in\n", c->name);
    for (const struct field *f = c->fields; f->key; f++)
        if (f->choices) {
            printf("        --%s) words=\"", f->key);
            print_completion_choices(f, "", " ", "");
            printf("\" ;;\n");
        }
    printf("        *) options=\"");

    for (const struct field *f = c->fields; f->key; f++) {
        char letter = help_letter(c, f->key);
        if (letter)
            printf("-%c ", letter);
        printf("--%s ", f->key);
    }

    printf("--help --version\" ;;\n        esac\n        ;;\n");
}

static void print_bash_head(const char *const *names, int n)
{
    printf(
        "# Completion of hourglass for bash, printed by the program.\n"
        "_hourglass() {\n"
        "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} options=\"\" words=\"\"\n"
        "    if [ \"$COMP_CWORD\" = 1 ]; then\n        words=\"");
    for (int i = 0; i < n; i++)
        printf("%s ", names[i]);
    printf("--help --version\"\n    fi\n    case ${COMP_WORDS[1]} in\n");
}

static void print_bash_foot(void)
{
    printf("    esac\n"
           "    case $current in -*) words=${words:-$options} ;; esac\n"
           "    if [ -n \"$words\" ]; then\n"
           "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
           "    else\n"
           "        mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
           "    fi\n"
           "}\n"
           "complete -o filenames -F _hourglass hourglass\n");
}

// --- zsh
// Prints a string with the escapes that a single-quoted [explanation] of _arguments needs.
static void print_zsh_text(const char *text)
{
    for (const char *at = text; *at; at++) {
        if (*at == '\'')
            printf("'\\'");
        else if (strchr("[]:\\", *at))
            putchar('\\');
        putchar(*at);
    }
}

static void print_zsh_option(const struct command *c, const struct field *f)
{
    char letter = help_letter(c, f->key);
    bool is_list = f->type == FIELD_TEXTS || f->type == FIELD_INTS;

    printf("            ");
    if (letter)
        printf("'(-%c --%s)'{-%c,--%s}'", letter, f->key, letter, f->key);
    else
        printf("'%s--%s", is_list ? "*" : "", f->key);
    printf("[");
    print_zsh_text(f->help);
    printf("]");
    if (f->choices)
        print_completion_choices(f, ":choice:(", " ", ")");
    else if (*value_name(f))
        printf(":%s:%s", value_name(f), f->type == FIELD_TEXT ? "_files" : "");
    printf("' \\\n");
}

static void print_zsh(const struct command *c)
{
    printf("    %s)\n        _arguments \\\n", c->name);
    for (const struct field *f = c->fields; f->key; f++)
        print_zsh_option(c, f);
    printf("            '--help[what it does]' '*:file:_files'\n        ;;\n");
}

static void print_zsh_head(const char *const *names, const char *const *summaries, int n)
{
    printf("#compdef hourglass\n# Completion of hourglass for zsh, printed by the program.\n\n"
           "_hourglass() {\n"
           "    local -a commands=(\n");

    for (int i = 0; i < n; i++) {
        printf("        '%s:", names[i]);
        print_zsh_text(summaries[i]);
        printf("'\n");
    }

    printf("    )\n"
           "    if (( CURRENT == 2 )); then\n"
           "        _describe command commands\n"
           "        return\n"
           "    fi\n"
           "    local command=$words[2]\n"
           "    shift words\n"
           "    (( CURRENT-- ))\n"
           "    case $command in\n");
}

// --- all formats
void help_print(const struct command *c, enum help_format format)
{
    static void (*const print[HELP_FORMATS])(const struct command *c) = {print_about, print_man, print_bash, print_zsh};
    print[format](c);
}

static void print_text_head(const char *const *names, const char *const *summaries, int n)
{
    printf("usage: hourglass COMMAND [ARGUMENT]...\n\n"
           "Trains autoencoders that find anomalies: one, or thousands in a sweep.\n\n");
    for (int i = 0; i < n; i++)
        printf("  %-9s %s\n", names[i], summaries[i]);
    printf("\nhourglass COMMAND --help explains each. hourglass --version says what the program was built with.\n");
}

void help_print_head(enum help_format format, const char *const *names, const char *const *summaries, int n)
{
    ASSERT(format >= 0 && format < HELP_FORMATS && n > 0, "format %d, %d commands", (int)format, n);

    switch (format) {
    case HELP_MAN:
        print_man_head(names, summaries, n);
        break;
    case HELP_BASH:
        print_bash_head(names, n);
        break;
    case HELP_ZSH:
        print_zsh_head(names, summaries, n);
        break;
    default:
        print_text_head(names, summaries, n);
    }
}

void help_print_foot(enum help_format format)
{
    if (format == HELP_BASH)
        print_bash_foot();
    if (format == HELP_ZSH)
        printf("    esac\n}\n\n_hourglass \"$@\"\n");
}

void help_print_version(void)
{
#if defined __clang__
    static const char compiler[] = __VERSION__;
#else
    static const char compiler[] = "GCC " __VERSION__;
#endif

    printf("hourglass %s (%s)\n", version(), version_revision());
    printf("%s\n%s\n%s\n", compiler, mpi_library(), store_library());
    printf("%s (%s)\nkernels %s\n", gemm_library(), gemm_corename(), kernels()->set);
}
