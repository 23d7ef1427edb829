// The version comes from CMake, the revision from git.
#include "base/version.h"

#include "base/revision.h" // made at every build by revision.cmake

const char *version(void)
{
    return HOURGLASS_VERSION;
}

const char *version_revision(void)
{
    return HOURGLASS_REVISION;
}
