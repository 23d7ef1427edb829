# What `cmake --install` puts in place: the program, its man page and completions, and a tree of jobs, scripts and
# experiments under share/hourglass to copy and to start from.
include(GNUInstallDirs)
set(share ${CMAKE_INSTALL_DATADIR}/hourglass)

install(TARGETS hourglass)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/experiments ${PROJECT_SOURCE_DIR}/jobs ${PROJECT_SOURCE_DIR}/slurm DESTINATION ${share}
  USE_SOURCE_PERMISSIONS PATTERN data EXCLUDE PATTERN build.sh EXCLUDE PATTERN .gitignore EXCLUDE)
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${share})
install(FILES ${PROJECT_SOURCE_DIR}/results/README.md DESTINATION ${share}/results)

# The program prints them from its tables of options; a foreign one needs an emulator to do so.
if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
  message(STATUS "Cross-compiling without an emulator: no man page and no completions")
  return()
endif()
set(pages ${PROJECT_BINARY_DIR}/generated)
# page(FORMAT FILE FOLDER): the file that `hourglass --help=FORMAT` prints, made whenever the program is linked, so that it is
# there to install whatever target was built
function(page format file folder)
  add_custom_command(TARGET hourglass POST_BUILD COMMAND hourglass --help=${format} > ${pages}/${file} VERBATIM)
  install(FILES ${pages}/${file} DESTINATION ${folder})
endfunction()
page(man hourglass.1 ${CMAKE_INSTALL_MANDIR}/man1)
page(bash hourglass ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
page(zsh _hourglass ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
