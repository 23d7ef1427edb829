// What the tests of nn/ share: models and optimizers from YAML text.
#pragma once

#include "nn/nn.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// NULL where the text or the model is refused; what was said is in *e.
static inline struct model *model_try(const char *yaml, struct shape input, enum loss loss, struct err *e)
{
    *e = (struct err){0};
    struct node *section = spec_parse("a.yaml", yaml, strlen(yaml), e);
    struct model *m = section ? model_new(section, &input, loss, e) : NULL;
    node_free(&section);
    return m;
}

static inline struct model *model_good(const char *yaml, struct shape input, enum loss loss)
{
    struct err e;
    struct model *m = model_try(yaml, input, loss, &e);
    if (!m)
        fail_msg("%s\n%s", yaml, e.text);
    assert_int_equal(e.count, 0);
    return m;
}

// As the section `train:` is read. Returns what optimizer_resolve and the reader return.
static inline int optimizer_try(const char *yaml, struct optimizer *o, struct err *e)
{
    *e = (struct err){0};
    struct node *section = spec_parse("a.yaml", yaml, strlen(yaml), e);
    optimizer_clear(o);
    int failed = !section || spec_read(section, optimizer_fields, o, e) != 0 || optimizer_resolve(o, section, e) != 0;
    node_free(&section);
    return failed;
}
