// Mutated specs are read, set, expanded, written and read again: nothing may crash, hang or change on the way.
// links: spec base
//
// fuzz_spec [COUNT [FIRST]]: mutations FIRST .. FIRST + COUNT - 1, each a function of its number alone.
#include "base/mem.h"
#include "base/random.h"
#include "spec/spec.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const seeds[] = {
    "name: mnist\n"
    "about: \"One of ${many}\"\n"
    "variables:\n"
    "  many: 4\n"
    "  wide: [1, \"${many}\"]\n"
    "data:\n"
    "  train: mnist.h5:train\n"
    "  test:\n"
    "    - mnist.h5:test\n"
    "    - {from: x.h5:test, rows: [0], anomaly: true}\n"
    "model:\n"
    "  encoder:\n"
    "    - {dense: \"${code}\", activation: relu}\n"
    "  decoder: ${wide}\n"
    "train: {loss: mse, epochs: 30}\n"
    "sweep:\n"
    "  method: grid\n"
    "  over:\n"
    "    code: [16, 32]\n"
    "    train.seed: [1, 2, 3]\n",
    "model: deep\n"
    "models:\n"
    "  shallow: &s {encoder: [{dense: 2}]}\n"
    "  deep: {encoder: [{dense: 4}, {dense: \"${n}\"}], also: *s}\n"
    "variables: {n: 1e-3}\n"
    "sweep: {over: {model: [shallow, deep], \"model.encoder[0].dense\": [1, ~, '']}}\n",
    "a: &a [x, &b {y: *a}]\n"
    "c: !t |\n"
    "  two\n"
    "  lines\n"
    "d: >-\n"
    "  folded\n"
    "  text\n"
    "e: \"\\u2028\\x01\\n\"\n"
    "? f\n"
    ": g\n"
    "---\n"
    "h: {}\n",
    "a: &a [x, &b {y: 1}]\n"
    "c: |\n"
    "  two\n"
    "  lines\n"
    "d: [*b, *a]\n"
    "e: >-\n"
    "  folded\n"
    "  text\n"
    "f: 'it''s'\n"
    "\"g h\": ~\n"
    "i: ['null', '~', '', '? a', '- a', 'a: b', ' a', 'a #b', \"a\\nb\", '[', '...', '!a', \"\\x85\"]\n",
    "model: {code: \"${code * 4}\", hidden: [\"${features // 2 - 1}\", \"${max(w, length, 3.5 / (n + 1))}\"]}\n"
    "variables: {w: \"${features % 7}\", n: -9223372036854775807, code: \"${-(n // -2)}\"}\n",
    "a: 1\nb: 1\nc: 1\nd: 1\ntrain: {}\n"
    "sweep:\n"
    "  method: random\n"
    "  trials: 4\n"
    "  over: {a: [1, 2, 3], b: {integer: [1, 9]}, train.seed: [1, 2]}\n"
    "  zip: [{c: [x, y], d: [u, v]}, {e: 1, f: [2, 3]}]\n"
    "  only_if: {b: {a: [1, 2]}, c: {b: {integer: [2, 4]}}}\n"
    "  exclude: [{a: 1, b: 2}, {d: u}]\n"
    "  start: [{a: 1, b: 3}, {c: y}]\n"
    "e: ${e}\nf: ${f}\n",
    "a: ${x}\n"
    "variables:\n"
    "  x: [\"${y}\", \"${y}\"]\n"
    "  y: [\"${z}\", \"${z}\"]\n"
    "  z: {k: \"<${w}>\"}\n"
    "  w: \"\\U0001F600\"\n",
};
static const char *const pieces[] = {"${", "}", "${code}", "${x}", "*a", "&a ", ": ", "\n", "\n  ", "- ", "[", "]", "{",
    "}", ",", "\"", "'", " - ", "//", "* 9", "(", ")", "min(", "features", "9223372036854775807", " / 0", "1e308", "\\",
    "|", ">", "#", "~", "null", "!!str ", "<<", "?", "%", "@", "`", "\t", "\r", "\xff", "\xc2\x85", "\xef\xbb\xbf",
    "sweep:", "over:", "models:", "variables:", "model:", ".", "[0]", "\\x00", "---\n", "...\n"};
static const char *const settings[] = {"train.seed=5", "code=[1, 2]", "many=3", "model=shallow", "sweep.over.a=[1]",
    "a[0]=x", "new.map.key={a: b}", "variables.x=${y}", "a=[", "sweep=~", "sweep.zip={a: [1, 2], b: [3, 4]}",
    "sweep.exclude={a: 1}", "sweep.only_if={a: {b: 1}}", "sweep.start=[{a: 1}]", "c=[1, 2]"};

enum {
    MAX_LENGTH = 4096,
    COUNT_SEEDS = sizeof seeds / sizeof *seeds,
    COUNT_PIECES = sizeof pieces / sizeof *pieces,
    COUNT_SETTINGS = sizeof settings / sizeof *settings
};

// Text that is changed in place.
struct sample {
    char data[MAX_LENGTH + 64];
    size_t length;
};

// In place of `cut` bytes at `at`: n bytes.
static void splice(struct sample *s, size_t at, size_t cut, const char *bytes, size_t n)
{
    if (cut > s->length - at)
        cut = s->length - at;
    if (s->length - cut + n > MAX_LENGTH)
        return;
    memmove(s->data + at + n, s->data + at + cut, s->length - at - cut);
    memcpy(s->data + at, bytes, n);
    s->length += n - cut;
}

