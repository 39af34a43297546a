// The host's side of an exhaustive scan on a device.
#pragma once

#include "CSearch_search.h"

/// What a device must know of an envelope.
typedef struct {
  int64_t lowest, highest;
  /// Bucket of a production P: (P - lowest) >> shift.
  int32_t shift;
  size_t buckets;
  /// A bound of risk r has the margin `numerator_margin` + |r| `denominator_margin`.
  double numerator_margin, denominator_margin;
} cutline_envelope_shape;

cutline_envelope_shape cutline_envelope_describe(const cutline_envelope *envelope);

/// The bounds as words: the upper half of a double that is not below the risk; 0x80000000 stands for a risk of zero
/// with the margin -1/2. `words` has room for all buckets.
void cutline_envelope_words(const cutline_envelope *envelope, uint32_t *words);

/// Looks exactly at pairs of entries of `pool` (first index, second index, in turns) and keeps
/// those that may be on the frontier. False where memory is short; a pair outside the pool is skipped and counted in
/// `outside`.
bool cutline_consider_pairs(
  cutline_envelope *envelope, const cutline_partials *pool, const uint32_t *pairs, size_t count, size_t *outside);
