// Poisson weights by Philox4x32-10 and inverse cumulative distribution, sixteen rows at a time; then sums whose lanes are
// the resamples, so that no sum crosses lanes.
#include "CCompute.h"

#include <string.h>

// Products and sums are whole numbers below 2^53: a fused multiply-add would give the same bits.
#pragma clang fp contract(off)

enum { ROWS = 16, TILE = 256, LANES = CUTLINE_RESAMPLES, MOST = 8 };

typedef uint32_t words __attribute__((vector_size(64)));
typedef uint64_t pairs __attribute__((vector_size(64)));
typedef uint16_t halves __attribute__((vector_size(64)));
typedef uint16_t eight __attribute__((vector_size(16)));
typedef double lanes __attribute__((vector_size(64)));
typedef int64_t integers __attribute__((vector_size(64)));

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/// Both halves of the products of 32-bit numbers.
ALWAYS_INLINE void multiply(const words *a, uint32_t by, words *high, words *low) {
  const pairs mask = (pairs){} + 0xFFFFFFFFu, factor = (pairs){} + by, all = (pairs)*a;
  const pairs even = (all & mask) * factor, odd = (all >> 32) * factor;
  *high = (words)((even >> 32) | (odd & ~mask));
  *low = (words)((even & mask) | (odd << 32));
}

/// How often a uniform number of 16 bits reaches a threshold: `PoissonWeights` in Swift has the table and its reason.
ALWAYS_INLINE void weigh(words *uniform) {
  static const uint16_t thresholds[8] = {24109, 48219, 60274, 64291, 65296, 65497, 65531, 65535};
  const halves u = (halves)*uniform;
  halves weight = {0};
#pragma clang loop unroll(full)
  for (int k = 0; k < 8; k++) { weight -= (halves)(u >= (halves){} + thresholds[k]); }
  *uniform = (words)weight;
}

