// Reads scores as text. CSV and JSON lines have the same columns, so a line of either format becomes a struct
// scores_line.
#include "apply/csv_stream.h"
#include "base/err.h"
#include "base/input.h"
#include "base/mem.h"
#include "base/text.h"
#include "report/scores_list_impl.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORDS = 4096 };

// The columns that are read.
enum scores_column {
    IN_FILE,
    IN_ID,
    IN_TIME,
    IN_ROW,
    IN_ERROR,
    IN_THRESHOLD,
    IN_ANOMALOUS,
    IN_FEATURE,
    IN_SHARE = IN_FEATURE + SCORES_TOP,
    IN_COLUMNS = IN_SHARE + SCORES_TOP
};
static const char *const column_names[IN_COLUMNS] = {"file", "id", "time", "row", "error", "threshold", "anomalous",
    "feature_1", "feature_2", "feature_3", "share_1", "share_2", "share_3"};

// The strings of one line, one for each column, borrowed. NULL or "": the line has no such value.
struct scores_line {
    const char *path;
    int line;
    char *value[IN_COLUMNS];
};

static int find_scores_column(const char *name)
{
    for (int i = 0; i < IN_COLUMNS; i++)
        if (strcmp(column_names[i], name) == 0)
            return i;
    return -1;
}

// Reads the number in a column; NaN if it is empty. Returns -1 and an error if the column holds something else.
static int read_line_number(const struct scores_line *l, int column, double *value, struct err *e)
{
    const char *text = l->value[column];
    char *end, found[QUOTE_ROOM];

    *value = NAN;
    if (!text || !*text)
        return 0;
    *value = strtod(text, &end); // 1e999 and inf become infinite
    if (*end == 0)
        return 0;
    return err_at(e, ERR_DATA, l->path, l->line, 0, "%s: found '%s', allowed: a number", column_names[column],
        text_quote(found, text, strlen(text)));
}

// Reads whether a row is anomalous: 1 or 0 in CSV, true or false in JSON. If this is empty, the error and the threshold
// decide. Returns -1 and an error if the column holds something else.
static int read_line_verdict(
    const struct scores_line *l, const struct scores_list *list, struct scored_row *r, struct err *e)
{
    const char *text = l->value[IN_ANOMALOUS];
    char found[QUOTE_ROOM];

    r->is_anomalous = scores_list_is_above(list, r->error);
    if (!text || !*text)
        return 0;
    r->is_anomalous = strcmp(text, "1") == 0 || strcmp(text, "true") == 0;
    if (r->is_anomalous || strcmp(text, "0") == 0 || strcmp(text, "false") == 0)
        return 0;
    return err_at(e, ERR_DATA, l->path, l->line, 0, "anomalous: found '%s', allowed: 1 or 0, true or false, or nothing",
        text_quote(found, text, strlen(text)));
}

static char *copy_value(const char *text)
{
    return text && *text ? mem_text(text) : NULL;
}

static int take_scores_line(struct scores_list *list, const struct scores_line *l, struct err *e)
{
    struct scored_row r = {.place = list->rows};
    double row, threshold;

    if (read_line_number(l, IN_ROW, &row, e) != 0 || read_line_number(l, IN_ERROR, &r.error, e) != 0 ||
        read_line_number(l, IN_THRESHOLD, &threshold, e) != 0)
        return -1;
    for (int k = 0; k < SCORES_TOP; k++)
        if (read_line_number(l, IN_SHARE + k, &r.share[k], e) != 0)
            return -1;
    if (list->rows == 0)
        list->threshold = threshold;
    if (read_line_verdict(l, list, &r, e) != 0)
        return -1;
    if (!scores_list_wants(list, &r))
        return 0;

    r.row = isfinite(row) ? (int64_t)row : r.place;
    r.file = copy_value(l->value[IN_FILE]);
    r.id = copy_value(l->value[IN_ID]);
    r.time = copy_value(l->value[IN_TIME]);
    for (int k = 0; k < SCORES_TOP; k++)
        r.feature[k] = copy_value(l->value[IN_FEATURE + k]);
    scores_list_add(list, &r);
    return 0;
}

static int refuse_columns(const char *path, struct err *e)
{
    return err_add(e, ERR_DATA,
        "%s: found no scores with columns row and error, allowed: a file that hourglass score wrote; hint: hourglass "
        "score MODEL %s -o scores.csv",
        path, path);
}

// --- CSV

// Finds the columns by the fields of the header: use[] is the column of each field, or -1.
static int read_scores_header(struct csv_stream *s, const char *path, int *use, int *n, struct err *e)
{
    const struct csv_delimiter comma = csv_delimiters[CSV_COMMA];
    struct csv_span span;
    char *at = s->buffer + s->record[0].begin, *end = s->buffer + s->record[0].end;
    int found = 0;

    for (*n = 0; at && *n < 4 * IN_COLUMNS; ++*n) {
        if (!csv_cut_field(&comma, &at, end, &span))
            return refuse_columns(path, e);
        use[*n] = find_scores_column(span.text);
        found += use[*n] == IN_ROW || use[*n] == IN_ERROR;
    }
    return found == 2 && !at ? 0 : refuse_columns(path, e);
}

static int read_scores_record(
    struct scores_list *l, struct csv_stream *s, int64_t i, const int *use, struct scores_line *line, struct err *e)
{
    const struct csv_delimiter comma = csv_delimiters[CSV_COMMA];
    struct csv_span span;
    char *at = s->buffer + s->record[i].begin, *end = s->buffer + s->record[i].end;
    int field = 0;

