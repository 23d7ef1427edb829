// The program's version, "0.1.0".
#pragma once

const char *version(void);
