// The scan: every pair of an outer and an inner partial strategy is tested against the envelope.
//
// For a pair, N - r D <= margin is tested as (N_inner - margin) - r D_inner <= r D_outer - N_outer: one fused
// multiply-add and one comparison per eight strategies, since the left side is shared by the eight outer partials of a
// group and r by the whole group (partials are sorted by production, so their bucket is nearly the same).
#include "envelope.h"

/// Inner groups per tile: 512 * 8 * 16 bytes of numerators and denominators stay in the second-level cache.
enum { TILE = 512 };

bool cutline_scan(
  cutline_envelope *envelope, const cutline_partials *outer, size_t first, size_t last,
  const cutline_partials *inner, int instruction_set
) {
  cutline_sweep *sweep = cutline_sweep_baseline;
#if defined(__x86_64__)
  if (instruction_set == CUTLINE_AVX512) { sweep = cutline_sweep_avx512; }
  if (instruction_set == CUTLINE_AVX2) { sweep = cutline_sweep_avx2; }
#endif
  for (size_t tile = 0; tile < inner->groups; tile += TILE) {
    const size_t end = tile + TILE < inner->groups ? tile + TILE : inner->groups;
    for (size_t group = first; group < last; group++) {
      if (!sweep(envelope, outer, group, inner, tile, end)) { return false; }
    }
  }
  return true;
}

bool cutline_sweep_baseline(
  cutline_envelope *envelope, const cutline_partials *outer, size_t outer_group, const cutline_partials *inner,
  size_t first, size_t last
) {
  const double *outer_n = outer->numerator + outer_group * CUTLINE_GROUP;
  const double *outer_d = outer->denominator + outer_group * CUTLINE_GROUP;
  const int64_t base = outer->highest[outer_group] - envelope->lowest;
  for (size_t group = first; group < last; group++) {
    const cutline_bound bound = envelope->bounds[(base + inner->highest[group]) >> envelope->shift];
    double left[CUTLINE_GROUP];
    for (int l = 0; l < CUTLINE_GROUP; l++) {
      const size_t at = group * CUTLINE_GROUP + (size_t)l;
      left[l] = (inner->numerator[at] - bound.margin) - bound.risk * inner->denominator[at];
    }
    double right[CUTLINE_GROUP];
    int hits = 0;
    for (int j = 0; j < CUTLINE_GROUP; j++) {
      right[j] = bound.risk * outer_d[j] - outer_n[j];
      for (int l = 0; l < CUTLINE_GROUP; l++) { hits |= left[l] <= right[j]; }
    }
    if (__builtin_expect(hits == 0, 1)) { continue; }
    for (size_t j = 0; j < CUTLINE_GROUP; j++) {
      for (size_t l = 0; l < CUTLINE_GROUP; l++) {
        if (left[l] <= right[j] &&
            !cutline_consider(
              envelope, outer, outer_group * CUTLINE_GROUP + j, inner, group * CUTLINE_GROUP + l)) {
          return false;
        }
      }
    }
  }
  return true;
}
