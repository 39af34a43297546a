// Poisson weights by Philox4x32-10 and inverse cumulative distribution, eight rows at a time; then sums whose lanes are
// the resamples, so that no sum crosses lanes.
#include "CCompute.h"

#include <string.h>

// Products and sums are whole numbers below 2^53: a fused multiply-add would give the same bits.
#pragma clang fp contract(off)

enum { CHAINS = 4, ROWS = 32, TILE = 256, LANES = CUTLINE_RESAMPLES, MOST = 8 };

typedef uint64_t pairs __attribute__((vector_size(64)));
typedef uint16_t halves __attribute__((vector_size(64)));
typedef uint16_t eight __attribute__((vector_size(16)));
typedef double lanes __attribute__((vector_size(64)));
typedef int64_t integers __attribute__((vector_size(64)));

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/// How often a uniform number of 16 bits reaches a threshold: `PoissonWeights` in Swift has the table and its reason.
ALWAYS_INLINE void weigh(pairs *uniform) {
  static const uint16_t thresholds[8] = {24109, 48219, 60274, 64291, 65296, 65497, 65531, 65535};
  const halves u = (halves)*uniform;
  halves weight = {0};
#pragma clang loop unroll(full)
  for (int k = 0; k < 8; k++) { weight -= (halves)(u >= (halves){} + thresholds[k]); }
  *uniform = (pairs)weight;
}

/// The weights of ROWS rows in the eight resamples of a block: chains of eight rows that do not wait for each other.
///
/// Every lane of 64 bits holds a word of one row in its lower half; what is in the upper half is never read, as products
/// are of lower halves.
ALWAYS_INLINE void draw(const uint64_t *keys, const uint32_t key[2], uint32_t block, lanes *weights) {
  const pairs mask = (pairs){} + 0xFFFFFFFFu, m0 = (pairs){} + 0xD2511F53u, m1 = (pairs){} + 0xCD9E8D57u;
  pairs c0[CHAINS], c1[CHAINS], c2[CHAINS], c3[CHAINS];
#pragma clang loop unroll(full)
  for (int n = 0; n < CHAINS; n++) {
    memcpy(&c0[n], keys + 8 * n, sizeof(pairs));
    c1[n] = c0[n] >> 32;
    c2[n] = (pairs){} + block;
    c3[n] = (pairs){};
  }
  uint32_t k0 = key[0], k1 = key[1];
#pragma clang loop unroll(full)
  for (int round = 0; round < 10; round++) {
#pragma clang loop unroll(full)
    for (int n = 0; n < CHAINS; n++) {
      const pairs a = (c0[n] & mask) * m0, b = (c2[n] & mask) * m1;
      c0[n] = (b >> 32) ^ c1[n] ^ ((pairs){} + k0);
      c1[n] = b;
      c2[n] = (a >> 32) ^ c3[n] ^ ((pairs){} + k1);
      c3[n] = a;
    }
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
#pragma clang loop unroll(full)
  for (int n = 0; n < CHAINS; n++) {
    pairs low = (c0[n] & mask) | (c1[n] << 32), high = (c2[n] & mask) | (c3[n] << 32);
    weigh(&low);
    weigh(&high);
    // The four words of a row side by side.
    const pairs even = __builtin_shufflevector(low, high, 0, 8, 2, 10, 4, 12, 6, 14);
    const pairs odd = __builtin_shufflevector(low, high, 1, 9, 3, 11, 5, 13, 7, 15);
    eight rows[8];
    memcpy(rows, &even, sizeof even);
    memcpy(rows + 4, &odd, sizeof odd);
#pragma clang loop unroll(full)
    for (int r = 0; r < 4; r++) {
      weights[8 * n + 2 * r] = __builtin_convertvector(rows[r], lanes);
      weights[8 * n + 2 * r + 1] = __builtin_convertvector(rows[4 + r], lanes);
    }
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
