// Writes a tree as canonical YAML: equal trees give the same text, and reading the text gives an equal tree.
//
// Identities of trials are hashes of this text, so its form must never change:
// - maps are blocks, indented by two;
// - a list of nothing but scalars is on one line, in brackets;
// - a string is in double quotes only if a YAML reader would read it as something else without quotes;
// - in quotes, what cannot be printed is an escape of two, four or eight hexadecimal digits.
#include "spec/spec_impl.h"

#include <ctype.h>
#include <string.h>

// Returns true if a string without quotes is read back as itself, in blocks and in flow, by any YAML reader.
static bool is_plain_scalar(const char *text)
{
    const char *p = text;

    if (strcmp(text, "null") == 0)
        return false;
    if (!isalnum((unsigned char)*p) && !strchr("_/", *p) && !(strchr("+-.", *p) && isalnum((unsigned char)p[1])))
        return false;

    for (; *p; p++) {
        bool is_last = !p[1];
        if ((*p == ' ' && is_last) || (*p == ':' && !isalnum((unsigned char)p[1]) && p[1] != '/'))
            return false;
        if (!isalnum((unsigned char)*p) && !strchr(" :_./+-*()%<>=!^;$", *p))
            return false;
    }

    return *text != 0;
}

// Returns the length in bytes of the UTF-8 character that begins with `first`, or 1 if no character
// begins so.
static int length_by_first_byte(unsigned char first)
{
    if (first >= 0xf8 || first < 0xc0)
        return 1;
    if (first >= 0xf0)
        return 4;
    return first >= 0xe0 ? 3 : 2;
}

// Returns the code of the UTF-8 character at `text`, and its length in bytes. A byte that belongs to no character has
// length 1 and its value as code.
static unsigned decode_character(const char *text, int *length)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000}; // by length: a smaller code has a shorter form
    const unsigned char *p = (const unsigned char *)text;
    int n = length_by_first_byte(*p);
    unsigned code = n == 1 ? *p : *p & (0x7fu >> n);

    *length = 1;
    for (int i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return *p;
        code = code << 6 | (p[i] & 0x3f);
    }

    ASSERT(n >= 1 && n <= 4, "%d", n);
    if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return *p;

    *length = n;
    return code;
}

// Returns true if YAML readers accept a character without an escape, and do not take it as a line break.
static bool is_printable(unsigned code, int length)
{
    if (code < 0x80)
        return code >= 0x20 && code < 0x7f;
    return length > 1 && code >= 0xa0 && code != 0x2028 && code != 0x2029 && code != 0xfeff && code != 0xfffe &&
           code != 0xffff;
}

static void emit_text(const char *text, struct text *t)
{
    text_add_bytes(t, text, strlen(text));
}

static void emit_spaces(int n, struct text *t)
{
    for (; n > 0; n--)
        text_add_bytes(t, " ", 1);
}

static void emit_escape(unsigned code, struct text *t)
{
    if (code < 0x100)
        text_add(t, "\\x%02X", code);
    else if (code < 0x10000)
        text_add(t, "\\u%04X", code);
    else
        text_add(t, "\\U%08X", code);
}

static void emit_quoted(const char *text, struct text *t)
{
    emit_text("\"", t);
    for (int n; *text; text += n) {
        unsigned code = decode_character(text, &n);
        if (code == '"' || code == '\\')
            text_add(t, "\\%c", (char)code);
        else if (code == '\n')
            emit_text("\\n", t);
        else if (is_printable(code, n))
            text_add_bytes(t, text, (size_t)n);
        else
            emit_escape(code, t);
    }
    emit_text("\"", t);
}

static void emit_scalar(const char *text, struct text *t)
{
    ASSERT(text);
    if (is_plain_scalar(text))
        emit_text(text, t);
    else
        emit_quoted(text, t);
}

void node_emit_flow(const struct node *n, struct text *t)
{
    if (n->kind == NODE_NULL) {
        emit_text("null", t);
        return;
    }
    if (n->kind == NODE_SCALAR) {
        emit_scalar(n->text, t);
        return;
    }

    emit_text(n->kind == NODE_LIST ? "[" : "{", t);
    for (int i = 0; i < n->n; i++) {
        emit_text(i ? ", " : "", t);
        if (n->items[i]->key) {
            emit_scalar(n->items[i]->key, t);
            emit_text(": ", t);
        }
        node_emit_flow(n->items[i], t);
    }
    emit_text(n->kind == NODE_LIST ? "]" : "}", t);
}

static bool is_on_one_line(const struct node *n)
{
    bool is_flat = n->kind != NODE_MAP || n->n == 0;
    for (int i = 0; i < n->n && is_flat; i++)
        is_flat = n->items[i]->kind == NODE_NULL || n->items[i]->kind == NODE_SCALAR;
    return is_flat;
}

// Appends a list or map on several lines; the caller has already indented the first one.
static void emit_block(const struct node *n, int indent, struct text *t)
{
    for (int i = 0; i < n->n; i++) {
        const struct node *item = n->items[i];
        bool is_short = is_on_one_line(item);

        emit_spaces(i ? indent : 0, t);
        if (n->kind == NODE_LIST) {
            emit_text("- ", t);
        } else {
            emit_scalar(item->key, t);
            emit_text(is_short ? ": " : ":\n", t);
            emit_spaces(is_short ? 0 : indent + 2, t);
        }

        if (is_short) {
            node_emit_flow(item, t);
            emit_text("\n", t);
        } else {
            emit_block(item, indent + 2, t);
        }
    }
}

void node_emit(const struct node *n, struct text *t)
{
    if (is_on_one_line(n)) {
        node_emit_flow(n, t);
        emit_text("\n", t);
    } else {
        emit_block(n, 0, t);
    }
}
