#include "frontier.hpp"

#include <cmath>

namespace cutline {

Found leastRisk(const Poset &poset, Problem &problem) {
  // Dinkelbach from risk 0, which accepting nothing has; products of sums are exact in 128 bits. Regions of least
  // N - rho D form a lattice, so that the largest of them has the greatest production and denominator.
  MaximumClosure<Wide> cut(poset);
  Sums ratio{0, 0, 1};
  std::vector<uint8_t> region;
  for (;;) {
    for (int c = 0; c < poset.cells; c++) {
      cut.weight[size_t(c)] = Wide(ratio.numerator) * poset.denominator[size_t(c)]
        - Wide(ratio.denominator) * poset.numerator[size_t(c)];
    }
    cut.load();
    const Wide value = cut.solve();
    problem.search.work.cuts++;
    if (value <= 0) break;
    cut.smallest(region);
    ratio = problem.sums(region);
  }
  cut.largest(region);
  return problem.found(region);
}

namespace {

Found acceptAll(Problem &problem) {
  return problem.found(std::vector<uint8_t>(size_t(problem.poset.cells), 1));
}

/// The points on the hull between the two ends, by a secant search at the right-hand risk of every step.
std::vector<Found> supportedPoints(Problem &problem, const Found &first, const Found &last) {
  std::vector<Found> done, stack{last, first};
  while (stack.size() > 1) {
    const Found a = stack.back(), b = stack[stack.size() - 2];
    stack.pop_back();
    if (problem.search.expired()) {
      done.push_back(a);
      continue;
    }
    std::vector<Found> seen, between;
    problem.dual(b.sums, true, a.sums, b.sums, INT64_MIN, &seen);
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

/// Moves the words of the points to the front of a pool of their own.
void moveWords(std::vector<Found> &points, const std::vector<uint64_t> &from, std::vector<uint64_t> &to, size_t words) {
  for (Found &x : points) {
    const size_t place = to.size();
    to.insert(to.end(), from.begin() + long(x.bits), from.begin() + long(x.bits + words));
    x.bits = place;
  }
}

}  // namespace

void findFrontier(const Poset &poset, Search &search, std::vector<Found> &out) {
  Problem probe(poset, search, 1);
  const Found first = leastRisk(poset, probe), last = acceptAll(probe);
  std::vector<Found> ends{first, last};
  // Without a positive denominator anywhere only regions of risk 0 are feasible, and `first` is the largest.
  if (last.sums.denominator == 0) ends.pop_back();
  keepUndominated(ends);
  if (ends.size() < 2) {
    out = ends;
    return;
  }
  Problem problem(poset, search, std::max(std::fabs(risk(first.sums)), std::fabs(risk(last.sums))));
  std::vector<Found> chain = supportedPoints(problem, first, last);
  search.work.supported = chain.size();
  std::vector<uint64_t> kept;
  {
    moveWords(chain, search.pool, kept, search.wordsPerRegion);
    search.pool.swap(kept);
    kept.clear();
  }

  // Easy gaps first, so that a budget leaves the hard ones open.
  const size_t gaps = chain.size() - 1, mark = search.pool.size();
  std::vector<std::pair<double, size_t>> order;
  for (size_t i = 0; i < gaps; i++) {
    const double width = risk(chain[i + 1].sums) - risk(chain[i].sums);
    order.push_back({width * double(chain[i + 1].sums.production - chain[i].sums.production), i});
  }
  std::sort(order.begin(), order.end());
  std::vector<Found> all;
  Refinement refinement(search);
  for (size_t done = 0; done < gaps; done++) {
    const Found &a = chain[order[done].second], &b = chain[order[done].second + 1];
    search.progress = double(done) / double(gaps);
    search.startGap(gaps - done);
    std::vector<Found> local;
    problem.dual(b.sums, true, a.sums, b.sums, a.sums.production, nullptr);
    const double cap = double(b.sums.production - a.sums.production) * problem.alpha / 32;
    refinement.close(problem, {{a}, b.sums, false, true, a.sums}, cap, local);
    keepUndominated(local);
    moveWords(local, search.pool, kept, search.wordsPerRegion);
    all.insert(all.end(), local.begin(), local.end());
    search.pool.resize(mark);
    search.bytesKept = kept.size() * 8 + all.size() * sizeof(Found);
  }
  if (search.status == CUTLINE_CLOSURE_DONE && !search.open.empty()) search.status = CUTLINE_CLOSURE_LIMIT;
  std::vector<Found> end{chain.back()};
  moveWords(end, search.pool, kept, search.wordsPerRegion);
  all.push_back(end[0]);
  keepUndominated(all);
  std::vector<uint64_t>().swap(search.pool);
  moveWords(all, kept, search.pool, search.wordsPerRegion);
  out.swap(all);
}

}  // namespace cutline
