// Thresholds and frontiers as sequences of passes.
#pragma once

#include <optional>

#include "problem.hpp"

namespace cutline {

/// The region with the least risk, and among those the largest one, hence with the greatest production; nothing where
/// every region of the problem has a numerator over no denominator.
std::optional<Found> leastRisk(Problem &problem);

/// Closes corners: smaller groups, smaller losses first, and branching where a pass is too large.
class Refinement {
 public:
  explicit Refinement(Search &search) : search(search) {}

  /// Finds every region of the corners that none of their points dominates; appends those and the points to `out`.
  void close(Problem &problem, Corners corners, double cap, Vector<Found> &out);

  /// Names corners as open, by their points alone.
  void nameOpen(const Corners &corners);

 private:
  Search &search;

  void refine(Problem &problem, Corners corners, double cap, double done, bool mayShrink, Vector<Found> &out);
  void parts(Problem &problem, const Corners &corners, size_t count, double cap, double done, Vector<Found> &out);
  void branch(Problem &problem, const Corners &corners, double cap, double done, Vector<Found> &out);
  void attempt(Problem &problem, Corners &corners, double cap, double done, bool mayShrink, Vector<Found> &out);
  /// Names the corners with the best bounds that there is time for.
  void leaveOpen(Problem &problem, const Corners &corners);
  /// The same by a cut each.
  void bound(Problem &problem, const Corners &corners);
  void thin(const Corners &corners, Vector<Found> &points) const;
};

/// The frontier of a grid whose cells have met the given fates; regions by ascending production, none where none is
/// feasible.
void findFrontier(const Poset &poset, const Vector<Fate> &fates, Search &search, Vector<Found> &out);

struct ThresholdResult {
  Found best;
  int64_t bound = 0, relaxation = 0;
  /// `known`: a region within the threshold is, which is `best`. Neither: none exists.
  bool feasible = false, known = false;
};

/// The dual that gives the relaxation of a threshold, as a proof; nothing where no region is within it.
std::optional<Dual> findDual(const Poset &poset, const Vector<Fate> &fates, Search &search, Sums threshold);

ThresholdResult findThreshold(const Poset &poset, const Vector<Fate> &fates, Search &search, Sums threshold);

}  // namespace cutline
