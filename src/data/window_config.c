// Reads the setting `data.window`, and holds its table of fields.
#include "data/window_config.h"

#include "base/duration.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const label_choices[] = {"any", "last", "center", NULL};

// The settings as they are in the YAML.
struct window_section {
    char *length, *max_gap; // owned
    int64_t step;
    int label;
};

const struct field data_window_fields[] = {
    FIELD_ROW(window_section, length, "length", FIELD_TEXT,
        "time steps per window; auto: the lag, from 3 to 300, of the highest peak of the autocorrelation of train (its "
        "first 20000 steps without a gap, mean over the columns), or 125 if there is none",
        .flags = FIELD_REQUIRED),
    FIELD_ROW(window_section, step, "step", FIELD_INT, "from the start of a window to the start of the next",
        .default_text = "1", .min = 1, .max = 1e9, .unit = "time steps"),
    FIELD_ROW(window_section, max_gap, "max_gap", FIELD_TEXT,
        "a longer time between two steps, such as 5s, 1.5min or 2h, is a gap, which no window crosses; default: only a "
        "time that goes backwards or is missing is a gap"),
    FIELD_ROW(window_section, label, "label", FIELD_CHOICE,
        "the label of a window: any: it is an anomaly if any of its steps is; last, center: that of this step",
        .default_text = "any", .choices = label_choices),
    {0},
};

static int read_length(const struct node *at, const char *text, struct window_config *c, struct err *e)
{
    enum { MOST = 1 << 24 };

    if (strcmp(text, "auto") == 0) {
        c->length = WINDOW_AUTO;
        return 0;
    }
    if (text_to_int64(text, &c->length) != 0 || c->length < 1 || c->length > MOST)
        return node_error(at, e, "found '%s', allowed: auto, or time steps in [1, %d]", text, MOST);
    return 0;
}

static int read_max_gap(const struct node *at, const char *text, struct window_config *c, struct err *e)
{
    const double second = 1e6, most = 9e12; // microseconds per second; most seconds that int64 can hold in microseconds
    double seconds;

    c->max_gap = WINDOW_ANY_GAP;
    if (!text)
        return 0;
    if (duration_to_seconds(text, &seconds) != 0 || seconds > most)
        return node_error(at, e, "found '%s', allowed: " DURATION_ALLOWED, text);
    c->max_gap = llround(seconds * second);
    return 0;
}

int window_config_read(const struct node *section, struct window_config *c, struct err *e)
{
    struct window_section s = {0};
    char found[80];

    *c = (struct window_config){0};
    if (!section)
        return 0;
    if (section->kind != NODE_MAP)
        return node_error(section, e, "found %s, allowed: {length, step, max_gap, label}; hint: {length: auto}",
            node_found(found, section));

    int result = spec_read(section, data_window_fields, &s, e);
    c->step = s.step;
    c->label = s.label;
    if (s.length)
        result |= read_length(node_get(section, "length"), s.length, c, e);
    result |= read_max_gap(node_get(section, "max_gap"), s.max_gap, c, e);
    field_free(data_window_fields, &s);
    return result ? -1 : 0;
}

struct node *window_config_write(const struct window_config *c)
{
    char number[32];
    struct window_section s = {.step = c->step, .label = c->label};

    ASSERT(c->length != 0, "no windows to write");
    s.length = c->length == WINDOW_AUTO ? mem_text("auto") : mem_format("%lld", (long long)c->length);
    if (c->max_gap != WINDOW_ANY_GAP)
        s.max_gap = mem_format("%ss", text_number(number, (double)c->max_gap / 1e6));
    struct node *map = spec_write(data_window_fields, &s, 0);
    field_free(data_window_fields, &s);
    return map;
}