    for (; at; field++) {
        if (!csv_cut_field(&comma, &at, end, &span) || use[field] == IN_COLUMNS)
            return err_at(e, ERR_DATA, line->path, csv_stream_line(s, i), 0,
                "found another number of fields or a wrong quote, allowed: as in the first line");
        if (use[field] >= 0)
            line->value[use[field]] = span.text;
    }
    line->line = csv_stream_line(s, i);
    if (use[field] != IN_COLUMNS)
        return err_at(e, ERR_DATA, line->path, line->line, 0, "found %d fields, allowed: as in the first line", field);
    return take_scores_line(l, line, e);
}

int scores_list_read_csv(struct scores_list *l, const char *path, struct err *e)
{
    struct csv_stream s;
    struct scores_line line = {.path = path};
    int use[4 * IN_COLUMNS + 1], fields = 0;
    int64_t n = -1;

    int rc = csv_stream_open(&s, path, RECORDS, e);
    if (rc == 0)
        n = csv_stream_next(&s, RECORDS, e);
    if (n == 0)
        rc = refuse_columns(path, e);
    if (n > 0)
        rc = read_scores_header(&s, path, use, &fields, e);
    use[fields] = IN_COLUMNS; // marks the end of the fields

    for (int64_t i = 1; n > 0 && rc == 0; i = 0, n = csv_stream_next(&s, RECORDS, e))
        for (; i < n && rc == 0; i++)
            rc = read_scores_record(l, &s, i, use, &line, e);
    csv_stream_free(&s);
    return n < 0 ? -1 : rc;
}

// --- JSON lines

// Appends a character, given by its code, to UTF-8 text.
static char *put_utf8(char *out, unsigned code)
{
    if (code < 0x80)
        *out++ = (char)code;
    else if (code < 0x800) {
        *out++ = (char)(0xc0 | code >> 6);
        *out++ = (char)(0x80 | (code & 0x3f));
    } else {
        *out++ = (char)(0xe0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 0x3f));
        *out++ = (char)(0x80 | (code & 0x3f));
    }
    return out;
}

// Reads in place the string after the quote at `at`. Returns a pointer past its end, or NULL if it is malformed.
static char *read_json_string(char *at, char **value)
{
    static const char escapes[] = "nrtbf", meanings[] = "\n\r\t\b\f";
    char *out = *value = ++at;

    for (; *at && *at != '"'; at++) {
        if (*at != '\\') {
            *out++ = *at;
            continue;
        }
        const char *escape = strchr(escapes, *++at);
        unsigned code;
        if (*at == 0)
            return NULL;
        if (*at == 'u') {
            if (sscanf(at + 1, "%4x", &code) != 1)
                return NULL;
            out = put_utf8(out, code);
            at += 4;
        } else {
            *out++ = escape ? meanings[escape - escapes] : *at;
        }
    }
    if (!*at)
        return NULL;
    *out = 0;
    return at + 1;
}

static char *skip_json_blanks(char *at)
{
    return at + strspn(at, " \t\r\n");
}

// Reads "KEY": VALUE at `at`, where VALUE is a string or a plain word. Returns a pointer past its end, or NULL if it is
// malformed.
static char *read_json_pair(char *at, char **key, char **value)
{
    if (*at != '"' || !(at = read_json_string(at, key)))
        return NULL;
    at = skip_json_blanks(at);
    if (*at != ':')
        return NULL;
    at = skip_json_blanks(at + 1);
    if (*at == '"')
        return read_json_string(at, value);
    *value = at;
    at += strcspn(at, ",} \t\r\n");
    return at > *value ? at : NULL;
}

// Reads in place an object without nested ones. Returns false if the line is not such an object.
static bool read_json_object(char *at, struct scores_line *line)
{
    char end = ',', *key, *value;

    at = skip_json_blanks(at);
    if (*at != '{')
        return false;
    while (end == ',') {
        char *stop = read_json_pair(skip_json_blanks(at + 1), &key, &value);
        if (!stop)
            return false;
        bool is_word = stop[-1] != 0 && stop[-1] != '"';
        at = skip_json_blanks(stop);
        end = *at;
        *stop = 0;
        int column = find_scores_column(key);
        if (column >= 0)
            line->value[column] = is_word && strcmp(value, "null") == 0 ? NULL : value;
    }
    return end == '}';
}

int scores_list_read_json(struct scores_list *l, const char *path, struct err *e)
{
    const char *why = "";
    FILE *in = input_stream(path, &why);
    char *text = NULL;
    size_t room = 0;
    int rc = in ? 0 : err_add(e, ERR_DATA, "%s: cannot be read: %s", path, why);

    for (int line = 1; rc == 0 && getline(&text, &room, in) > 0; line++) {
        struct scores_line values = {.path = path, .line = line};
        if (*skip_json_blanks(text) == 0)
            continue;
        if (!read_json_object(text, &values) || !values.value[IN_ROW])
            rc = err_at(e, ERR_DATA, path, line, 0,
                "found something else than scores, allowed: an object as hourglass score writes it");
        else
            rc = take_scores_line(l, &values, e);
    }
    if (in && rc == 0 && ferror(in))
        rc = err_errno(e, "%s: cannot read", path);
    if (rc == 0 && l->rows == 0)
        rc = refuse_columns(path, e);

    free(text);
    if (in)
        fclose(in);
    return rc;
}
