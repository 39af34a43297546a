#include "CCompute.h"

bool cutline_supports(int instruction_set) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  switch (instruction_set) {
    case CUTLINE_BASELINE:
      return true;
    case CUTLINE_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case CUTLINE_AVX512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
    default:
      return false;
  }
#else
  return instruction_set == CUTLINE_BASELINE;
#endif
}
