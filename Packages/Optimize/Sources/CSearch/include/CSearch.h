// C kernels of CutlineSearch. Every kernel exists once per instruction set and is chosen at run time.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Instruction sets that kernels are built for, by the codes of CutlineCompute's `InstructionSet`.
enum {
  CUTLINE_BASELINE = 0,
  CUTLINE_AVX2 = 1,
  CUTLINE_AVX512 = 2,
};

#include "CSearch_frontier.h"
#include "CSearch_opencl.h"
#include "CSearch_search.h"
