// Exact bounds of corners, fixing of cells, and one pass: cut, fixing, diagram, labels.
#include "problem.hpp"

#pragma STDC FP_CONTRACT OFF

namespace cutline {

Wide Problem::cornerFloor(const Corners &corners, size_t i, int64_t u, int64_t denominator) const {
  // For a region of the corner, N D_e <= N_e D (- 1 if strict), so that
  // u D - v N >= D (u D_e - v N_e) / D_e (+ v / D_e), where the factor of D is not negative.
  const Sums &e = corners.right(i);
  const Wide factor = floorDivide(Wide(u) * e.denominator - Wide(v) * e.numerator, e.denominator);
  const Wide strict = corners.strict ? v / e.denominator : 0;
  return Wide(p) * (Wide(search.tolerated(corners.points[i].sums.production)) + 1) + factor * denominator + strict;
}

int64_t Problem::greatestLoss(const Corners &corners, int64_t value, int64_t denominator) const {
  Wide least = cornerFloor(corners, 0, u, denominator);
  for (size_t i = 1; i < corners.points.size(); i++) {
    least = std::min(least, cornerFloor(corners, i, u, denominator));
  }
  const Wide loss = Wide(value) - ceilShift(least - exactWeight(base, u), shift);
  return int64_t(std::max(Wide(-1), std::min(Wide(1) << 61, loss)));
}

int64_t Problem::acceptedDenominator() const {
  int64_t d = base.denominator;
  for (int c = 0; c < poset.cells; c++) {
    if (fates[c] == Fate::accepted) d += poset.denominator[c];
  }
  return d;
}

void Problem::fix(int64_t cap, bool first) {
  search.spend(2 * int64_t(poset.cells) * poset.dimensions);
  if (first) std::fill(fates.begin(), fates.end(), Fate::free);
  const int k = poset.dimensions;
  const auto touches = [&](const Vector<int> &neighbours, int c, Fate fate) {
    for (size_t i = size_t(c) * k; i < size_t(c + 1) * k; i++) {
      if (neighbours[i] >= 0 && fates[neighbours[i]] == fate) return true;
    }
    return false;
  };
  for (int c = 0; c < poset.cells; c++) {
    if (region[c] || fates[c] != Fate::free) continue;
    if (touches(poset.safer, c, Fate::rejected) || cut.forcingExceeds(c, cap, true)) fates[c] = Fate::rejected;
  }
  for (int c = poset.cells - 1; c >= 0; c--) {
    if (!region[c] || fates[c] != Fate::free) continue;
    if (touches(poset.riskier, c, Fate::accepted) || cut.forcingExceeds(c, cap, false)) fates[c] = Fate::accepted;
  }
}

Outcome Problem::pass(Corners corners, double cap, bool mayShrink, Vector<Found> &out) {
  search.work.passes++;
  const size_t count = corners.points.size();
  const size_t middle = count / 2;
  const Sums aim = count == 1 ? corners.end : corners.points[middle].sums;
  const int64_t reference = corners.points[count == 1 ? 0 : middle - 1].sums.production;
  Vector<Found> seen;
  const bool any = dual(
    aim, corners.strict, corners.anchor, corners.end, reference, corners.threshold ? &seen : nullptr);
  for (const Found &x : seen) {
    const int over = compareRisk(x.sums, corners.end);
    if (x.sums.production <= corners.points[0].sums.production || over > 0 || (corners.strict && over == 0)) continue;
    out.push_back(x);
    if (!corners.strict) corners.points[0] = x;
  }
  if (!any) {
    if (count == 1) return Outcome::closed;
    normalise(1, exchange);
  }
  const int64_t value = solve(alpha, beta, corners.end);
  cut.largest(region);
  const int64_t units = int64_t(std::min(0x1p61, cap * scale)) + 64;
  int64_t loss = greatestLoss(corners, value, base.denominator);
  if (loss < 0) return Outcome::closed;
  bool first = true;
  if (loss > units && mayShrink && poset.cells > 48) {
    fix(loss, true);
    first = false;
    const auto left = std::count(fates.begin(), fates.end(), Fate::free);
    if (double(left) < 0.7 * poset.cells) return Outcome::shrinkable;
    loss = greatestLoss(corners, value, acceptedDenominator());
    if (loss < 0) return Outcome::closed;
  }
  int64_t denominator = base.denominator;
  int64_t allowed = 0;
  bool complete = true;
  for (int round = 0; round < 3; round++) {
    complete = loss <= units;
    allowed = std::min(loss, units);
    fix(allowed, first);
    first = false;
    if (!complete) break;
    // All regions of the corners contain the cells that are fixed in, which makes their denominators larger.
    denominator = acceptedDenominator();
    const int64_t next = greatestLoss(corners, value, denominator);
    if (next < 0) return Outcome::closed;
    if (double(next) > 0.97 * double(loss)) break;
    loss = next;
  }
  // Under a cap the fixed cells say nothing about regions that lose more.
  if (!complete) denominator = base.denominator;
  lastLoss = allowed;
  if (!buildDiagram(allowed)) return Outcome::diagramTooLarge;
  if (!runLabels(corners, denominator, out)) return Outcome::labelsTooMany;
  return complete ? Outcome::closed : Outcome::truncated;
}

}  // namespace cutline
