// The program's version.
#include "base/version.h"

const char *version(void)
{
    return HOURGLASS_VERSION;
}

const char *version_revision(void)
{
    return HOURGLASS_REVISION;
}
