// hourglass new: makes an experiment that runs from data.
#include "base/disk.h"
#include "base/err.h"
#include "base/field.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/import_command.h"
#include "cli/options.h"
#include "cli/starting_spec.h"
#include "import/import.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The first member holds the options of import, so that the table of these options describes this struct, too.
struct new_options {
    struct import_options import;
    char *spec;  // path of the new experiment; NULL: NAME.yaml
    char *split; // FILE.h5:SPLIT that the import makes; NULL: NAME.h5:all
};

static const struct field own_fields[] = {
    FIELD_ROW(new_options, spec, "output", FIELD_TEXT,
        "experiment to write; -: standard output; default: the name of the data and .yaml"),
    FIELD_ROW(new_options, split, "data", FIELD_TEXT,
        "FILE.h5:SPLIT into which other data than FILE.h5:SPLIT is imported; default: its name and .h5:all"),
};
enum { OWN_FIELDS = sizeof own_fields / sizeof *own_fields, FIELDS_MAX = 64 };

static struct field fields[FIELDS_MAX + 1]; // own_fields, and the options of import without `output`

static const struct command command = {
    .name = "new",
    .usage = "DATA... [OPTION]...",
    .about = "Writes an experiment that suits the data, with comments, and runs as it is. DATA is FILE.h5:SPLIT, or\n"
             "anything that import reads: then it is imported first, and all options of import are allowed.\n"
             "Columns of text become one feature per value, as with --one-hot auto.\n",
    .shorts = "o:output",
    .footer = "Exit code: 0 done; 2 usage; 3 a file is bad; 74 reading or writing failed.\n"
              "\n"
              "  hourglass new traces.csv --label NSP\n"
              "  hourglass run traces.yaml\n"
              "  hourglass score results/traces today.csv -o scores.csv\n",
    .fields = fields,
    .least = 1,
    .most = -1,
};

static void join_fields(void)
{
    int n = 0;

    for (; n < OWN_FIELDS; n++)
        fields[n] = own_fields[n];
    for (const struct field *f = import_fields; f->key; f++) {
        ASSERT(n < FIELDS_MAX, "%d options", n);
        if (strcmp(f->key, "output") != 0)
            fields[n++] = *f;
    }
}

// Returns true for FILE.h5:SPLIT, but not for FILE.h5:/path, which is an array of another HDF5 file.
static bool names_split(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon && colon - name > 3 && strncmp(colon - 3, ".h5", 3) == 0 && colon[1] && colon[1] != '/';
}

// Returns a name for the data in new memory: "traces" for "data/traces.csv.gz", "photos" for "photos/", "logs" for
// several files "logs/*.csv". Characters that the name of a folder should not contain become '_'.
static char *data_name(const struct arguments *sources)
{
    const char *source = sources->v[0], *last = strrchr(source, '/');
    size_t length = strlen(source);
    bool are_many = sources->n > 1 || strpbrk(last ? last : source, "*?[");

    if (are_many && last && last > source)
        length = (size_t)(last - source);
    while (length > 1 && source[length - 1] == '/')
        length--;
    char *path = are_many && !last ? mem_text("data") : mem_format("%.*s", (int)length, source);
    const char *slash = strrchr(path, '/');
    char *name = mem_text(slash && slash[1] ? slash + 1 : path);

    for (char *c = name; *c; c++)
        if (*c == '.' && c > name)
            *c = 0;
    for (char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
            *c = '_';
    free(path);

    return name;
}

static int check_spec_name(const struct new_options *o, const char *spec, struct err *e)
{
    if (strcmp(spec, "-") == 0)
        return 0;
    if (access(spec, F_OK) == 0 && !o->import.force)
        return err_add(e, ERR_USAGE, "%s exists; --force replaces it, --output names another file", spec);
    return 0;
}

static int write_spec(const char *spec, const char *text, struct err *e)
{
    if (strcmp(spec, "-") == 0) {
        fputs(text, stdout);
        return 0;
    }
    if (disk_write(spec, text, e) != 0)
        return -1;
    log_print("%s: an experiment to start from. Next: hourglass run %s\n", spec, spec);
    return 0;
}

// Imports the data, unless it already is a split. Returns the name of the split in new memory, or NULL and errors.
static char *import_sources(struct new_options *o, const struct arguments *rest, const char *name, struct err *e)
{
    if (rest->n == 1 && names_split(rest->v[0]))
        return mem_text(rest->v[0]);

    char *split = o->split ? mem_text(o->split) : mem_format("%s.h5:all", name);
    o->import.sources = (const char **)rest->v;
    o->import.n_sources = rest->n;
    o->import.output = mem_text(split);
    o->import.is_one_hot_default = true;
    if (import_with_summary(&o->import, e) == 0)
        return split;
    free(split);
    return NULL;
}

static int make_experiment(struct new_options *o, const struct arguments *rest, struct err *e)
{
    struct text text = {0};
    char *name = data_name(rest), *source = NULL;
    char *spec = o->spec ? mem_text(o->spec) : mem_format("%s.yaml", name);
    int failed = check_spec_name(o, spec, e);

    if (!failed) {
        source = import_sources(o, rest, name, e);
        failed = source ? starting_spec(source, name, &text, e) : -1;
    }
    if (!failed)
        failed = write_spec(spec, text.data, e);
    text_free(&text);
    free(source);
    free(spec);
    free(name);

    return failed;
}

int cmd_new(int argc, char **argv)
{
    struct new_options o = {0};
    struct err e = {0};
    struct arguments rest;

    join_fields();
    if (options_parse(&command, argc, argv, &o, &rest, &e) == 0)
        make_experiment(&o, &rest, &e);
    free(o.import.output); // no field of the joined table frees it
    field_free(fields, &o);
    return err_print(&e);
}
