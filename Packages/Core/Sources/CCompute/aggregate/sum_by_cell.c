// Records to cells: eight records are transposed so that each adds one whole cache line to its cell.
#include "CCompute.h"

#include <string.h>

// Reads run that far ahead of use: `AHEAD` records for the cells' lines, a KiB in each column of values (measured: the
// processor's own prefetching leaves half of the bandwidth unused, because so many streams are read at once).
enum { BLOCK = 1024, AHEAD = 24, COLUMN_AHEAD = 1024, CACHE_LINE = 64 };

// Unsigned, because sums wrap by definition here; the overflow is read from the signs.
typedef uint64_t line __attribute__((vector_size(64)));

#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define PREFETCH(from, bytes) __builtin_prefetch((const void *)((uintptr_t)(from) + (uintptr_t)(bytes)), 0, 0)
#define LOAD(value, from) memcpy(&(value), (from), sizeof(line))

/// The cell of every record of a block, `cell_count` for those outside. True where a key is invalid.
ALWAYS_INLINE bool place_records(
  const cutline_keys *keys, size_t first, size_t count, uint32_t cell_count, uint32_t *restrict places
) {
  uint32_t invalid = 0;
  if (keys->cells) {
    const int32_t *restrict cells = keys->cells + first;
    for (size_t i = 0; i < count; i++) {
      const uint32_t cell = (uint32_t)cells[i];
      invalid |= cell + 1 > cell_count;
      places[i] = cell < cell_count ? cell : cell_count;
    }
    return invalid != 0;
  }
  memset(places, 0, count * sizeof(uint32_t));
  for (size_t c = 0; c < keys->code_count; c++) {
    const uint8_t *restrict code = keys->codes[c] + first;
    const uint32_t size = keys->sizes[c];
    for (int ahead = 0; ahead < BLOCK; ahead += CACHE_LINE) { PREFETCH(code, BLOCK + ahead); }
    for (size_t i = 0; i < count; i++) {
      invalid |= code[i] >= size;
      places[i] = places[i] * size + code[i];
    }
  }
  if (invalid) {
    for (size_t i = 0; i < count; i++) { places[i] = places[i] < cell_count ? places[i] : cell_count; }
  }
  return invalid != 0;
}

/// Transposes an 8 × 8 matrix of 64-bit numbers: pairs, then quarters, then halves change places.
ALWAYS_INLINE void transpose(line r[8]) {
  line s[8];
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i += 2) {
    s[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    s[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i += 4) {
#pragma clang loop unroll(full)
    for (int k = i; k < i + 2; k++) {
      r[k] = __builtin_shufflevector(s[k], s[k + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      r[k + 2] = __builtin_shufflevector(s[k], s[k + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 4; i++) {
    s[i] = __builtin_shufflevector(r[i], r[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    s[i + 4] = __builtin_shufflevector(r[i], r[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i++) { r[i] = s[i]; }
}

ALWAYS_INLINE int sum(
  const cutline_keys *keys, const int64_t *const *values, size_t columns, size_t first, size_t last,
  size_t cell_count, int64_t *lines
) {
  static const int64_t nothing[BLOCK] = {0};
  uint32_t places[BLOCK];
  line overflow = {0};
  bool outside = false;
  for (size_t start = first; start < last; start += BLOCK) {
    const size_t count = last - start < BLOCK ? last - start : BLOCK;
    outside |= place_records(keys, start, count, (uint32_t)cell_count, places);
    const int64_t *column[CUTLINE_SUM_COLUMNS];
    for (size_t c = 0; c < CUTLINE_SUM_COLUMNS; c++) { column[c] = c < columns ? values[c] + start : nothing; }
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
      line records[8];
#pragma clang loop unroll(full)
      for (int c = 0; c < CUTLINE_SUM_COLUMNS; c++) {
        LOAD(records[c], column[c] + i);
        PREFETCH(column[c] + i, COLUMN_AHEAD);
      }
      records[7] = (line){1, 1, 1, 1, 1, 1, 1, 1};
      transpose(records);
#pragma clang loop unroll(full)
      for (int l = 0; l < 8; l++) {
        if (i + AHEAD + 8 <= count) {
          __builtin_prefetch(lines + (size_t)places[i + AHEAD + (size_t)l] * CUTLINE_SUM_LINE, 1);
        }
        int64_t *cell = lines + (size_t)places[i + (size_t)l] * CUTLINE_SUM_LINE;
        line before;
        LOAD(before, cell);
        const line after = before + records[l];
        overflow |= (before ^ after) & (records[l] ^ after);
        memcpy(cell, &after, sizeof after);
      }
    }
    for (; i < count; i++) {
      int64_t *cell = lines + (size_t)places[i] * CUTLINE_SUM_LINE;
      for (size_t c = 0; c < columns; c++) {
        int64_t after;
        if (__builtin_add_overflow(cell[c], column[c][i], &after)) { overflow[c] |= (uint64_t)1 << 63; }
        cell[c] = after;
      }
      cell[7] += 1;
    }
  }
  uint64_t signs = 0;
  for (int c = 0; c < 8; c++) { signs |= overflow[c]; }
  return (signs >> 63 ? CUTLINE_SUM_OVERFLOW : 0) | (outside ? CUTLINE_SUM_OUTSIDE : 0);
}

#define KERNEL(name) \
  static int name( \
    const cutline_keys *keys, const int64_t *const *values, size_t columns, size_t first, size_t last, \
    size_t cell_count, int64_t *lines \
  ) { \
    return sum(keys, values, columns, first, last, cell_count, lines); \
  }

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl"))) KERNEL(sum_avx512)
__attribute__((target("avx2"))) KERNEL(sum_avx2)
#endif
KERNEL(sum_baseline)

int cutline_sum_by_cell(
  const cutline_keys *keys, const int64_t *const *values, size_t columns, size_t first, size_t last,
  size_t cell_count, int64_t *lines, int instruction_set
) {
#if defined(__x86_64__)
  if (instruction_set == CUTLINE_AVX512) { return sum_avx512(keys, values, columns, first, last, cell_count, lines); }
  if (instruction_set == CUTLINE_AVX2) { return sum_avx2(keys, values, columns, first, last, cell_count, lines); }
#endif
  return sum_baseline(keys, values, columns, first, last, cell_count, lines);
}
