// Importing: sources are paired, their rows stream into a new file, the other splits of an existing one are copied
// over, and the file takes its name when it is whole.
#include "import/import.h"

#include "base/list.h"
#include "base/mem.h"
#include "data/dataset_target.h"
#include "import/import_write.h"
#include <stddef.h>
#include <stdlib.h>

static const char *const header_choices[] = {"auto", "yes", "no", NULL};
static const char *const decimal_choices[] = {"point", "comma", NULL};
static const char *const channels_choices[] = {"auto", "first", "last", NULL};
static const char *const type_choices[] = {"stored", "f4", "f8", NULL};

#define AT(member) offsetof(struct import_options, member)
const struct field import_fields[] = {
    {.key = "output",
        .type = FIELD_TEXT,
        .offset = AT(output),
        .help = "FILE.h5:SPLIT to write, such as data/x.h5:train"},
    {.key = "force", .type = FIELD_BOOL, .offset = AT(force), .standard = "false", .help = "replace an existing split"},
    {.key = "label",
        .type = FIELD_TEXT,
        .offset = AT(label),
        .help = "where the labels are: a column (name or number), an array of an .npz, or a file"},
    {.key = "x", .type = FIELD_TEXT, .offset = AT(x), .help = "array of an .npz that holds the data"},
    {.key = "columns",
        .type = FIELD_TEXT,
        .offset = AT(columns),
        .help = "keep only these columns, in this order: names or numbers, A,B; quote a name that contains "
                "a comma"},
    {.key = "drop",
        .type = FIELD_TEXT,
        .offset = AT(drop),
        .help = "omit these columns: names or numbers, as for --columns"},
    {.key = "header",
        .type = FIELD_CHOICE,
        .offset = AT(header),
        .standard = "auto",
        .choices = header_choices,
        .help = "whether the first line names the columns; auto: yes if it holds names but no number, if "
                "it counts the columns, or if it is unlike all lines that follow"},
    {.key = "delimiter",
        .type = FIELD_TEXT,
        .offset = AT(delimiter),
        .help = "separator of fields: one character, 'tab', or 'space' for runs of blanks; default: "
                "detected"},
    {.key = "missing",
        .type = FIELD_TEXT,
        .offset = AT(missing),
        .help = "tokens that mean a missing value; numbers match in any spelling; a comma at the end adds "
                "the empty field; default NA,NaN,nan,?,"},
    {.key = "decimal",
        .type = FIELD_CHOICE,
        .offset = AT(decimal),
        .standard = "point",
        .choices = decimal_choices,
        .help = "decimal separator of numbers: 1.5 or 1,5"},
    {.key = "comment",
        .type = FIELD_TEXT,
        .offset = AT(comment),
        .help = "ignore lines that begin with this character; default: '#', before the table only"},
    {.key = "skip",
        .type = FIELD_INT,
        .offset = AT(skip),
        .standard = "0",
        .min = 0,
        .max = 1e9,
        .unit = "lines",
        .help = "lines to ignore before the header or the first row"},
    {.key = "type",
        .type = FIELD_CHOICE,
        .offset = AT(type),
        .standard = "stored",
        .choices = type_choices,
        .help = "element type of the result; stored: that of the source, f8 for CSV"},
    {.key = "transpose",
        .type = FIELD_BOOL,
        .offset = AT(transpose),
        .standard = "false",
        .help = "use the last dimension of an array for the rows and reverse the others, as MATLAB's v7.3 "
                "files need"},
    {.key = "channels",
        .type = FIELD_CHOICE,
        .offset = AT(channels),
        .standard = "auto",
        .choices = channels_choices,
        .help = "position of the channels in arrays of pictures: first (N, C, H, W) or last (N, H, W, C); "
                "auto: last, with a warning if the shape looks like the other"},
    {.key = "size",
        .type = FIELD_TEXT,
        .offset = AT(size),
        .help = "resize pictures to HEIGHTxWIDTH, such as 28x28; default: their own size, which must be "
                "the same for all"},
    {.key = "grayscale",
        .type = FIELD_BOOL,
        .offset = AT(grayscale),
        .standard = "false",
        .help = "give pictures one channel, their luminance; without it color pictures have three"},
    {.key = "color",
        .type = FIELD_BOOL,
        .offset = AT(color),
        .standard = "false",
        .help = "give pictures three channels, which are equal in gray ones; without it gray pictures have "
                "one"},
    {.key = "skip-bad",
        .type = FIELD_BOOL,
        .offset = AT(skip_bad),
        .standard = "false",
        .help = "omit and list pictures that cannot be read; without it they end the import"},
    {0},
};

// The new file beside the old one, until both splits and rows are in it.
static int write_all(struct dataset_target *t, struct import_pair *pair, const struct import_options *o,
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

int import_run(const struct import_options *o, struct import_summary *s, struct err *e)
{
    *s = (struct import_summary){0};
    if (o->n_sources < 1 || o->n_sources > 2)
        return err_add(e, ERR_USAGE, "found %d SRC, allowed: 1, or 2 (data and labels)", o->n_sources);
    struct dataset_target target = {0};
    struct import_pair pair = {0};
    // both, so that mistakes in both are seen
    int bad = dataset_target_parse(&target, o->output, e) != 0 || dataset_target_check(&target, o->force, e) != 0;
    bad |= import_pair_open(&pair, o, e) != 0;
    const char *inputs[] = {pair.x ? pair.x->path : NULL, pair.label ? pair.label->path : NULL};
    bad |= target.path && store_check_output(target.path, inputs, 2, e) != 0;
    int status = bad ? -1 : write_all(&target, &pair, o, s, e);
    s->note = pair.x && pair.x->note ? mem_text(pair.x->note) : NULL;
    if (status != 0)
        import_summary_free(s);
    import_pair_free(&pair);
    dataset_target_free(&target);
    return status;
}

void import_summary_free(struct import_summary *s)
{
    list_free(s->label_names, s->n_label_names);
    free(s->label_name);
    free(s->counts);
    free(s->note);
    text_free(&s->warnings);
    *s = (struct import_summary){0};
}
