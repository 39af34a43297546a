// A grid, or what is left of it after cells were fixed, with its cut and its exact bounds.
#pragma once

#include <memory>

#include "search.hpp"

namespace cutline {

enum class Fate : uint8_t { free = 0, accepted = 1, rejected = 2 };

/// Corners between points of a chain with increasing production and risk: corner i holds the regions with a
/// production above that of point i and a risk below that of point i + 1; the last one ends at the risk of `end`.
///
/// At a threshold there is one corner, and only its greatest slack counts, not all of its frontier. It holds the
/// regions with a risk of at most that of `end`, or below it if `strict`.
struct Corners {
  Vector<Found> points;
  Sums end;
  bool threshold = false, strict = true;
  /// A region from which the search for multipliers can start.
  Sums anchor;

  const Sums &right(size_t i) const { return i + 1 < points.size() ? points[i + 1].sums : end; }
};

/// A proof that no region with a risk of at most a threshold has a production above `bound`; see CClosure.h.
struct Dual {
  int64_t p = 1, u = 0, v = 0;
  int shift = 0;
  int64_t bound = 0;
  /// Per cell of the grid and dimension, to the safer neighbour.
  Vector<int64_t> flow;
};

enum class Outcome { closed, truncated, diagramTooLarge, labelsTooMany, shrinkable };

/// Weights w = (p P + u D - v N) / 2^shift, rounded up cell by cell, with integers p, v >= 0 and u/v not below the risk
/// that they were made for. Sums and comparisons of weights are exact; only the choice of p, u, v is in floating point.
class Problem {
 public:
  /// What is left of a grid when its cells have met the given fates; without any, all of it.
  Problem(const Poset &grid, const Vector<Fate> &fates, Search &search);
  /// What is left of `whole` when its cells have met the given fates.
  Problem(const Problem &whole, const Vector<Fate> &fates, bool branched);
  Problem(const Problem &) = delete;

  Poset poset;
  Search &search;
  MaximumClosure<int64_t> cut;
  /// Accepted cells that are no longer part of the poset.
  Sums base;
  Vector<int> original;
  Vector<uint64_t> baseBits;
  Vector<Fate> fates;
  Vector<uint8_t> region;
  double scale = 1, exchange = 1, riskBound = 1;
  /// Cap on the loss in the last pass, in flow units.
  int64_t lastLoss = 0;

  /// Absolute risks that occur are not larger than `bound`; until then not larger than 1.
  void expectRisks(double bound);
  Sums sums(const Vector<uint8_t> &region) const;
  Found found(const Vector<uint8_t> &region);
  /// Bits of the base alone; returns their place.
  size_t openBits();
  void setBit(size_t place, int cell);

  /// The cut for weights near production + (beta / alpha) (risk · denominator - numerator).
  int64_t solve(double alpha, double beta, const Sums &risk);
  /// Chooses multipliers for regions with a risk below `risk` (or at most, unless `strict`) by a secant search on the
  /// hull of production and slack, starting from `a` and `b`, and leaves them in `alpha` and `beta`. Regions on the way
  /// go to `seen`. With a `reference` production (INT64_MIN: none) the search ends when it is good enough for a corner
  /// above it. False: there is no such region; `seen` may then hold the best one exactly on a threshold.
  bool dual(
    const Sums &risk, bool strict, Sums a, Sums b, int64_t reference, Vector<Found> *seen, int rounds = 40);
  /// Multipliers at a price of risk that rises as `production` falls, leaving them in `alpha` and `beta`.
  void price(double production) { normalise(production, exchange); }
  /// Takes the present cut of this root problem as the proof if it gives a lower bound than `best`.
  void certify(const Poset &grid, const Vector<Fate> &fates, Dual &best);
  /// No region with a risk of at most the one that `solve` was given last has more production.
  int64_t ceiling(int64_t value) const;

  /// Searches the corners for regions that lose at most `cap` (in units of production); appends what belongs there.
  Outcome pass(Corners corners, double cap, bool mayShrink, Vector<Found> &out);
  /// The free cell that splits the problem best; -1 where none is free.
  int branchingCell() const;
  /// The cell and all that its rejection (acceptance) decides.
  Vector<int> decidedBy(int cell, bool accept) const;

  double alpha = 1, beta = 0;

 private:
  int64_t p = 1, u = 0, v = 0;
  int shift = 0;
  Sums weightRisk{0, 0, 0};
  bool weighted = false, branched = false, hinted = false;
  Sums hintA, hintB;

  void accept(const Poset &from, int cell, int bit);
  void measure();
  void normalise(double slack, double production);
  int64_t riskMultiplier(const Sums &risk) const;
  Wide exactWeight(const Sums &sums, int64_t u) const;
  /// A lower bound, times 2^shift, of p P + u D - v N over the regions of a corner with at least `denominator`.
  Wide cornerFloor(const Corners &corners, size_t i, int64_t u, int64_t denominator) const;
  int64_t greatestLoss(const Corners &corners, int64_t value, int64_t denominator) const;
  void fix(int64_t cap, bool first);
  int64_t acceptedDenominator() const;
  bool exactSlack(const Sums &risk, bool strict, Sums &left, Vector<Found> *seen);
  bool buildDiagram(int64_t cap);
  /// False where the labels are too many, for their limit or for the memory.
  bool runLabels(const Corners &corners, int64_t denominator, Vector<Found> &out);
  bool labelled(const Corners &corners, int64_t denominator, Vector<Found> &out);
};

}  // namespace cutline
