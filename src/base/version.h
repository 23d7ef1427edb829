// The program's version.
#pragma once

const char *version(void); // "0.1.0"
// Returns the revision of the source at the time of the build, as `git describe` names it, or "unknown" outside git.
const char *version_revision(void);
