// The bounds and candidates of one worker; see envelope.c for why they are safe.
#pragma once

#include "CSearch.h"

/// A strategy of this bucket can be on the frontier only if N - risk D <= margin, as computed in double precision.
typedef struct {
  double risk, margin;
} cutline_bound;

struct cutline_envelope {
  cutline_bound *bounds;
  /// Per bucket, a kept candidate of low risk; its path is UINT64_MAX where there is none.
  cutline_candidate *champions;
  cutline_candidate *candidates;
  size_t count, capacity;
  uint64_t survivors;
  int64_t lowest, highest;
  /// Bucket of a production P: (P - lowest) >> shift.
  unsigned shift;
  size_t buckets;
  double numerator_scale, denominator_scale;
};

/// Looks exactly at the pair of an outer and an inner partial and keeps it if it may be on the frontier. False where
/// memory is short.
bool cutline_consider(
  cutline_envelope *envelope, const cutline_partials *outer, size_t outer_index, const cutline_partials *inner,
  size_t inner_index);

/// A sweep tests one outer group with the inner groups `first ..< last`.
typedef bool cutline_sweep(
  cutline_envelope *envelope, const cutline_partials *outer, size_t outer_group, const cutline_partials *inner,
  size_t first, size_t last);

cutline_sweep cutline_sweep_baseline;
#if defined(__x86_64__)
cutline_sweep cutline_sweep_avx2, cutline_sweep_avx512;
#endif
