// The number type of the engine: float. The gradient check compiles kernels/ and nn/ a second time with double.
#pragma once

#ifdef HOURGLASS_DOUBLE
typedef double real;
#define REAL(name)   name
#define REAL_EPSILON 2.220446049250313e-16
#else
typedef float real;
#define REAL(name)   name##f
#define REAL_EPSILON 1.1920929e-07f
#endif
