// What all parts of one search share: limits, counters, the sets of accepted cells, work space.
#pragma once

#include <chrono>
#include <cstring>

#include "cut.hpp"
#include "include/CClosure.h"

namespace cutline {

/// One partial region on a node of the diagram: sums over its accepted free cells, and the last arc that accepted one.
struct Label {
  int64_t production, numerator, denominator;
  int32_t arc;
};

/// A node of the decision diagram: where rejecting and accepting the layer's cell lead (-1: excluded) and what they
/// lose; the least loss from the root and to the end.
struct Node {
  int32_t reject, accept;
  int64_t rejectLoss, acceptLoss, fromRoot, toEnd;
};

/// Buffers that outlive a pass.
struct Workspace {
  Vector<Node> nodes;
  Vector<int> layers, order;
  Vector<double> bounds;
  Vector<Vector<Label>> labels;
  Vector<Vector<size_t>> runs;
  Vector<Label> merged, extended;
  /// Buffers of nodes that are done, for the next ones.
  Vector<Vector<Label>> spare;
  Vector<std::pair<int32_t, int32_t>> arcs;  // the arc before, the cell
  Vector<int> identity;
  Vector<uint64_t> hashKeys;
  Vector<int32_t> hashValues;
};

struct Search : Pace {
  cutline_closure_limits limits;
  size_t wordsPerRegion = 0;
  Vector<uint64_t> pool;
  cutline_closure_work work{};
  Workspace space;
  Vector<cutline_open_corner> open;
  double progress = 0;
  /// What the regions found take until they are written.
  uint64_t bytesKept = 0;
  int status = CUTLINE_CLOSURE_DONE;
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  /// Elapsed seconds after which the present gap is left, so that one hard gap does not use the time of all.
  double gapEnd = 1e300;
  bool gapLeft = false;

  double elapsed() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

  void startGap(size_t left) {
    const double now = elapsed();
    gapLeft = false;
    gapEnd = limits.seconds < 1e9 ? now + 8 * (limits.seconds - now) / double(left) : 1e300;
  }

  /// Whether the search, or its present gap, has to end now.
  bool expired() {
    if (hasEnded() || gapLeft) return true;
    gapLeft = elapsed() > gapEnd;
    return gapLeft;
  }

  /// Whether the search has to end now, or so much later.
  bool hasEnded(double graceSeconds = 0) {
    if (status != CUTLINE_CLOSURE_DONE) return true;
    if (limits.cancelled && limits.cancelled(limits.context, progress)) {
      status = CUTLINE_CLOSURE_CANCELLED;
    } else if (elapsed() > limits.seconds + graceSeconds || bytesKept > limits.bytes / 4) {
      status = CUTLINE_CLOSURE_LIMIT;
    }
    return status != CUTLINE_CLOSURE_DONE;
  }

 protected:
  void ask() override {
    // A pass that has begun may take a moment, so that little time gives something.
    if (hasEnded(0.02)) throw Stopped();
  }

 public:

  /// The greatest production that is as good as `production` within the tolerance; one below the floor of productions
  /// is as good as nothing.
  int64_t tolerated(int64_t production) const {
    if (production < limits.production_floor) return limits.production_floor - 1;
    if (limits.epsilon == 0 || production <= 0) return production;
    const Wide one = Wide(1) << 32;
    return int64_t(Wide(production) * one / (one - limits.epsilon));
  }
};

/// Orders points by production, keeps those that none dominates, one per distinct production and risk: the one with
/// the larger denominator, then the one found first.
void keepUndominated(Vector<Found> &points);

}  // namespace cutline
