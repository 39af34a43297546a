// The C interface.
#include <cmath>
#include <exception>

#include "frontier.hpp"

struct cutline_closure {
  cutline::Poset poset;
  cutline::Vector<cutline::Fate> fates;
  cutline::Vector<cutline_region> regions;
  cutline::Vector<cutline_open_corner> open;
  cutline::Vector<uint64_t> words;
  cutline_closure_work work{};
  cutline::Vector<int64_t> flow;
  /// What is held of the thread's bytes.
  int64_t held = 0;
};

namespace {

cutline::Poset makePoset(const size_t *sizes, size_t dimensions, const int64_t *p, const int64_t *n, const int64_t *d) {
  cutline::Poset poset;
  size_t cells = 1;
  for (size_t a = 0; a < dimensions; a++) cells *= sizes[a];
  poset.cells = int(cells);
  poset.dimensions = int(dimensions);
  poset.production.assign(p, p + cells);
  poset.numerator.assign(n, n + cells);
  poset.denominator.assign(d, d + cells);
  poset.safer.assign(cells * dimensions, -1);
  poset.riskier.assign(cells * dimensions, -1);
  size_t stride = cells;
  for (size_t a = 0; a < dimensions; a++) {
    stride /= sizes[a];
    for (size_t c = 0; c < cells; c++) {
      const size_t position = (c / stride) % sizes[a];
      if (position > 0) poset.safer[c * dimensions + a] = int(c - stride);
      if (position + 1 < sizes[a]) poset.riskier[c * dimensions + a] = int(c + stride);
    }
  }
  poset.measure();
  return poset;
}

cutline::Search makeSearch(const cutline_closure &closure, const cutline_closure_limits &limits) {
  cutline::Search search;
  search.limits = limits;
  search.limits.diagram_nodes = std::max(4, limits.diagram_nodes);
  search.limits.labels = std::max<int64_t>(4, limits.labels);
  search.wordsPerRegion = (size_t(closure.poset.cells) + 63) / 64;
  return search;
}

/// A call with its limit. Besides it there may be what is too little to be counted on a small grid.
template <class Body> int limited(cutline_closure &closure, const cutline_closure_limits &limits, Body body) {
  const int64_t before = cutline::Memory::here().held;
  int status = CUTLINE_CLOSURE_NO_MEMORY;
  try {
    const uint64_t slack = 16 << 20;
    cutline::MemoryLimit limit(std::max(limits.bytes, limits.bytes + slack), closure.held);
    status = body();
  } catch (const cutline::Stopped &) {
    status = CUTLINE_CLOSURE_CANCELLED;
  } catch (const cutline::OverMemory &) {
  } catch (const std::exception &) {
  }
  closure.held += cutline::Memory::here().held - before;
  return status;
}

cutline_region region(const cutline::Found &x, size_t word) {
  return {x.sums.production, x.sums.numerator, x.sums.denominator, word};
}

}  // namespace

extern "C" {

cutline_closure *cutline_closure_create(
  const size_t *sizes, size_t dimensions, const int64_t *production, const int64_t *numerator,
  const int64_t *denominator, const uint8_t *fates) {
  const int64_t before = cutline::Memory::here().held;
  try {
    cutline_closure *closure = new cutline_closure;
    try {
      closure->poset = makePoset(sizes, dimensions, production, numerator, denominator);
      for (int c = 0; fates && c < closure->poset.cells; c++) closure->fates.push_back(cutline::Fate(fates[c]));
    } catch (...) {
      delete closure;
      throw;
    }
    closure->held = cutline::Memory::here().held - before;
    return closure;
  } catch (const std::exception &) {
    return nullptr;
  }
}

void cutline_closure_destroy(cutline_closure *closure) { delete closure; }

int cutline_closure_threshold(
  cutline_closure *closure, int64_t numerator, int64_t denominator, const cutline_closure_limits *limits,
  cutline_region *best, int64_t *bound, int64_t *relaxation) {
  return limited(*closure, *limits, [&]() -> int {
    cutline::Search search = makeSearch(*closure, *limits);
    const cutline::ThresholdResult result =
      cutline::findThreshold(closure->poset, closure->fates, search, {0, numerator, denominator});
    closure->work = search.work;
    closure->open.clear();
    if (!result.feasible) {
      closure->regions.clear();
      closure->words.clear();
      return CUTLINE_CLOSURE_INFEASIBLE;
    }
    *bound = result.bound;
    *relaxation = result.relaxation;
    if (!result.known) {
      closure->regions.clear();
      closure->words.clear();
      return search.status;
    }
    const auto from = search.pool.begin() + long(result.best.bits);
    closure->words.assign(from, from + long(search.wordsPerRegion));
    closure->regions.assign(1, region(result.best, 0));
    *best = closure->regions[0];
    return search.status;
  });
}

int cutline_closure_certify(
  cutline_closure *closure, int64_t numerator, int64_t denominator, const cutline_closure_limits *limits,
  cutline_dual *dual) {
  return limited(*closure, *limits, [&]() -> int {
    cutline::Search search = makeSearch(*closure, *limits);
    std::optional<cutline::Dual> found =
      cutline::findDual(closure->poset, closure->fates, search, {0, numerator, denominator});
    closure->work = search.work;
    if (!found) return CUTLINE_CLOSURE_INFEASIBLE;
    closure->flow.swap(found->flow);
    *dual = {found->p, found->u, found->v, int32_t(found->shift), found->bound, closure->flow.data()};
    return CUTLINE_CLOSURE_DONE;
  });
}

int cutline_closure_frontier(cutline_closure *closure, const cutline_closure_limits *limits) {
  return limited(*closure, *limits, [&]() -> int {
    cutline::Search search = makeSearch(*closure, *limits);
    cutline::Vector<cutline::Found> points;
    cutline::findFrontier(closure->poset, closure->fates, search, points);
    cutline::MemoryLimit lifted(UINT64_MAX, 0);
    closure->regions.clear();
    for (const cutline::Found &x : points) closure->regions.push_back(region(x, x.bits));
    closure->words.swap(search.pool);
    closure->open.swap(search.open);
    closure->work = search.work;
    return search.status;
  });
}

size_t cutline_closure_regions(const cutline_closure *closure, const cutline_region **regions) {
  *regions = closure->regions.data();
  return closure->regions.size();
}

size_t cutline_closure_open(const cutline_closure *closure, const cutline_open_corner **corners) {
  *corners = closure->open.data();
  return closure->open.size();
}

size_t cutline_closure_words(const cutline_closure *closure, const uint64_t **words) {
  *words = closure->words.data();
  return closure->words.size();
}

cutline_closure_work cutline_closure_statistics(const cutline_closure *closure) { return closure->work; }

}  // extern "C"
