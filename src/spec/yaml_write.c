// A tree to canonical YAML: the same tree always gives the same text, and the text gives the same tree.
//
// Blocks indented by two; a list of nothing but scalars stands on one line; quotes, always double, only where the plain
// text would be read as something else.
#include "spec/spec_impl.h"

#include "base/hash.h"
#include <ctype.h>
#include <string.h>

// Whether the plain text is read back as itself, in blocks and in flow, by any YAML reader.
static bool is_plain(const char *text)
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

// One character of UTF-8: its code, and its length in bytes (a byte that is none has length 1 and its value as code).
static unsigned decode(const char *text, int *length)
{
    const unsigned char *p = (const unsigned char *)text;
    int n = *p < 0x80 ? 1 : *p >= 0xf0 && *p < 0xf8 ? 4 : *p >= 0xe0 && *p < 0xf0 ? 3 : *p >= 0xc0 && *p < 0xe0 ? 2 : 1;
    unsigned code = n == 1 ? *p : *p & (0x7fu >> n);
    *length = 1;
    for (int i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return *p;
        code = code << 6 | (p[i] & 0x3f);
    }
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return *p;
    *length = n;
    return code;
}

// Whether a YAML reader takes a character as it is, and not as a break of the line.
static bool is_printable(unsigned code, int length)
{
    if (code < 0x80)
        return code >= 0x20 && code < 0x7f;
    return length > 1 && code >= 0xa0 && code != 0x2028 && code != 0x2029 && code != 0xfeff && code != 0xfffe &&
           code != 0xffff;
}

static void add_quoted(const char *text, struct text *t)
{
    text_add(t, "\"");
    for (int n; *text; text += n) {
        unsigned code = decode(text, &n);
        if (code == '"' || code == '\\')
            text_add(t, "\\%c", (char)code);
        else if (code == '\n')
            text_add(t, "\\n");
        else if (is_printable(code, n))
            text_add(t, "%.*s", n, text);
        else
            text_add(t, code < 0x100 ? "\\x%02X" : code < 0x10000 ? "\\u%04X" : "\\U%08X", code);
    }
    text_add(t, "\"");
}

static void add_text(const char *text, struct text *t)
{
    if (is_plain(text))
        text_add(t, "%s", text);
    else
        add_quoted(text, t);
}

void node_emit_flow(const struct node *n, struct text *t)
{
    if (n->kind == NODE_NULL) {
        text_add(t, "null");
        return;
    }
    if (n->kind == NODE_SCALAR) {
        add_text(n->text, t);
        return;
    }
    text_add(t, n->kind == NODE_LIST ? "[" : "{");
    for (int i = 0; i < n->n; i++) {
        text_add(t, "%s", i ? ", " : "");
        if (n->items[i]->key) {
            add_text(n->items[i]->key, t);
            text_add(t, ": ");
        }
        node_emit_flow(n->items[i], t);
    }
    text_add(t, n->kind == NODE_LIST ? "]" : "}");
}

static bool is_one_line(const struct node *n)
{
    bool is_flat = n->kind != NODE_MAP || n->n == 0;
    for (int i = 0; i < n->n && is_flat; i++)
        is_flat = n->items[i]->kind == NODE_NULL || n->items[i]->kind == NODE_SCALAR;
    return is_flat;
}

// A list or map over several lines, of which the first is begun already.
static void add_block(const struct node *n, int indent, struct text *t)
{
    for (int i = 0; i < n->n; i++) {
        const struct node *item = n->items[i];
        text_add(t, "%*s", i ? indent : 0, "");
        if (n->kind == NODE_LIST) {
            text_add(t, "- ");
        } else {
            add_text(item->key, t);
            text_add(t, is_one_line(item) ? ": " : ":\n%*s", indent + 2, "");
        }
        if (is_one_line(item)) {
            node_emit_flow(item, t);
            text_add(t, "\n");
        } else {
            add_block(item, indent + 2, t);
        }
    }
}

void node_emit(const struct node *n, struct text *t)
{
    if (is_one_line(n)) {
        node_emit_flow(n, t);
        text_add(t, "\n");
    } else {
        add_block(n, 0, t);
    }
}

char *spec_identity(char out[33], const struct node *n)
{
    struct text t = {0};
    node_emit(n, &t);
    hash_identity(out, t.data, t.length);
    text_free(&t);
    return out;
}
