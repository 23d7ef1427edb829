// Options of a subcommand, by a table of fields as every other setting.
#include "cli/options.h"

#include "base/version.h"
#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { OPTIONS_MAX = 32, HELP = 1000, VERSION, FIRST };

// The key that a letter is short for; NULL: none.
static const char *long_key(const struct command *c, int letter, char out[64])
{
    for (const char *at = c->shorts; at && *at; at += strcspn(at, " "), at += *at == ' ')
        if (*at == letter) {
            snprintf(out, 64, "%.*s", (int)strcspn(at + 2, " "), at + 2);
            return out;
        }
    return NULL;
}

static char letter_of(const struct command *c, const char *key)
{
    char full[64];
    for (int letter = 'a'; letter <= 'z'; letter++)
        if (long_key(c, letter, full) && strcmp(full, key) == 0)
            return (char)letter;
    return 0;
}

static void print_option(const struct command *c, const struct field *f)
{
    static const char *const values[] = {"", " N", " X", " TEXT", " CHOICE", " N", " TEXT", ""};
    char option[64], letter = letter_of(c, f->key), prefix[8] = "    ";
    if (letter)
        snprintf(prefix, sizeof prefix, "-%c, ", letter);
    snprintf(option, sizeof option, "%s--%s%s", prefix, f->key, values[f->type]);
    printf("  %-28s %s", option, f->help);
    for (int i = 0; f->choices && f->choices[i]; i++)
        printf("%s%s", i ? " | " : " (", f->choices[i]);
    if (f->choices)
        printf(")");
    if (f->standard && f->type != FIELD_BOOL && !strstr(f->help, "default"))
        printf("; default: %s", f->standard);
    puts("");
}

static void print_help(const struct command *c)
{
    printf("usage: hourglass %s %s\n\n%s\n", c->name, c->usage, c->about);
    if (c->fields->key)
        puts("Options:");
    for (const struct field *f = c->fields; f->key; f++)
        print_option(c, f);
    printf("%s%s", c->fields->key ? "\n" : "", c->footer);
}

static void make_options(const struct command *c, struct option *options, char *shorts)
{
    int n = 0;
    ASSERT(field_count(c->fields) + 3 <= OPTIONS_MAX, "%d options", field_count(c->fields));
    shorts += sprintf(shorts, ":h");
    for (const struct field *f = c->fields; f->key; f++, n++) {
        bool is_flag = f->type == FIELD_BOOL;
        options[n] = (struct option){f->key, is_flag ? no_argument : required_argument, NULL, FIRST + n};
        if (letter_of(c, f->key))
            shorts += sprintf(shorts, "%c%s", letter_of(c, f->key), is_flag ? "" : ":");
    }
    options[n++] = (struct option){"help", no_argument, NULL, HELP};
    options[n++] = (struct option){"version", no_argument, NULL, VERSION};
    options[n] = (struct option){0};
}

static void set_option(const struct field *f, void *config, const char *text, struct err *e)
{
    char why[256];
    bool is_list = f->type == FIELD_TEXTS || f->type == FIELD_INTS;
    text = f->type == FIELD_BOOL ? "true" : text;
    if ((is_list ? field_append(f, config, text, why) : field_set(f, config, text, why)) != 0)
        err_add(e, ERR_USAGE, "--%s: %s", f->key, why);
}

static void check_rest(const struct command *c, int n, struct err *e)
{
    if (n < c->least || (c->most >= 0 && n > c->most))
        err_add(e, ERR_USAGE, "%s: found %d argument%s, allowed: hourglass %s %s", c->name, n, n == 1 ? "" : "s",
            c->name, c->usage);
}

int options_parse(const struct command *c, int argc, char **argv, void *config, char ***rest, int *n, struct err *e)
{
    struct option options[OPTIONS_MAX];
    char shorts[3 * OPTIONS_MAX], full[64];
    make_options(c, options, shorts);
    field_defaults(c->fields, config);
    optind = 0;
    opterr = 0;
    for (int o; (o = getopt_long(argc, argv, shorts, options, NULL)) != -1;) {
        if (o == 'h' || o == HELP)
            return print_help(c), 1;
        if (o == VERSION)
            return printf("hourglass %s (%s)\n", version(), version_revision()), 1;
        if (o >= FIRST)
            set_option(&c->fields[o - FIRST], config, optarg, e);
        else if (o != '?' && o != ':' && long_key(c, o, full))
            set_option(field_find(c->fields, full), config, optarg, e);
        else
            err_add(e, ERR_USAGE, "%s: %s; see hourglass %s --help", argv[optind - 1],
                o == ':' ? "needs a value" : "no such option", c->name);
    }
    *rest = argv + optind;
    *n = argc - optind;
    check_rest(c, *n, e);
    return e->count ? -1 : 0;
}
