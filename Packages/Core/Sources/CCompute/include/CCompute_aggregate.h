// Sums of columns by cell.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// Columns per pass; with the count they fill one cache line per cell.
#define CUTLINE_SUM_COLUMNS 7
#define CUTLINE_SUM_LINE 8

/// What a pass met, as bits.
enum {
  /// A sum left the range of int64_t on the way; whether the final one does is for 128-bit sums to say.
  CUTLINE_SUM_OVERFLOW = 1,
  /// A cell below -1 or not below the number of cells, or a code not below its size.
  CUTLINE_SUM_OUTSIDE = 2,
};

/// Where records belong: either `cells`, or the mixed radix number of `codes`, the last one varying fastest.
typedef struct {
  const int32_t *cells;
  const uint8_t *const *codes;
  const uint32_t *sizes;
  size_t code_count;
} cutline_keys;

/// Adds the records `first ..< last` to `lines`: per cell, eight numbers of which the first `columns` (at most
/// CUTLINE_SUM_COLUMNS) are sums and the last one counts records; one further line collects the records outside.
int cutline_sum_by_cell(
  const cutline_keys *keys, const int64_t *const *values, size_t columns, size_t first, size_t last,
  size_t cell_count, int64_t *lines, int instruction_set);
