// Sums by group under the Poisson weights of a bootstrap.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// Resamples of one block: a Philox block gives each application the weights of as many.
#define CUTLINE_RESAMPLES 8

/// Σ w·x per group, measure and resample of one block, of rows in order of their groups.
///
/// `keys` has a number for each row, `values` its `measures` whole numbers side by side, `starts` the first row of each
/// group and the number of rows at its end. `sums` takes `groups × measures × CUTLINE_RESAMPLES` numbers. Exact, in any
/// order of summation, where 8·Σ|x| of a group is below 2^53.
void cutline_poisson_sums(
  const uint64_t *keys, const double *values, size_t measures, const uint32_t *starts, size_t groups,
  const uint32_t key[2], uint32_t block, int64_t *sums, int instruction_set);