// The word, or the blank between words, around a place: its begin; and its length in *n.
static size_t word_at(const struct sample *s, size_t at, size_t *n)
{
    size_t begin = at, end = at;
    bool is_word = at < s->length && isalnum((unsigned char)s->data[at]);
    while (begin > 0 && (isalnum((unsigned char)s->data[begin - 1]) != 0) == is_word)
        begin--;
    while (end < s->length && (isalnum((unsigned char)s->data[end]) != 0) == is_word)
        end++;
    *n = end - begin;
    return begin;
}

// In place of a word, or before it, a copy of another.
static void copy_word(struct sample *s, size_t at, size_t from, bool replace)
{
    char copy[32];
    size_t n, cut;
    from = word_at(s, from, &n);
    at = word_at(s, at, &cut);
    n = n < sizeof copy ? n : sizeof copy;
    memcpy(copy, s->data + from, n);
    splice(s, at, replace ? cut : 0, copy, n);
}

static void mutate(struct sample *s, const struct random_block *r)
{
    size_t at = r->v[1] % (s->length + 1), from = r->v[3] % (s->length + 1);
    const char *piece = pieces[r->v[2] % COUNT_PIECES], byte = (char)r->v[2];
    switch (r->v[0] % 8) {
    case 0:
        splice(s, at, 1, &byte, 1);
        break;
    case 1:
        splice(s, at, r->v[2] % 24, "", 0);
        break;
    case 2:
    case 3:
        splice(s, at, r->v[0] / 8 % 3, piece, strlen(piece));
        break;
    default:
        copy_word(s, at, from, r->v[0] / 8 % 4);
    }
}

static void make(struct sample *s, uint64_t number)
{
    struct random_block pick = random_at(1, RANDOM_SAMPLE, 0, number);
    s->length = strlen(seeds[pick.v[0] % COUNT_SEEDS]);
    memcpy(s->data, seeds[pick.v[0] % COUNT_SEEDS], s->length);
    for (uint32_t i = 0; i < 1 + pick.v[1] % 4; i++) {
        struct random_block r = random_at(1, RANDOM_SAMPLE, i + 1, number);
        mutate(s, &r);
    }
}

// The text of a tree must give the same tree.
static int check_text(const struct node *n)
{
    struct text t = {0};
    struct err e = {0};
    node_emit(n, &t);
    struct node *back = spec_parse("again", t.data, t.length, &e);
    int result = back && node_equal(n, back) ? 0 : -1;
    if (result != 0)
        printf("%s---\n%s", t.data, e.text);
    node_free(&back);
    text_free(&t);
    return result;
}

// Once the data are known, every formula has a value or is a mistake.
static int check_bound(const struct node *tree)
{
    struct err e = {0};
    const struct node *model = node_get(tree, "model");
    struct node *bound = model ? spec_bind(model, &(struct spec_facts){28, 4}, &e) : NULL;
    int result = !model || (bound == NULL) == (e.count > 0) ? 0 : -1;
    result |= spec_unbound(bound) ? -1 : 0;
    node_free(&bound);
    return result;
}

// What goes wrong must be said, what goes well must not.
static int check_sweep(const struct node *root)
{
    struct err e = {0};
    struct spec_sweep *s = spec_sweep_new(root, &e);
    int result = (s == NULL) == (e.count > 0) ? 0 : -1, keys = s ? spec_sweep_keys(s) : 0;
    double *value = mem_new((size_t)keys + 1, sizeof *value);
    char room[32];
    for (int i = 0; s && i < 8 && result == 0; i++) {
        for (int k = 0; k < keys; k++) {
            struct sweep_range r = spec_sweep_range(s, k);
            value[k] = r.low + floor((r.high - r.low) * i / 7);
            result |= spec_sweep_value(s, k, value[k], room) ? 0 : -1;
        }
        if (i % 2) {
            spec_sweep_complete(s, value);
            result |= spec_sweep_is_allowed(s, value) && spec_sweep_combinations(s, -1) > 0 &&
                              spec_sweep_combination_number(s, -1, value) < 0
                          ? -1
                          : 0;
        }
        struct node *tree = spec_sweep_trial(s, &(struct sweep_point){.value = value, .repeat = i, .epochs = i}, &e);
        result |= tree ? check_text(tree) | check_bound(tree) : e.count > 0 ? 0 : -1;
        node_free(&tree);
    }
    free(value);
    spec_sweep_free(&s);
    return result;
}

static int check(const struct sample *s, const char *setting)
{
    struct err e = {0};
    struct node *root = spec_parse("sample", s->data, s->length, &e);
    int result = (root == NULL) == (e.count > 0) ? 0 : -1;
    if (root && result == 0)
        result = check_text(root) | check_sweep(root);
    if (root && result == 0 && spec_set(root, setting, &e) == 0)
        result = check_text(root) | check_sweep(root);
    node_free(&root);
    return result;
}

int main(int argc, char **argv)
{
    uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 20000, first = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    struct sample *s = mem_new(1, sizeof *s);
    for (uint64_t i = first; i < first + count; i++) {
        make(s, i);
        if (check(s, settings[i % COUNT_SETTINGS]) != 0) {
            printf("mutation %llu:\n%.*s\n", (unsigned long long)i, (int)s->length, s->data);
            free(s);
            return 1;
        }
    }
    printf("%llu mutated specs\n", (unsigned long long)count);
    free(s);
    return 0;
}
