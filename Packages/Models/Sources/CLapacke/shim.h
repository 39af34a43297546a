// Complex numbers are not used here, and C's complex type does not import into Swift.
#define LAPACK_COMPLEX_CUSTOM
#define lapack_complex_float float
#define lapack_complex_double double
#include <lapacke.h>
