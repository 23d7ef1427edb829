# Writes the header OUTPUT with the revision of the checkout SOURCE, at every build. An unchanged header is not touched,
# so that nothing is compiled again.
cmake_minimum_required(VERSION 3.22)
execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12
  OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT revision)
  set(revision unknown)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#define HOURGLASS_REVISION \"@revision@\"\n" @ONLY)
