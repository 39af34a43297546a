// Exact frontier and thresholds without enumeration. docs/methods/frontier.md has the mathematics.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Corners that are searched together, one per vector lane.
#define CUTLINE_CORNERS 8

enum {
  CUTLINE_FOUND = 0,
  /// A limit on memory or labels.
  CUTLINE_OVER_LIMIT = 1,
  CUTLINE_NO_MEMORY = 2,
  /// The question whether to stop was answered with yes.
  CUTLINE_CANCELLED = 3,
};

/// A question that long loops ask every tenth of a millisecond or so; yes ends the call with CUTLINE_CANCELLED.
typedef struct {
  /// May be NULL.
  bool (*asked)(void *);
  void *context;
} cutline_stop;

/// A grid's sums as a lattice of nodes (row, accepted), with the least and most columns that each row may accept.
typedef struct cutline_lattice cutline_lattice;

/// `production`, `numerator`, `denominator`: rows × columns. `least`, `most`: one per row, not increasing, least <= most
/// <= columns. Sets `made`.
int cutline_lattice_create(
  size_t rows, size_t columns, const int64_t *production, const int64_t *numerator, const int64_t *denominator,
  const uint16_t *least, const uint16_t *most, cutline_stop stop, cutline_lattice **made);
void cutline_lattice_destroy(cutline_lattice *lattice);

/// Whether no partial strategy can have a negative denominator, nor a negative numerator over zero. Then labels dominate
/// by cone alone.
bool cutline_lattice_is_plain(const cutline_lattice *lattice);

/// A strategy that maximises production * P + numerator * N + denominator * D exactly (weights below 2^54), and the sign
/// of the maximum. `accepted`: one per row.
int cutline_lattice_best(
  const cutline_lattice *lattice, int64_t production, int64_t numerator, int64_t denominator, uint16_t *accepted,
  cutline_stop stop, int *sign);

/// A strategy by its exact sums; `strategy` is its place in an array of `rows` cutoffs each.
typedef struct {
  int64_t production, numerator, denominator;
  size_t strategy;
} cutline_point;

/// Strategies met so far. Their frontier is what corners are made of; it has no influence on the result.
typedef struct cutline_known cutline_known;

/// NULL where memory is short. The functions below end with CUTLINE_OVER_LIMIT where more than `byte_limit` bytes would be
/// held; what was known before stays known then, and after CUTLINE_CANCELLED.
cutline_known *cutline_known_create(const cutline_lattice *lattice, uint64_t byte_limit, cutline_stop stop);
void cutline_known_destroy(cutline_known *known);
/// Bytes held.
uint64_t cutline_known_held(const cutline_known *known);
/// A feasible strategy, whether or not it looks good.
int cutline_known_add(cutline_known *known, const uint16_t *accepted);
/// Strategies that are optimal for weightings of production against risk, at 8 * batches risks.
int cutline_known_seed(cutline_known *known, size_t batches, size_t bisections);
/// Neighbours of strategies on the frontier (one row accepts one column more or less, others follow), repeatedly.
int cutline_known_improve(cutline_known *known, size_t rounds);
/// The exact frontier of the feasible strategies met so far, by ascending production; valid until the next change.
int cutline_known_frontier(
  cutline_known *known, const cutline_point **points, size_t *count, const uint16_t **accepted);
/// A good price of risk mu for P + mu (rho D - N), from the seeds around that risk.
double cutline_known_price(const cutline_known *known, double risk);

/// Up to eight corners with one cone of risks. A corner holds the strategies with P >= production and
/// N / D <= numerator / denominator.
typedef struct {
  size_t count;
  /// INT64_MIN where there is no floor (then in all corners of the task).
  int64_t production[CUTLINE_CORNERS];
  /// Denominator 0 where there is no ceiling (then in all corners).
  int64_t numerator[CUTLINE_CORNERS], denominator[CUTLINE_CORNERS];
  /// Risks of the strategies that are looked for: from low to high; denominator 0 means minus or plus infinity.
  int64_t low_numerator, low_denominator, high_numerator, high_denominator;
  /// Price of risk in the bounds; any value >= 0 gives the same result.
  double price;
} cutline_corners;

typedef struct {
  uint64_t labels, most_at_node, tests;
} cutline_label_counts;

/// One worker's label search.
typedef struct cutline_labels cutline_labels;

cutline_labels *cutline_labels_create(const cutline_lattice *lattice, int instruction_set);
void cutline_labels_destroy(cutline_labels *labels);
/// Finds every frontier strategy of the corners, with at most `byte_limit` bytes and `label_limit` labels.
int cutline_labels_search(
  cutline_labels *labels, const cutline_corners *corners, size_t byte_limit, uint64_t label_limit, cutline_stop stop);
/// The last search's strategies, reduced to their frontier, by ascending production. Valid until the next search.
size_t cutline_labels_points(
  const cutline_labels *labels, const cutline_point **points, const uint16_t **accepted);
/// Sums over all searches.
cutline_label_counts cutline_labels_counts(const cutline_labels *labels);

/// Reduces points in place to their frontier, by ascending production; one per distinct production and risk, the one
/// with the larger denominator, then the lexicographically smallest cutoffs. Returns the number left in front.
size_t cutline_points_frontier(cutline_point *points, size_t count, const uint16_t *accepted, size_t rows);

/// For each of eight (risk, price): an upper bound of P over the strategies with N <= risk * D, rounding included, and
/// the strategy that attains P + price (risk D - N). `accepted`: 8 × rows.
int cutline_lattice_dual(
  const cutline_lattice *lattice, const double risk[8], const double price[8], double bound[8], uint16_t *accepted,
  cutline_stop stop);

#ifdef __cplusplus
}
#endif
