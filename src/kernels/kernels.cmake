# kernel_module(NAME REAL): the hot loops, compiled once per instruction set. Every file loop_*.c is compiled for each set
# below, with KERNEL_SET as its name. kernels.c chooses at run time, so one binary serves every node of a mixed cluster.
# Only these files have -ffast-math, which lets the compiler reorder sums and call glibc's vector math. A diverged trial
# must show, so -fno-finite-math-only keeps NaN and infinity; with it, math.h offers vector math only if __FAST_MATH__ is
# defined.
# Loops are aligned: without it, the speed of a tiny model (22-12-22) changes by 5 % when any code before them changes.
set(kernel_loop_flags -O3 -ffast-math -fno-finite-math-only -D__FAST_MATH__ -fopenmp-simd -ffp-contract=fast
  -falign-functions=64 -falign-loops=32)
if(HOURGLASS_SANITIZE)  # with every access checked, optimizing takes the compiler minutes
  list(APPEND kernel_loop_flags -O1)
endif()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(kernel_sets plain avx2 avx512)
  set(kernel_flags_avx2 ${kernel_loop_flags} -march=haswell -mprefer-vector-width=256)
  set(kernel_flags_avx512 ${kernel_loop_flags} -march=skylake-avx512 -mprefer-vector-width=512)
else()
  set(kernel_sets plain base)
  set(kernel_flags_base ${kernel_loop_flags})
endif()
set(kernel_flags_plain -O1)  # the reference: scalar, in the order as written

# Sums whose order is a promise.
set_source_files_properties(${CMAKE_CURRENT_SOURCE_DIR}/kernels/loop_reduce.c PROPERTIES COMPILE_OPTIONS
  "-fno-associative-math")

function(kernel_module name real)
  file(GLOB loops CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/kernels/loop_*.c)
  file(GLOB rest CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/kernels/*.c)
  list(REMOVE_ITEM rest ${loops})
  add_library(${name} STATIC ${rest})
  target_include_directories(${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC base PRIVATE OpenBLAS OpenMP::OpenMP_C)
  foreach(set ${kernel_sets})
    add_library(${name}_${set} OBJECT ${loops})
    target_include_directories(${name}_${set} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
    target_compile_options(${name}_${set} PRIVATE ${kernel_flags_${set}})
    target_compile_definitions(${name}_${set} PRIVATE KERNEL_SET=${set})
    target_sources(${name} PRIVATE $<TARGET_OBJECTS:${name}_${set}>)
    target_compile_definitions(${name} PRIVATE KERNEL_HAS_${set})
  endforeach()
  if(real STREQUAL double)
    target_compile_definitions(${name} PUBLIC HOURGLASS_DOUBLE)
    foreach(set ${kernel_sets})
      target_compile_definitions(${name}_${set} PRIVATE HOURGLASS_DOUBLE)
    endforeach()
  endif()
endfunction()
