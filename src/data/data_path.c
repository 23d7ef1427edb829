// Finds the file of a data set that is named in a spec or on a command line.
#include "data/data_path.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/data_config.h"
#include <stdlib.h>
#include <unistd.h>

char *data_resolve(const char *file, const char *spec_folder, const struct node *at, struct err *e)
{
    char *tried[3];
    int n = 0;
    char *found = NULL;

    if (file[0] != '/' && spec_folder) {
        tried[n++] = mem_format("%s/data/%s", spec_folder, file);
        tried[n++] = mem_format("%s/%s", spec_folder, file);
    }
    tried[n++] = mem_text(file);
    ASSERT(n <= (int)(sizeof tried / sizeof *tried), "%d places", n);

    struct text places = {0};
    for (int i = 0; i < n; i++) {
        if (!found && access(tried[i], F_OK) == 0)
            found = mem_text(tried[i]);
        text_add(&places, "%s%s", i ? ", " : "; looked for ", tried[i]);
        free(tried[i]);
    }

    if (!found)
        data_error(at, e, "no file %s%s; hint: bash jobs/get-data.sh, or hourglass import SRC... -o %s:SPLIT", file,
            n > 1 ? places.data : "", file);

    text_free(&places);
    return found;
}
