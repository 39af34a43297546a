// Exhaustive search over pairs of partial strategies.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Strategies are scanned in groups of this many on the outer and on the inner side.
#define CUTLINE_GROUP 8

/// A strategy: its exact sums and its path, an integer whose order is the order of the tie-break.
typedef struct {
  int64_t production, numerator, denominator;
  uint64_t path;
} cutline_candidate;

/// One half of the strategies through a node: sums in ascending order of production, padded to whole groups by
/// entries that repeat the last production and path and whose numerator is +infinity.
typedef struct {
  const double *numerator, *denominator;
  const int64_t *production;
  const uint64_t *path;
  /// Per group, the production of its last entry.
  const int64_t *highest;
  size_t groups;
} cutline_partials;

/// What one worker knows: for every bucket of production, the least risk that a real strategy with at least that
/// production has; and the candidates for the frontier that it has met.
typedef struct cutline_envelope cutline_envelope;

/// Productions lie in `lowest ... highest`; `numerator_scale` and `denominator_scale` bound the absolute value of every
/// sum that occurs, complete or partial. NULL where memory is short.
cutline_envelope *cutline_envelope_create(
  int64_t lowest, int64_t highest, double numerator_scale, double denominator_scale);
/// An envelope with the same bounds and no candidates. NULL where memory is short.
cutline_envelope *cutline_envelope_copy(const cutline_envelope *envelope);
void cutline_envelope_destroy(cutline_envelope *envelope);

/// Lowers the bounds by a real strategy, without making it a candidate.
void cutline_envelope_lower(cutline_envelope *envelope, int64_t production, int64_t numerator, int64_t denominator);

/// Tests all pairs of the outer groups `first ..< last` with the whole inner side and keeps those that may be on the
/// frontier. False where memory is short.
bool cutline_scan(
  cutline_envelope *envelope, const cutline_partials *outer, size_t first, size_t last,
  const cutline_partials *inner, int instruction_set);

/// Drops candidates that the bounds exclude by now; returns those left, in no order. The pointer lives as long as the
/// envelope is not scanned again.
size_t cutline_envelope_candidates(cutline_envelope *envelope, const cutline_candidate **candidates);

/// Candidates that were ever kept.
uint64_t cutline_envelope_survivors(const cutline_envelope *envelope);

/// Reduces candidates to their frontier in ascending order of production; one per distinct production and risk, the
/// one with the larger denominator, then the smaller path. Infeasible ones leave. Returns the number left in front.
size_t cutline_frontier(cutline_candidate *candidates, size_t count);

/// Eight Lagrangian problems at once: per lane, the strategy that maximises P + mu (rho D - N), by dynamic programming.
///
/// `production`, `numerator`, `denominator`: rows × (columns + 1), sums of the first c columns of a row.
/// `scratch`: 32 (columns + 1) doubles. Results: eight sums each.
void cutline_lagrangian(
  const double *production, const double *numerator, const double *denominator, size_t rows, size_t columns,
  const double rho[8], const double mu[8], double *scratch,
  double best_production[8], double best_numerator[8], double best_denominator[8]);
