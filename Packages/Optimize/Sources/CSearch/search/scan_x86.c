// The sweep for AVX-512 and AVX2. The result of a test decides only whether a pair is looked at exactly.
#include "envelope.h"

#if defined(__x86_64__)
#include <immintrin.h>

/// The pairs of outer partial `outer_index` with those of an inner group whose bits are set.
static bool consider_set(
  unsigned bits, cutline_envelope *envelope, const cutline_partials *outer, size_t outer_index,
  const cutline_partials *inner, size_t group
) {
  for (; bits; bits &= bits - 1) {
    const size_t inner_index = group * CUTLINE_GROUP + (size_t)__builtin_ctz(bits);
    if (!cutline_consider(envelope, outer, outer_index, inner, inner_index)) { return false; }
  }
  return true;
}

__attribute__((target("avx512f,avx512dq"))) bool cutline_sweep_avx512(
  cutline_envelope *envelope, const cutline_partials *outer, size_t outer_group, const cutline_partials *inner,
  size_t first, size_t last
) {
  __m512d n[CUTLINE_GROUP], d[CUTLINE_GROUP];
#pragma clang loop unroll(full)
  for (int j = 0; j < CUTLINE_GROUP; j++) {
    n[j] = _mm512_set1_pd(outer->numerator[outer_group * CUTLINE_GROUP + (size_t)j]);
    d[j] = _mm512_set1_pd(outer->denominator[outer_group * CUTLINE_GROUP + (size_t)j]);
  }
  const int64_t base = outer->highest[outer_group] - envelope->lowest;
  const unsigned shift = envelope->shift;
  const cutline_bound *bounds = envelope->bounds;
  for (size_t group = first; group < last; group++) {
    const cutline_bound *bound = &bounds[(base + inner->highest[group]) >> shift];
    const __m512d risk = _mm512_set1_pd(bound->risk);
    const __m512d inner_n = _mm512_loadu_pd(inner->numerator + group * CUTLINE_GROUP);
    const __m512d inner_d = _mm512_loadu_pd(inner->denominator + group * CUTLINE_GROUP);
    const __m512d left = _mm512_fnmadd_pd(risk, inner_d, _mm512_sub_pd(inner_n, _mm512_set1_pd(bound->margin)));
    __mmask8 hits = 0;
#pragma clang loop unroll(full)
    for (int j = 0; j < CUTLINE_GROUP; j++) {
      hits |= _mm512_cmp_pd_mask(left, _mm512_fmsub_pd(risk, d[j], n[j]), _CMP_LE_OQ);
    }
    if (__builtin_expect(hits == 0, 1)) { continue; }
    for (int j = 0; j < CUTLINE_GROUP; j++) {
      const unsigned bits = _mm512_cmp_pd_mask(left, _mm512_fmsub_pd(risk, d[j], n[j]), _CMP_LE_OQ);
      const size_t outer_index = outer_group * CUTLINE_GROUP + (size_t)j;
      if (bits && !consider_set(bits, envelope, outer, outer_index, inner, group)) { return false; }
    }
  }
  return true;
}

__attribute__((target("avx2,fma"))) bool cutline_sweep_avx2(
  cutline_envelope *envelope, const cutline_partials *outer, size_t outer_group, const cutline_partials *inner,
  size_t first, size_t last
) {
  const double *outer_n = outer->numerator + outer_group * CUTLINE_GROUP;
  const double *outer_d = outer->denominator + outer_group * CUTLINE_GROUP;
  const int64_t base = outer->highest[outer_group] - envelope->lowest;
  const unsigned shift = envelope->shift;
  const cutline_bound *bounds = envelope->bounds;
  for (size_t group = first; group < last; group++) {
    const cutline_bound *bound = &bounds[(base + inner->highest[group]) >> shift];
    const __m256d risk = _mm256_set1_pd(bound->risk), margin = _mm256_set1_pd(bound->margin);
    const double *inner_n = inner->numerator + group * CUTLINE_GROUP;
    const double *inner_d = inner->denominator + group * CUTLINE_GROUP;
    const __m256d low = _mm256_fnmadd_pd(
      risk, _mm256_loadu_pd(inner_d), _mm256_sub_pd(_mm256_loadu_pd(inner_n), margin));
    const __m256d high = _mm256_fnmadd_pd(
      risk, _mm256_loadu_pd(inner_d + 4), _mm256_sub_pd(_mm256_loadu_pd(inner_n + 4), margin));
    __m256d hits = _mm256_setzero_pd();
#pragma clang loop unroll(full)
    for (int j = 0; j < CUTLINE_GROUP; j++) {
      const __m256d right = _mm256_fmsub_pd(risk, _mm256_broadcast_sd(outer_d + j), _mm256_broadcast_sd(outer_n + j));
      hits = _mm256_or_pd(hits, _mm256_cmp_pd(low, right, _CMP_LE_OQ));
      hits = _mm256_or_pd(hits, _mm256_cmp_pd(high, right, _CMP_LE_OQ));
    }
    if (__builtin_expect(_mm256_movemask_pd(hits) == 0, 1)) { continue; }
    for (int j = 0; j < CUTLINE_GROUP; j++) {
      const __m256d right = _mm256_fmsub_pd(risk, _mm256_broadcast_sd(outer_d + j), _mm256_broadcast_sd(outer_n + j));
      const unsigned bits = (unsigned)_mm256_movemask_pd(_mm256_cmp_pd(low, right, _CMP_LE_OQ)) |
                            (unsigned)_mm256_movemask_pd(_mm256_cmp_pd(high, right, _CMP_LE_OQ)) << 4;
      const size_t outer_index = outer_group * CUTLINE_GROUP + (size_t)j;
      if (bits && !consider_set(bits, envelope, outer, outer_index, inner, group)) { return false; }
    }
  }
  return true;
}
#endif