/// The weights of sixteen rows in the eight resamples of a block.
ALWAYS_INLINE void draw(const uint64_t *keys, const uint32_t key[2], uint32_t block, lanes *weights) {
  words c[4];
  for (int row = 0; row < ROWS; row++) {
    c[0][row] = (uint32_t)keys[row];
    c[1][row] = (uint32_t)(keys[row] >> 32);
  }
  c[2] = (words){} + block;
  c[3] = (words){};
  uint32_t k0 = key[0], k1 = key[1];
#pragma clang loop unroll(full)
  for (int round = 0; round < 10; round++) {
    words high0, low0, high1, low1;
    multiply(&c[0], 0xD2511F53u, &high0, &low0);
    multiply(&c[2], 0xCD9E8D57u, &high1, &low1);
    c[0] = high1 ^ c[1] ^ k0;
    c[1] = low1;
    c[2] = high0 ^ c[3] ^ k1;
    c[3] = low0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  for (int w = 0; w < 4; w++) { weigh(&c[w]); }
  // Four words of a row side by side: pairs, then quarters within 128 bits.
#define LOW32 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29
#define HIGH32 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31
#define LOW64 0, 8, 2, 10, 4, 12, 6, 14
#define HIGH64 1, 9, 3, 11, 5, 13, 7, 15
  const pairs a = (pairs)__builtin_shufflevector(c[0], c[1], LOW32), b = (pairs)__builtin_shufflevector(c[2], c[3], LOW32);
  const pairs d = (pairs)__builtin_shufflevector(c[0], c[1], HIGH32), e = (pairs)__builtin_shufflevector(c[2], c[3], HIGH32);
  const pairs quarter[4] = {
    __builtin_shufflevector(a, b, LOW64), __builtin_shufflevector(a, b, HIGH64), __builtin_shufflevector(d, e, LOW64),
    __builtin_shufflevector(d, e, HIGH64)};
#pragma clang loop unroll(full)
  for (int q = 0; q < 4; q++) {
    eight rows[4];
    memcpy(rows, &quarter[q], sizeof rows);
#pragma clang loop unroll(full)
    for (int r = 0; r < 4; r++) { weights[4 * r + q] = __builtin_convertvector(rows[r], lanes); }
  }
}

/// Adds the rows `first ..< last` of one group, `count` of the measures.
ALWAYS_INLINE void add(
  const double *values, size_t stride, const lanes *weights, size_t first, size_t last, int count, double *sums
) {
  lanes total[MOST];
#pragma clang loop unroll(full)
  for (int m = 0; m < count; m++) { memcpy(&total[m], sums + m * LANES, sizeof(lanes)); }
  for (size_t row = first; row < last; row++) {
    const double *x = values + row * stride;
#pragma clang loop unroll(full)
    for (int m = 0; m < count; m++) { total[m] += weights[row] * x[m]; }
  }
#pragma clang loop unroll(full)
  for (int m = 0; m < count; m++) { memcpy(sums + m * LANES, &total[m], sizeof(lanes)); }
}

ALWAYS_INLINE void add_measures(
  const double *values, size_t stride, const lanes *weights, size_t first, size_t last, double *sums
) {
  size_t m = 0;
  for (; m + MOST <= stride; m += MOST) {
    add(values + m, stride, weights, first, last, MOST, sums + m * LANES);
  }
  switch (stride - m) {
    case 7: add(values + m, stride, weights, first, last, 7, sums + m * LANES); break;
    case 6: add(values + m, stride, weights, first, last, 6, sums + m * LANES); break;
    case 5: add(values + m, stride, weights, first, last, 5, sums + m * LANES); break;
    case 4: add(values + m, stride, weights, first, last, 4, sums + m * LANES); break;
    case 3: add(values + m, stride, weights, first, last, 3, sums + m * LANES); break;
    case 2: add(values + m, stride, weights, first, last, 2, sums + m * LANES); break;
    case 1: add(values + m, stride, weights, first, last, 1, sums + m * LANES); break;
    default: break;
  }
}

/// Turns the sums of a group, whole numbers as doubles, into integers.
ALWAYS_INLINE void finish(double *sums, size_t measures) {
  for (size_t m = 0; m < measures; m++) {
    lanes all;
    memcpy(&all, sums + m * LANES, sizeof all);
    const integers whole = __builtin_convertvector(all, integers);
    memcpy(sums + m * LANES, &whole, sizeof whole);
  }
}

ALWAYS_INLINE void poisson_sums(
  const uint64_t *keys, const double *values, size_t measures, const uint32_t *starts, size_t groups,
  const uint32_t key[2], uint32_t block, double *sums
) {
  lanes weights[TILE];
  const size_t rows = starts[groups], size = measures * LANES;
  size_t group = 0;
  if (groups > 0) { memset(sums, 0, size * sizeof(double)); }
  for (size_t first = 0; first < rows; first += TILE) {
    const size_t count = rows - first < TILE ? rows - first : TILE;
    for (size_t row = 0; row < count; row += ROWS) {
      uint64_t own[ROWS] = {0};
      const size_t some = count - row < ROWS ? count - row : ROWS;
      memcpy(own, keys + first + row, some * sizeof(uint64_t));
      draw(own, key, block, weights + row);
    }
    size_t row = 0;
    while (row < count) {
      while (starts[group + 1] <= first + row) {
        finish(sums + group * size, measures);
        group++;
        memset(sums + group * size, 0, size * sizeof(double));
      }
      const size_t end = starts[group + 1] - first;
      const size_t last = end < count ? end : count;
      add_measures(values + first * measures, measures, weights, row, last, sums + group * size);
      row = last;
    }
  }
  if (groups == 0) { return; }
  finish(sums + group * size, measures);
  memset(sums + (group + 1) * size, 0, (groups - group - 1) * size * sizeof(double));
}

#define ARGUMENTS \
  const uint64_t *keys, const double *values, size_t measures, const uint32_t *starts, size_t groups, \
    const uint32_t key[2], uint32_t block, int64_t *sums

static void baseline(ARGUMENTS) { poisson_sums(keys, values, measures, starts, groups, key, block, (double *)sums); }

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) static void avx2(ARGUMENTS) {
  poisson_sums(keys, values, measures, starts, groups, key, block, (double *)sums);
}

__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl"))) static void avx512(ARGUMENTS) {
  poisson_sums(keys, values, measures, starts, groups, key, block, (double *)sums);
}
#endif

void cutline_poisson_sums(ARGUMENTS, int instruction_set) {
#if defined(__x86_64__)
  switch (instruction_set) {
    case CUTLINE_AVX512: avx512(keys, values, measures, starts, groups, key, block, sums); return;
    case CUTLINE_AVX2: avx2(keys, values, measures, starts, groups, key, block, sums); return;
    default: break;
  }
#endif
  baseline(keys, values, measures, starts, groups, key, block, sums);
}
