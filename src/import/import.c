// Runs one import, from its options to the file. import_pair.c opens the sources and separates data from labels; each
// source is read by the format that recognises it (source.c, source_*.c). data/dataset_target.c makes a new file next
// to the output and copies the other splits into it. import_write.c then streams the rows into the new file, and
// import_check.c examines them on the way. The new file gets the name of the output when it is complete, so an import
// that fails or is killed leaves the output unchanged.
//
// Everything that can be checked before the first row is checked before the file is created, and all mistakes are
// reported at once. Memory holds one piece of the rows, whatever the size of the files.
#include "import/import.h"

#include "base/err.h"
#include "base/field.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/dataset_target.h"
#include "import/import_pair.h"
#include "import/import_write.h"
#include "store/store.h"
#include <stddef.h>
#include <stdlib.h>

static const char *const header_choices[] = {"auto", "yes", "no", NULL};
static const char *const decimal_choices[] = {"point", "comma", NULL};
static const char *const channels_choices[] = {"auto", "first", "last", NULL};
static const char *const date_order_choices[] = {"auto", "day-first", "month-first", NULL};
static const char *const missing_category_choices[] = {"own", "nan", NULL};
static const char *const type_choices[] = {"stored", "f4", "f8", NULL};

#define AT(member) offsetof(struct import_options, member)
#define TEXT(KEY, MEMBER, HELP)                                            \
    {                                                                      \
        .key = KEY, .type = FIELD_TEXT, .offset = AT(MEMBER), .help = HELP \
    }
#define FLAG(KEY, MEMBER, HELP)                                                                     \
    {                                                                                               \
        .key = KEY, .type = FIELD_BOOL, .offset = AT(MEMBER), .default_text = "false", .help = HELP \
    }
#define CHOICE(KEY, NAME, STANDARD, HELP)                                                                          \
    {                                                                                                              \
        .key = KEY, .type = FIELD_CHOICE, .offset = AT(NAME), .default_text = STANDARD, .choices = NAME##_choices, \
        .help = HELP                                                                                               \
    }
const struct field import_fields[] = {
    TEXT("output", output, "FILE.h5:SPLIT to write, such as data/x.h5:train"),
    FLAG("force", force, "replace an existing split"),
    TEXT("label", label, "where the labels are: a column (name or number), an array of an .npz, or a file"),
    TEXT("id", id, "column that names the rows: name or number"),
    TEXT("time", time,
        "column with the time of each row: dates such as 2020-03-09 10:14:33.25+01:00 or 09.03.2020 10:14, or seconds, "
        "ms, us or ns since 1970; times without an offset are in UTC"),
    CHOICE("date-order", date_order, "auto",
        "the order in dates such as 03/09/2020; auto: as some date shows, else month-first with a warning"),
    TEXT("time-features", time_features,
        "features to make from --time: hour (of the day, with fractions), weekday (0: Monday), or both, A,B"),
    TEXT("group", group, "column that says which rows belong together, such as a machine or a patient"),
    TEXT("one-hot", one_hot,
        "columns of text to turn into one feature per value, or one feature if there are two values, A,B; auto: all "
        "columns of text with at most 64 values"),
    TEXT("ordinal", ordinal,
        "columns of text to number: A,B; the order is that of numbers or of bytes, or as given: 'size=S<M<L'"),
    CHOICE("missing-category", missing_category, "own",
        "a missing value in a column of text: own: is a value of its own; nan: is missing in all features"),
    TEXT("like", like,
        "make the same columns, with the same values of text, as a data set FILE.h5:SPLIT or a model (a trial, or "
        "RUN or RUN:ID); columns are matched by name"),
    TEXT("x", x, "array of an .npz that holds the data"),
    TEXT("columns", columns,
        "keep only these columns, in this order: names or numbers, A,B; quote a name that contains a comma"),
    TEXT("drop", drop, "omit these columns: names or numbers, as for --columns"),
    CHOICE("header", header, "auto",
        "whether the first line names the columns; auto: yes if it holds names but no number, if it counts the "
        "columns, or if it is unlike all lines that follow"),
    TEXT("delimiter", delimiter,
        "separator of fields: one character, 'tab', or 'space' for runs of blanks; default: detected"),
    TEXT("missing", missing,
        "tokens that mean a missing value; numbers match in any spelling; a comma at the end adds the empty field; "
        "default NA,NaN,nan,?,"),
    CHOICE("decimal", decimal, "point", "decimal separator of numbers: 1.5 or 1,5"),
    TEXT("comment", comment, "ignore lines that begin with this character; default: '#', before the table only"),
    {.key = "skip",
        .type = FIELD_INT,
        .offset = AT(skip),
        .default_text = "0",
        .min = 0,
        .max = 1e9,
        .unit = "lines",
        .help = "lines to ignore before the header or the first row"},
    CHOICE("type", type, "stored", "element type of the result; stored: that of the source, f8 for CSV"),
    FLAG("transpose", transpose,
        "use the last dimension of an array for the rows and reverse the others, as MATLAB's v7.3 files need"),
    CHOICE("channels", channels, "auto",
        "position of the channels in arrays of pictures: first (N, C, H, W) or last (N, H, W, C); auto: last, with a "
        "warning if the shape looks like the other"),
    TEXT("size", size,
        "resize pictures to HEIGHTxWIDTH, such as 28x28; default: their own size, which must be the same for all"),
    FLAG("grayscale", grayscale, "give pictures one channel, their luminance; without it color pictures have three"),
    FLAG("color", color,
        "give pictures three channels, which are equal in gray ones; without it gray pictures have one"),
    FLAG("skip-bad", skip_bad, "omit and list pictures that cannot be read; without it they end the import"),
    {0},
};
#undef AT

