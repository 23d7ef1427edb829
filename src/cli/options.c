// Makes the tables of getopt_long from the table of fields.
#include "cli/options.h"

#include "base/text.h"
#include "cli/help.h"
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTIONS_MAX = 32, HELP = 1000, VERSION, FIRST };

// Returns the key of the option with a short letter, or NULL if there is none.
static const char *long_key(const struct command *c, int letter, char out[64])
{
    for (const char *at = c->shorts; at && *at; at += strcspn(at, " "), at += *at == ' ')
        if (*at == letter) {
            snprintf(out, 64, "%.*s", (int)strcspn(at + 2, " "), at + 2);
            return out;
        }
    return NULL;
}

static void make_options(const struct command *c, struct option *options, char *shorts)
{
    int n = 0;
    ASSERT(field_count(c->fields) + 3 <= OPTIONS_MAX, "%d options", field_count(c->fields));
    shorts += sprintf(shorts, ":h");

    for (const struct field *f = c->fields; f->key; f++, n++) {
        bool is_flag = f->type == FIELD_BOOL;
        options[n] = (struct option){f->key, is_flag ? no_argument : required_argument, NULL, FIRST + n};
        if (help_letter(c, f->key))
            shorts += sprintf(shorts, "%c%s", help_letter(c, f->key), is_flag ? "" : ":");
    }

    options[n++] = (struct option){"help", optional_argument, NULL, HELP};
    options[n++] = (struct option){"version", no_argument, NULL, VERSION};
    options[n] = (struct option){0};
}

// Prints the help for --help=FORMAT; NULL is text. Returns 1, or -1 and an error if there is no such format.
static int print_command_help(const struct command *c, const char *format, struct err *e)
{
    int found = help_format_named(format);

    if (found < 0)
        return err_add(e, ERR_USAGE, "--help: found '%s', allowed: nothing, or one of man, bash, zsh", format);
    help_print(c, (enum help_format)found);
    return 1;
}

// Sets an option from its text. *seen has a bit for every option that was set before. An option with one value is
// refused the second time, because the first value would be lost. A flag may be repeated, and a list grows.
static void set_option(
    const struct command *c, const struct field *f, void *config, const char *text, uint32_t *seen, struct err *e)
{
    char why[256];
    const uint32_t bit = (uint32_t)1 << (f - c->fields);
    bool is_list = f->type == FIELD_TEXTS || f->type == FIELD_INTS;

    ASSERT(f >= c->fields && f - c->fields < OPTIONS_MAX, "option %d", (int)(f - c->fields));
    if (*seen & bit && !is_list && f->type != FIELD_BOOL) {
        char *first = field_get(f, config);
        err_add(
            e, ERR_USAGE, "--%s: given twice, found '%s' after '%s', allowed: once", f->key, text, first ? first : "");
        free(first);
        return;
    }
    *seen |= bit;
    text = f->type == FIELD_BOOL ? "true" : text;
    if ((is_list ? field_append(f, config, text, why) : field_set(f, config, text, why)) != 0)
        err_add(e, ERR_USAGE, "--%s: %s", f->key, why);
}

static void check_arguments(const struct command *c, int n, struct err *e)
{
    if (n < c->least || (c->most >= 0 && n > c->most))
        err_add(e, ERR_USAGE, "%s: found %d argument%s, allowed: hourglass %s %s", c->name, n, text_plural(n), c->name,
            c->usage);
}

int options_parse(const struct command *c, int argc, char **argv, void *config, struct arguments *rest, struct err *e)
{
    ASSERT(c->least >= 0 && (c->most < 0 || c->most >= c->least), "%s", c->name);
    struct option options[OPTIONS_MAX];
    char shorts[3 * OPTIONS_MAX], full[64];
    uint32_t seen = 0;

    *rest = (struct arguments){0};
    make_options(c, options, shorts);
    field_defaults(c->fields, config);
    optind = 0;
    opterr = 0;

    for (int o; (o = getopt_long(argc, argv, shorts, options, NULL)) != -1;) {
        if (o == 'h' || o == HELP)
            return print_command_help(c, optarg, e);
        if (o == VERSION)
            return help_print_version(), 1;
        ASSERT(o < FIRST + field_count(c->fields), "option %d", o);
        if (o >= FIRST)
            set_option(c, &c->fields[o - FIRST], config, optarg, &seen, e);
        else if (o != '?' && o != ':' && long_key(c, o, full))
            set_option(c, field_find(c->fields, full), config, optarg, &seen, e);
        else
            err_add(e, ERR_USAGE, "%s: %s; see hourglass %s --help", argv[optind - 1],
                o == ':' ? "needs a value" : "no such option", c->name);
    }

    ASSERT(optind <= argc, "argument %d of %d", optind, argc);
    *rest = (struct arguments){argv + optind, argc - optind};
    check_arguments(c, rest->n, e);

    return e->count ? -1 : 0;
}
