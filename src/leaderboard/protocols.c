// Finds out whether rows of a leaderboard can be compared.
#include "leaderboard/protocols.h"

#include "base/log.h"
#include "base/text.h"
#include <string.h>

void protocols_note(struct seen_protocols *s, const struct leaderboard_row *row)
{
    enum { MOST = sizeof s->name / sizeof *s->name };
    const char *protocol = row->protocol ? row->protocol : "";

    if (row_is_ensemble(row))
        return;
    for (int i = 0; i < s->n; i++)
        if (strcmp(s->name[i], protocol) == 0)
            return;
    if (s->n < MOST)
        s->name[s->n++] = protocol;
}

bool protocols_warn(const struct seen_protocols *s, const char *where)
{
    struct text names = {0};

    if (s->n < 2)
        return false;
    for (int i = 0; i < s->n; i++) {
        const char *name = *s->name[i] ? s->name[i] : "other splits";
        text_add(&names, "%s%s", i ? ", " : "", name);
    }

    log_warning(
        "%s: its trials have different protocols of data.split (%s), allowed in a comparison: one; their test rows "
        "differ in difficulty, so do not compare these results; hint: top --where 'protocol = NAME'",
        where, names.data);
    text_free(&names);
    return true;
}

bool protocols_warn_rows(const struct leaderboard_row *rows, int n, const char *where)
{
    struct seen_protocols seen = {0};

    for (int i = 0; i < n; i++)
        protocols_note(&seen, &rows[i]);
    return protocols_warn(&seen, where);
}
