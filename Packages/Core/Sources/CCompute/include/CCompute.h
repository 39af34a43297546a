// C kernels of CutlineCompute. Every kernel exists once per instruction set and is chosen at run time.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Instruction sets that kernels are built for, from the plainest to the widest.
enum {
  CUTLINE_BASELINE = 0,
  CUTLINE_AVX2 = 1,
  CUTLINE_AVX512 = 2,
};

/// Whether this processor (and its operating system) runs kernels of `instruction_set`.
bool cutline_supports(int instruction_set);

#include "CCompute_aggregate.h"
#include "CCompute_forms.h"
#include "CCompute_resample.h"
