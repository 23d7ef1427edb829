// Adds to the list of findings and frees it.
#include "cli/doctor.h"

#include "base/mem.h"
#include <stdarg.h>
#include <stdlib.h>

const char *const finding_levels[] = {"good", "note", "warning", "error"};

void finding_add(
    struct findings *l, enum finding_level level, const char *name, const char *advice, const char *format, ...)
{
    va_list args;

    ASSERT(level >= FINDING_GOOD && level <= FINDING_ERROR && name, "level %d", (int)level);
    va_start(args, format);
    l->v = mem_grow(l->v, (size_t)l->n + 1, sizeof *l->v);
    l->v[l->n++] = (struct finding){level, name, mem_format_list(format, args), mem_text(advice)};
    va_end(args);
}

void findings_free(struct findings *l)
{
    for (int i = 0; i < l->n; i++) {
        free(l->v[i].text);
        free(l->v[i].advice);
    }
    free(l->v);
    *l = (struct findings){0};
}
