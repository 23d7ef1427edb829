# The page of `hourglass report`: its scripts in the order in which they run, and the header made of them.
set(page_scripts dom state scale chart selection summary board curves errors curves_roc series others settings parallel
  pictures samples codes provenance start)
set(page_folder ${CMAKE_CURRENT_SOURCE_DIR}/report/page)
set(page_header ${PROJECT_BINARY_DIR}/generated/report/page_text.h)
list(TRANSFORM page_scripts PREPEND ${page_folder}/ OUTPUT_VARIABLE page_sources)
list(TRANSFORM page_sources APPEND .js)
string(REPLACE ";" "|" page_names "${page_scripts}")
add_custom_command(OUTPUT ${page_header}
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${page_folder} -DOUTPUT=${page_header} "-DSCRIPTS=${page_names}"
    -P ${CMAKE_CURRENT_SOURCE_DIR}/report/page.cmake
  DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/report/page.cmake ${page_folder}/page.html ${page_folder}/page.css ${page_sources}
  VERBATIM)
target_sources(report PRIVATE ${page_header})
target_include_directories(report PRIVATE ${PROJECT_BINARY_DIR}/generated)
