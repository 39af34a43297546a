#include "problem.hpp"

#include <cmath>

#pragma STDC FP_CONTRACT OFF

namespace cutline {

namespace {

Poset freePart(const Poset &p, const Vector<Fate> &fates, Pace &pace) {
  pace.spend(int64_t(p.cells) * (8 + 4 * p.dimensions));
  if (fates.empty()) return p;
  Poset left;
  left.dimensions = p.dimensions;
  Vector<int> number(p.cells, -1);
  for (int c = 0; c < p.cells; c++) {
    if (fates[c] != Fate::free) continue;
    number[c] = left.cells++;
    left.production.push_back(p.production[c]);
    left.numerator.push_back(p.numerator[c]);
    left.denominator.push_back(p.denominator[c]);
  }
  for (int c = 0; c < p.cells; c++) {
    if (fates[c] != Fate::free) continue;
    for (size_t i = size_t(c) * p.dimensions, a = 0; a < size_t(p.dimensions); a++) {
      left.safer.push_back(p.safer[i + a] < 0 ? -1 : number[p.safer[i + a]]);
      left.riskier.push_back(p.riskier[i + a] < 0 ? -1 : number[p.riskier[i + a]]);
    }
  }
  return left;
}

}  // namespace

Problem::Problem(const Poset &grid, const Vector<Fate> &fates, Search &search)
    : poset(freePart(grid, fates, search)), search(search), cut(poset, search), baseBits(search.wordsPerRegion, 0),
      fates(poset.cells, Fate::free) {
  for (int c = 0; c < grid.cells; c++) {
    if (fates.empty() || fates[c] == Fate::free) original.push_back(c);
    if (fates.empty() || fates[c] != Fate::accepted) continue;
    accept(grid, c, c);
  }
  measure();
}

Problem::Problem(const Problem &whole, const Vector<Fate> &fates, bool branched)
    : poset(freePart(whole.poset, fates, whole.search)), search(whole.search), cut(poset, whole.search), base(whole.base),
      baseBits(whole.baseBits), fates(poset.cells, Fate::free), riskBound(whole.riskBound),
      branched(branched || whole.branched), hinted(whole.hinted), hintA(whole.hintA), hintB(whole.hintB) {
  for (int c = 0; c < whole.poset.cells; c++) {
    if (fates[c] == Fate::free) original.push_back(whole.original[c]);
    if (fates[c] == Fate::accepted) accept(whole.poset, c, whole.original[c]);
  }
  measure();
}

void Problem::accept(const Poset &from, int cell, int bit) {
  base.production += from.production[cell];
  base.numerator += from.numerator[cell];
  base.denominator += from.denominator[cell];
  baseBits[bit >> 6] |= uint64_t(1) << (bit & 63);
}

void Problem::expectRisks(double bound) {
  riskBound = bound;
  measure();
}

void Problem::measure() {
  poset.measure();
  // Absolute weights add up to about 2^58, so that flows, which are at most four times as large, fit.
  scale = std::exp2(std::floor(57 - std::log2(poset.absProduction + 1)));
  exchange = (poset.absProduction + 1) / (poset.absNumerator + riskBound * (poset.absDenominator + 1) + 1);
}

Sums Problem::sums(const Vector<uint8_t> &region) const {
  Sums s = base;
  for (int c = 0; c < poset.cells; c++) {
    if (!region[c]) continue;
    s.production += poset.production[c];
    s.numerator += poset.numerator[c];
    s.denominator += poset.denominator[c];
  }
  return s;
}

size_t Problem::openBits() {
  const size_t place = search.pool.size();
  search.pool.insert(search.pool.end(), baseBits.begin(), baseBits.end());
  return place;
}

void Problem::setBit(size_t place, int cell) {
  const int bit = original[cell];
  search.pool[place + size_t(bit >> 6)] |= uint64_t(1) << (bit & 63);
}

Found Problem::found(const Vector<uint8_t> &region) {
  Found f{sums(region), openBits()};
  for (int c = 0; c < poset.cells; c++) {
    if (region[c]) setBit(f.bits, c);
  }
  return f;
}

void Problem::normalise(double slack, double production) {
  const double whole = slack + production / exchange;
  alpha = slack / whole;
  beta = production / whole;
}

int64_t Problem::riskMultiplier(const Sums &risk) const {
  return int64_t(ceilDivide(Wide(v) * risk.numerator, risk.denominator));
}

Wide Problem::exactWeight(const Sums &x, int64_t u) const {
  return Wide(p) * x.production + Wide(u) * x.denominator - Wide(v) * x.numerator;
}

int64_t Problem::solve(double alpha, double beta, const Sums &risk) {
  const double a = alpha * scale, b = beta * scale;
  int exponent = 0;
  std::frexp(std::max(a, std::max(b, b * std::fabs(cutline::risk(risk)))), &exponent);
  shift = std::max(0, std::min(60, 60 - exponent));
  p = int64_t(std::ldexp(a, shift));
  v = int64_t(std::ldexp(b, shift));
  u = riskMultiplier(risk);
  weightRisk = risk;
  weighted = true;
  search.work.cuts++;
  for (int c = 0; c < poset.cells; c++) {
    if (c % 4096 == 0) search.spend(4096 * 8);
    cut.weight[c] = int64_t(
      ceilShift(exactWeight({poset.production[c], poset.numerator[c], poset.denominator[c]}, u), shift));
  }
  cut.load();
  return cut.solve();
}

int64_t Problem::ceiling(int64_t value) const {
  if (p == 0) return base.production + int64_t(poset.absProduction);
  // For the regions in question u D - v N is not negative, so that p P is at most the weight.
  const Wide whole = Wide(value) * (Wide(1) << shift) + exactWeight(base, u);
  const Wide most = floorDivide(whole, p);
  const Wide all = Wide(base.production) + Wide(poset.absProduction);
  return int64_t(std::min(most, all));
}

Vector<int> Problem::decidedBy(int cell, bool accept) const {
  const int k = poset.dimensions;
  Vector<uint8_t> seen(poset.cells);
  Vector<int> cells{cell};
  seen[cell] = 1;
  const Vector<int> &next = accept ? poset.safer : poset.riskier;
  search.spend(poset.cells / 8);
  for (size_t head = 0; head < cells.size(); head++) {
    search.spend(4 * k);
    for (size_t i = size_t(cells[head]) * k, a = 0; a < size_t(k); a++) {
      const int v = next[i + a];
      if (v < 0 || seen[v]) continue;
      seen[v] = 1;
      cells.push_back(v);
    }
  }
  return cells;
}

int Problem::branchingCell() const {
  int best = -1;
  long most = -1;
  const int step = std::max(1, poset.cells / 400);
  for (int c = 0; c < poset.cells; c++) {
    if (fates[c] != Fate::free || (c % step != 0 && best >= 0)) continue;
    const auto free = [&](bool accept) {
      const Vector<int> cells = decidedBy(c, accept);
      return long(std::count_if(cells.begin(), cells.end(), [&](int x) { return fates[x] == Fate::free; }));
    };
    const long least = std::min(free(true), free(false));
    if (least > most) {
      most = least;
      best = c;
    }
  }
  return best;
}

}  // namespace cutline
