// The dual of a threshold as integers that anyone can add up.
#include <cmath>

#include "frontier.hpp"

#pragma STDC FP_CONTRACT OFF

namespace cutline {

void Problem::certify(const Poset &grid, const Vector<Fate> &fates, Dual &best) {
  if (p <= 0) return;
  // As a reader of the certificate adds it up: weights of accepted cells are rounded up one by one, too.
  Wide whole = 0;
  for (const int64_t x : cut.excess) whole += std::max<int64_t>(x, 0);
  for (int c = 0; c < grid.cells && !fates.empty(); c++) {
    if (fates[size_t(c)] != Fate::accepted) continue;
    const Sums own{grid.production[size_t(c)], grid.numerator[size_t(c)], grid.denominator[size_t(c)]};
    whole += ceilShift(exactWeight(own, u), shift);
  }
  const Wide bound = floorDivide(whole * (Wide(1) << shift), p);
  if (bound >= best.bound) return;
  const size_t k = size_t(grid.dimensions);
  best = {p, u, v, shift, int64_t(bound), Vector<int64_t>(size_t(grid.cells) * k, 0)};
  for (size_t c = 0; c < size_t(poset.cells); c++) {
    std::copy_n(cut.flow.begin() + long(c * k), k, best.flow.begin() + long(size_t(original[c]) * k));
  }
}

std::optional<Dual> findDual(const Poset &poset, const Vector<Fate> &fates, Search &search, Sums threshold) {
  Problem problem(poset, fates, search);
  const std::optional<Found> safest = leastRisk(problem);
  if (!safest || compareRisk(safest->sums, threshold) > 0) return std::nullopt;
  const Found all = problem.found(Vector<uint8_t>(size_t(problem.poset.cells), 1));
  // Production alone, which no flow can improve as there is no negative one.
  Dual best{1, 0, 0, 0, all.sums.production, Vector<int64_t>(poset.safer.size(), 0)};
  // Beyond the sum of all numerators every region with a denominator is within the threshold.
  if (compareRisk(threshold, {0, int64_t(poset.absNumerator) + 1, 1}) > 0) return best;
  if (all.sums.denominator > 0 && compareRisk(all.sums, threshold) <= 0) return best;
  problem.expectRisks(std::max(std::fabs(risk(safest->sums)), std::fabs(risk(threshold))));
  if (problem.dual(threshold, false, safest->sums, all.sums, INT64_MIN, nullptr)) {
    problem.solve(problem.alpha, problem.beta, threshold);
    problem.certify(poset, fates, best);
    return best;
  }
  // No region has slack to spare: the higher the price of risk, the closer to the best of those on the threshold, until
  // rounding takes over.
  for (int doubling = 0; doubling < 60; doubling++) {
    problem.price(std::ldexp(1.0, -doubling));
    problem.solve(problem.alpha, problem.beta, threshold);
    problem.certify(poset, fates, best);
  }
  return best;
}

}  // namespace cutline
