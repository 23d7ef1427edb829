// The program's version.
#pragma once

const char *version(void); // "0.1.0"
const char *version_revision(
    void); // of the source, as git names it when the build is configured; "unknown" outside git
