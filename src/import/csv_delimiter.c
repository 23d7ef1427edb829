// The delimiters of CSV files, and how --delimiter names them.
#include "import/csv_delimiter.h"

#include "base/err.h"
#include <string.h>

const struct csv_delimiter csv_delimiters[CSV_DELIMITERS] = {
    {'\t', false}, {';', false}, {'|', false}, {',', false}, {' ', true}};

int csv_delimiter_read(struct csv_delimiter *d, const char *text, bool has_decimal_comma, struct err *e)
{
    bool is_space = strcmp(text, "space") == 0 || strcmp(text, " ") == 0;
    bool is_tab = strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0;

    if (!is_space && !is_tab && (strlen(text) != 1 || strchr("\"\r\n0123456789.+-", text[0])))
        return err_add(e, ERR_USAGE,
            "--delimiter: found '%s', allowed: one character that is no part of numbers, 'tab' or "
            "'space' (runs of blanks)",
            text);
    if (has_decimal_comma && text[0] == ',')
        return err_add(e, ERR_USAGE, "--delimiter: found ',' with --decimal comma, allowed: another character");

    d->character = is_tab ? '\t' : text[0];
    d->character = is_space ? ' ' : d->character;
    d->is_run = is_space;
    return 0;
}
