#include "frontier.hpp"

#include <cmath>

namespace cutline {

namespace {

Found acceptAll(Problem &problem) {
  return problem.found(Vector<uint8_t>(size_t(problem.poset.cells), 1));
}

}  // namespace

std::optional<Found> leastRisk(Problem &problem) {
  // Dinkelbach from the risk of accepting as little as possible or, where that is infeasible, as much as possible: as
  // cells without a denominator have no negative numerator, no region is feasible if neither is. Products of sums are
  // exact in 128 bits. Regions of least N - rho D form a lattice, so that the largest of them has the greatest production
  // and denominator.
  const Poset &poset = problem.poset;
  Sums ratio = problem.base;
  if (ratio.denominator == 0 && ratio.numerator != 0) ratio = acceptAll(problem).sums;
  if (ratio.denominator == 0 && ratio.numerator != 0) return std::nullopt;
  if (ratio.denominator == 0) ratio.denominator = 1;
  MaximumClosure<Wide> cut(poset, problem.search);
  Vector<uint8_t> region;
  for (;;) {
    for (int c = 0; c < poset.cells; c++) {
      if (c % 4096 == 0) problem.search.spend(4096 * 8);
      cut.weight[size_t(c)] = slack(
        {poset.production[size_t(c)], poset.numerator[size_t(c)], poset.denominator[size_t(c)]}, ratio);
    }
    cut.load();
    const Wide value = cut.solve() + slack(problem.base, ratio);
    problem.search.work.cuts++;
    if (value <= 0) break;
    cut.smallest(region);
    ratio = problem.sums(region);
  }
  cut.largest(region);
  return problem.found(region);
}

namespace {

/// The points on the hull between the two ends, by a secant search at the right-hand risk of every step.
Vector<Found> supportedPoints(Problem &problem, const Found &first, const Found &last) {
  Vector<Found> done, stack{last, first};
  while (stack.size() > 1) {
    const Found a = stack.back(), b = stack[stack.size() - 2];
    stack.pop_back();
    if (problem.search.expired()) {
      done.push_back(a);
      continue;
    }
    Vector<Found> seen, between;
    try {
      problem.dual(b.sums, true, a.sums, b.sums, INT64_MIN, &seen);
    } catch (const Stopped &) {
    } catch (const OverMemory &) {
    }
    for (const Found &x : seen) {
      if (x.sums.production > a.sums.production && x.sums.production < b.sums.production &&
          compareRisk(x.sums, b.sums) < 0 && compareRisk(x.sums, first.sums) >= 0) {
        between.push_back(x);
      }
    }
    if (between.empty()) {
      done.push_back(a);
      continue;
    }
    between.push_back(a);
    between.push_back(b);
    stack.pop_back();
    keepUndominated(between);
    stack.insert(stack.end(), between.rbegin(), between.rend());
  }
  done.push_back(stack.back());
  keepUndominated(done);
  return done;
}

/// Leaves out the points below the floor of productions.
void aboveFloor(const Search &search, Vector<Found> &points) {
  const auto below = [&](const Found &x) { return x.sums.production < search.limits.production_floor; };
  points.erase(std::remove_if(points.begin(), points.end(), below), points.end());
}

/// Moves the words of the points to the front of a pool of their own.
void moveWords(Vector<Found> &points, const Vector<uint64_t> &from, Vector<uint64_t> &to, size_t words) {
  // What is kept has a limit of its own.
  MemoryLimit lifted(UINT64_MAX, 0);
  for (Found &x : points) {
    const size_t place = to.size();
    to.insert(to.end(), from.begin() + long(x.bits), from.begin() + long(x.bits + words));
    x.bits = place;
  }
}

/// The ends of the frontier and the points on its hull, in a chain; nothing where no region is feasible.
Vector<Found> chainOf(Problem &problem, Search &search) {
  const std::optional<Found> safest = leastRisk(problem);
  if (!safest) return {};
  const Found first = *safest, last = acceptAll(problem);
  Vector<Found> ends{first, last};
  // Without a positive denominator anywhere only regions of risk 0 are feasible, and `first` is the largest.
  if (last.sums.denominator == 0) ends.pop_back();
  keepUndominated(ends);
  if (ends.size() < 2) return ends;
  problem.expectRisks(std::max(std::fabs(risk(first.sums)), std::fabs(risk(last.sums))));
  ends = supportedPoints(problem, first, last);
  search.work.supported = ends.size();
  return ends;
}

/// Closes the gaps of a chain, easy ones first, so that a budget leaves the hard ones open. Points go to `all`, their
/// words to `kept`.
void closeGaps(Problem &problem, Search &search, const Vector<Found> &chain, Vector<Found> &all, Vector<uint64_t> &kept) {
  const size_t gaps = chain.size() - 1, mark = search.pool.size();
  Vector<std::pair<double, size_t>> order;
  for (size_t i = 0; i < gaps; i++) {
    const double width = risk(chain[i + 1].sums) - risk(chain[i].sums);
    order.push_back({width * double(chain[i + 1].sums.production - chain[i].sums.production), i});
  }
  std::sort(order.begin(), order.end());
  Refinement refinement(search);
  for (size_t done = 0; done < gaps; done++) {
    const Found &a = chain[order[done].second], &b = chain[order[done].second + 1];
    search.progress = double(done) / double(gaps);
    search.startGap(gaps - done);
    const Corners gap{{a}, b.sums, false, true, a.sums};
    Vector<Found> local;
    bool tried = false;
    try {
      problem.dual(b.sums, true, a.sums, b.sums, a.sums.production, nullptr);
      tried = true;
    } catch (const Stopped &) {
    } catch (const OverMemory &) {
    }
    if (tried) {
      const double cap = double(b.sums.production - a.sums.production) * problem.alpha / 32;
      refinement.close(problem, gap, cap, local);
    } else {
      refinement.nameOpen(gap);
      local.push_back(a);
    }
    keepUndominated(local);
    moveWords(local, search.pool, kept, search.wordsPerRegion);
    MemoryLimit lifted(UINT64_MAX, 0);
    all.insert(all.end(), local.begin(), local.end());
    search.pool.resize(mark);
    search.bytesKept = kept.size() * 8 + all.size() * (sizeof(Found) + search.limits.point_bytes);
  }
  Vector<Found> end{chain.back()};
  moveWords(end, search.pool, kept, search.wordsPerRegion);
  MemoryLimit lifted(UINT64_MAX, 0);
  all.push_back(end[0]);
}

}  // namespace

void findFrontier(const Poset &poset, const Vector<Fate> &fates, Search &search, Vector<Found> &out) {
  Vector<uint64_t> kept;
  Vector<Found> all;
  bool begun = false;
  try {
    Problem problem(poset, fates, search);
    Vector<Found> chain = chainOf(problem, search);
    begun = true;
    Vector<uint64_t> words;
    moveWords(chain, search.pool, words, search.wordsPerRegion);
    search.pool.swap(words);
    Vector<uint64_t>().swap(words);
    if (chain.size() > 1) {
      closeGaps(problem, search, chain, all, kept);
    } else {
      moveWords(chain, search.pool, kept, search.wordsPerRegion);
      all.swap(chain);
    }
  } catch (const Stopped &) {
  } catch (const OverMemory &) {
  }
  MemoryLimit lifted(UINT64_MAX, 0);
  if (!begun) {
    // Not even the ends are known. No region has more risk than all numerators over one unit.
    const int64_t floor = std::max<int64_t>(search.limits.production_floor, 0) - 1;
    search.open.push_back({floor, int64_t(poset.absProduction), int64_t(poset.absNumerator) + 1, 1});
  }
  if (search.status == CUTLINE_CLOSURE_DONE && !search.open.empty()) search.status = CUTLINE_CLOSURE_LIMIT;
  search.space = Workspace();
  keepUndominated(all);
  aboveFloor(search, all);
  Vector<uint64_t>().swap(search.pool);
  moveWords(all, kept, search.pool, search.wordsPerRegion);
  out.swap(all);
}

}  // namespace cutline