// Writes the new file next to the old one, and gives it the name of the output when it is complete.
static int write_imported_split(struct dataset_target *t, struct import_pair *pair, const struct import_options *o,
    struct import_summary *s, struct err *e)
{
    struct store_file *file = dataset_target_create(t, o->force, e);
    if (!file)
        return -1;

    if (import_write(file, t->split, pair, (enum import_type)o->type, s, e) == 0)
        return store_commit(&file, e);
    store_abandon(&file);
    return -1;
}

// Refuses an output that is one of the inputs.
static void check_inputs(const char *output, const struct import_pair *pair, struct err *e)
{
    const char *label = pair->label ? pair->label->path : NULL;

    if (pair->x)
        store_check_output("--output", output, (const char *const[]){pair->x->path, label}, 2, e);
    store_check_output("--output", output, pair->files.v, pair->files.n, e);
}

// Checks the output and opens the sources. Always does both, so that the mistakes in both are reported.
static int open_both_ends(
    struct dataset_target *target, struct import_pair *pair, const struct import_options *o, struct err *e)
{
    int before = e->count;

    if (dataset_target_parse(target, o->output, e) == 0)
        dataset_target_check(target, o->force, e);
    import_pair_open(pair, o, e);

    if (target->path)
        check_inputs(target->path, pair, e);
    return e->count > before ? -1 : 0;
}

int import_run(const struct import_options *o, struct import_summary *s, struct err *e)
{
    struct dataset_target target = {0};
    struct import_pair pair = {0};

    *s = (struct import_summary){0};
    if (o->like_columns &&
        (o->columns || o->drop || o->one_hot || o->ordinal || o->time_features || o->missing_category))
        return err_add(e, ERR_USAGE,
            "--like: found together with --columns, --drop, --one-hot, --ordinal, --time-features or --missing-category, "
            "allowed: without them, because it says what columns become");
    if (o->n_sources < 1)
        return err_add(e, ERR_USAGE, "found no SRC, allowed: 1 or more");

    int rc = open_both_ends(&target, &pair, o, e);
    if (rc == 0)
        rc = write_imported_split(&target, &pair, o, s, e);
    ASSERT(rc == 0 || e->count > 0, "a failed import of %s reports nothing", o->sources[0]);
    s->note = pair.x && pair.x->note ? mem_text(pair.x->note) : NULL;
    if (rc < 0)
        import_summary_free(s);

    import_pair_free(&pair);
    dataset_target_free(&target);
    return rc;
}

void import_summary_free(struct import_summary *s)
{
    list_free(s->label_names, s->n_label_names);
    free(s->label_name);
    free(s->counts);
    free(s->note);
    text_free(&s->warnings);
    text_free(&s->columns);
    *s = (struct import_summary){0};
}
