// Kernels travel inside the program. The compiler records them as inputs of this file, so an edit rebuilds it.
#include "COpenCL.h"

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"
static const char exhaustive[] = {
#embed "kernels/exhaustive.cl"
  , 0};
#pragma clang diagnostic pop

const char *cutline_kernel_exhaustive(void) { return exhaustive; }
