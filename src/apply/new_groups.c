// Finds the group of each new row, for scaling by group: a column gives it, or each file is a group. Rows of unknown
// groups are scaled with the statistics of all training rows, as in data sets, and reported.
#include "apply/new_rows.h"
#include "apply/new_rows_impl.h"
#include "base/err.h"
#include "base/text.h"
#include <stdio.h>
#include <string.h>

enum { NO_FILE_GROUP = -1 };

void new_groups_enter(struct new_rows *r)
{
    const struct scaling *scaling = r->request->groups;

    for (int i = 0; i < scaling->n_groups; i++)
        csv_dictionary_add(&r->state->groups, scaling->group_name[i], strlen(scaling->group_name[i]));
    ASSERT(r->state->groups.n == scaling->n_groups, "%d of %d groups", r->state->groups.n, scaling->n_groups);
}

int new_groups_open(struct new_rows *r, struct err *e)
{
    struct new_rows_state *s = r->state;
    const char *column = r->request->columns->group_name, *path = r->request->names[r->file];
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

    s->file_group = NO_FILE_GROUP;
    if (!s->groups.n || (s->is_csv && csv_match_has_groups(&s->match)))
        return 0;
    if (column && strcmp(column, "file") == 0) {
        s->file_group = csv_dictionary_find(&s->groups, name, strlen(name));
        return 0;
    }
    return err_add(e, ERR_DATA,
        "%s: the model scales by group (data.scale.by), and this file has no column '%s' of groups; hint: --group COLUMN "
        "names another one in a CSV file",
        new_rows_title(r), column ? column : "group");
}

int new_groups_of_row(const struct new_rows *r, struct rows_part *part, int64_t i)
{
    const struct new_rows_state *s = r->state;
    const struct row_text *text = r->group ? &r->group[i] : NULL;
    int group = s->file_group;

    if (!s->groups.n)
        return -1;
    if (text && text->text)
        group = csv_dictionary_find(&s->groups, text->text, text->n);
    if (group < 0 && part->strangers++ == 0)
        part->stranger_row = i;
    return group;
}

void new_groups_count(struct new_rows *r, const struct rows_part *part)
{
    struct new_rows_state *s = r->state;
    const struct row_text *text = r->group ? &r->group[part->stranger_row] : NULL;
    char quote[QUOTE_ROOM] = "";

    if (part->strangers && !s->strangers) {
        if (text && text->text)
            text_quote(quote, text->text, text->n);
        snprintf(s->first_stranger, sizeof s->first_stranger, "%.120s: row %lld: group '%.80s'", new_rows_title(r),
            (long long)(r->first + part->stranger_row), *quote ? quote : new_rows_title(r));
    }
    s->strangers += part->strangers;
}

void new_groups_warn(struct new_rows *r)
{
    struct new_rows_state *s = r->state;

    if (s->strangers)
        text_add(&r->warnings,
            "%s is not in the training data; %lld row%s of such groups %s scaled by the statistics of all training rows\n",
            s->first_stranger, (long long)s->strangers, text_plural(s->strangers), s->strangers == 1 ? "is" : "are");
    s->strangers = 0;
}
