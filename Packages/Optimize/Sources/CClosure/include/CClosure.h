// Exact optimisation over the closed regions of a grid of any dimension: maximum closures by minimum cuts, fixing of
// cells, a decision diagram over the cells that stay free, labels on the diagram, branching.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Exact sums of the accepted cells. `first_word` is where its set of accepted cells begins, one bit a cell.
typedef struct {
  int64_t production, numerator, denominator;
  size_t first_word;
} cutline_region;

/// What the search did not close: points that are still missing have a production above `floor_production`, at most
/// `ceiling_production`, and a risk below numerator / denominator.
typedef struct {
  int64_t floor_production, ceiling_production, numerator, denominator;
} cutline_open_corner;

typedef struct {
  /// Nodes of one decision diagram and labels of one pass before the search splits or branches; at least 4.
  int32_t diagram_nodes;
  int64_t labels;
  /// Corners of the frontier that one pass searches together.
  int32_t chunk;
  /// Elapsed seconds after which what is left stays open.
  double seconds;
  /// Bytes that a search may hold, the grid included; what does not find room stays open.
  uint64_t bytes;
  /// What a region found takes until it is written, besides its set of cells; all of them may take a quarter of `bytes`.
  uint64_t point_bytes;
  /// Tolerated share of production in units of 2^-32, rounded down; 0 for the complete frontier.
  uint32_t epsilon;
  /// The frontier starts at this production; INT64_MIN for all of it.
  int64_t production_floor;
  /// Asked with `context` inside every long loop; true ends the search as cancelled. May be NULL.
  bool (*cancelled)(void *context, double progress);
  void *context;
} cutline_closure_limits;

typedef struct {
  uint64_t cuts, passes, diagrams, labels, branches, supported;
} cutline_closure_work;

/// A proof that no region with a risk of at most a threshold has a production above `bound`. `flow` holds, per cell and
/// dimension, the flow from a cell to its safer neighbour, and lives until the next one is asked for.
///
/// With w = ceil((p P + u D - v N) / 2^shift) of a cell, u/v not below the threshold or v = 0, and r its w minus the
/// flow out of it plus the flow into it, a region weighs no more than its r, because none of its flow leaves it. So p
/// times its production is at most 2^shift times the sum of r over accepted cells and of max(0, r) over free ones.
typedef struct {
  int64_t p, u, v;
  int32_t shift;
  int64_t bound;
  const int64_t *flow;
} cutline_dual;

enum {
  CUTLINE_CLOSURE_DONE = 0,
  CUTLINE_CLOSURE_LIMIT = 1,
  CUTLINE_CLOSURE_CANCELLED = 2,
  CUTLINE_CLOSURE_NO_MEMORY = 3,
  CUTLINE_CLOSURE_INFEASIBLE = 4,
};

/// A grid with the buffers of its searches. Not for two threads at once.
typedef struct cutline_closure cutline_closure;

/// `sizes`: cells per dimension, the last one fastest; position 0 is the safe end. Production and denominators are not
/// negative, numerators negative only where the denominator is positive, and the absolute values of each array add up
/// to less than 2^53. `fates`, NULL or one a cell: 0 free, 1 accepted by every region, 2 by none; a cell that is accepted
/// has only accepted safer neighbours, a rejected one only rejected riskier ones. NULL where memory is short.
cutline_closure *cutline_closure_create(
  const size_t *sizes, size_t dimensions, const int64_t *production, const int64_t *numerator,
  const int64_t *denominator, const uint8_t *fates);
void cutline_closure_destroy(cutline_closure *closure);

/// The greatest production at a risk of at most numerator / denominator (denominator > 0), and among those the least
/// risk; with CUTLINE_CLOSURE_LIMIT there may be no region yet. `bound`: no region within the limit has more production. `relaxation`: the same from the Lagrangian dual alone.
int cutline_closure_threshold(
  cutline_closure *closure, int64_t numerator, int64_t denominator, const cutline_closure_limits *limits,
  cutline_region *best, int64_t *bound, int64_t *relaxation);

/// The dual behind `relaxation`, for the same grid, fates and threshold.
int cutline_closure_certify(
  cutline_closure *closure, int64_t numerator, int64_t denominator, const cutline_closure_limits *limits,
  cutline_dual *dual);

/// All regions that no other one dominates, one per distinct production and risk, by ascending production; none where
/// none is feasible.
int cutline_closure_frontier(cutline_closure *closure, const cutline_closure_limits *limits);

/// Results of the last search; they live until the next one.
size_t cutline_closure_regions(const cutline_closure *closure, const cutline_region **regions);
size_t cutline_closure_open(const cutline_closure *closure, const cutline_open_corner **corners);
size_t cutline_closure_words(const cutline_closure *closure, const uint64_t **words);
cutline_closure_work cutline_closure_statistics(const cutline_closure *closure);

#ifdef __cplusplus
}
#endif
