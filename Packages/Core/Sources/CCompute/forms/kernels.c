// Values of models for blocks of rows, once per instruction set.
#pragma clang fp contract(off)

#include "CCompute.h"

#include <math.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { CHUNK = 256, ROWS_AT_ONCE = 16 };

/// 1 / √2, to the nearest double.
static const double ROOT_OF_HALF = 0x1.6a09e667f3bcdp-1;

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/// The child where one row goes.
ALWAYS_INLINE int32_t next_node(const cutline_tree_node *node, const double *row, size_t stride) {
  const double x = row[(node->feature >> 1) * stride];
  const bool left = (x <= node->threshold) | ((x != x) & (node->feature & 1));
  return node->next + !left;
}

/// How many edges lie below each value: a binary search without branches, all rows taking each step together.
ALWAYS_INLINE void find_bins(
  const double *x, size_t rows, const double *edges, size_t edge_count, uint32_t places[ROWS_AT_ONCE]
) {
  for (size_t i = 0; i < rows; i++) { places[i] = 0; }
  if (edge_count == 0) { return; }
  size_t length = edge_count;
  while (length > 1) {
    const size_t half = length / 2;
    for (size_t i = 0; i < rows; i++) { places[i] += edges[places[i] + half - 1] < x[i] ? (uint32_t)half : 0; }
    length -= half;
  }
  for (size_t i = 0; i < rows; i++) { places[i] += edges[places[i]] < x[i]; }
}

// SLEEF's own header declares the wide functions only where the whole file is compiled for them.
#if defined(__x86_64__)
typedef double two __attribute__((vector_size(16)));
typedef double four __attribute__((vector_size(32)));
typedef double eight __attribute__((vector_size(64)));
two Sleef_cinz_expd2_u10sse2(two);
two Sleef_cinz_logd2_u10sse2(two);
two Sleef_cinz_erfcd2_u15sse2(two);
#define NAME(name) name##_baseline
#define LANES 2
#define VECTOR_EXP Sleef_cinz_expd2_u10sse2
#define VECTOR_LOG Sleef_cinz_logd2_u10sse2
#define VECTOR_ERFC Sleef_cinz_erfcd2_u15sse2
#include "lanes.h"

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
four Sleef_cinz_expd4_u10avx(four);
four Sleef_cinz_logd4_u10avx(four);
four Sleef_cinz_erfcd4_u15avx(four);
#define NAME(name) name##_avx2
#define LANES 4
#define VECTOR_EXP Sleef_cinz_expd4_u10avx
#define VECTOR_LOG Sleef_cinz_logd4_u10avx
#define VECTOR_ERFC Sleef_cinz_erfcd4_u15avx
#include "lanes.h"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl"))), apply_to = function)
/// The children where eight rows go. The second half of a node is read as one number: its child below, its feature above.
ALWAYS_INLINE __m512i next_nodes(const cutline_tree_node *nodes, __m512i place, const double *rows, size_t stride) {
  const __m512i one = _mm512_set1_epi64(1);
  const __m512i half = _mm512_add_epi64(place, place);
  const __m512d threshold = _mm512_i64gather_pd(half, nodes, 8);
  const __m512i second = _mm512_i64gather_epi64(_mm512_add_epi64(half, one), nodes, 8);
  const __m512i feature = _mm512_srli_epi64(second, 32);
  const __m512i column = _mm512_mul_epu32(_mm512_srli_epi64(feature, 1), _mm512_set1_epi64((long long)stride));
  const __m512i lane = _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7);
  const __m512d x = _mm512_i64gather_pd(_mm512_add_epi64(column, lane), rows, 8);
  const __mmask8 below = _mm512_cmp_pd_mask(x, threshold, _CMP_LE_OQ);
  const __mmask8 missing = _mm512_mask_cmp_pd_mask(_mm512_test_epi64_mask(feature, one), x, x, _CMP_UNORD_Q);
  const __m512i next = _mm512_and_si512(second, _mm512_set1_epi64(0xFFFFFFFF));
  return _mm512_mask_add_epi64(next, (__mmask8)~(below | missing), next, one);
}

eight Sleef_cinz_expd8_u10avx512fnofma(eight);
eight Sleef_cinz_logd8_u10avx512fnofma(eight);
eight Sleef_cinz_erfcd8_u15avx512fnofma(eight);
#define NAME(name) name##_avx512
#define LANES 8
#define VECTOR_EXP Sleef_cinz_expd8_u10avx512fnofma
#define VECTOR_LOG Sleef_cinz_logd8_u10avx512fnofma
#define VECTOR_ERFC Sleef_cinz_erfcd8_u15avx512fnofma
#include "lanes.h"
#pragma clang attribute pop

#define DISPATCH(name, arguments) \
  switch (instruction_set) { \
    case CUTLINE_AVX512: name##_avx512 arguments; break; \
    case CUTLINE_AVX2: name##_avx2 arguments; break; \
    default: name##_baseline arguments; break; \
  }
#else
#define NAME(name) name##_baseline
#define LANES 1
#include "lanes.h"
#define DISPATCH(name, arguments) (void)instruction_set; name##_baseline arguments;
#endif

void cutline_exp_all(double *values, size_t count, int instruction_set) { DISPATCH(exp_all, (values, count)) }
void cutline_log_all(double *values, size_t count, int instruction_set) { DISPATCH(log_all, (values, count)) }
void cutline_erfc_all(double *values, size_t count, int instruction_set) { DISPATCH(erfc_all, (values, count)) }

void cutline_form_linear(
  cutline_tile tile, double start, const double *factors, size_t count, double *out, int instruction_set
) {
  DISPATCH(linear, (tile, start, factors, count, out))
}

void cutline_form_trees(cutline_tile tile, const cutline_trees *trees, double *out, int instruction_set) {
  DISPATCH(trees, (tile, trees, out))
}

void cutline_form_bins(const double *x, size_t rows, const cutline_bins *bins, double *out, int instruction_set) {
  DISPATCH(bins, (x, rows, bins, out))
}

void cutline_form_places(
  const double *x, size_t rows, const double *edges, size_t edge_count, int32_t *places, int instruction_set
) {
  DISPATCH(places, (x, rows, edges, edge_count, places))
}

void cutline_form_pick(
  const int32_t *places, size_t rows, const double *values, double missing, double *out, int instruction_set
) {
  DISPATCH(pick, (places, rows, values, missing, out))
}

void cutline_form_column(
  int operation, const double *x, size_t rows, double a, double b, double *out, int instruction_set
) {
  DISPATCH(column, (operation, x, rows, a, b, out))
}

void cutline_link_inverse(int link, double *values, size_t count, int instruction_set) {
  DISPATCH(link_inverse, (link, values, count))
}

void cutline_link_forward(int link, double *values, size_t count, int instruction_set) {
  DISPATCH(link_forward, (link, values, count))
}

void cutline_form_one_nan(double *values, size_t count, int instruction_set) { DISPATCH(one_nan, (values, count)) }
