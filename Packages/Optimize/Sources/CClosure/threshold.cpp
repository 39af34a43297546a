#include <cmath>

#include "frontier.hpp"

namespace cutline {

namespace {

/// Passes on one corner of a threshold until nothing better can be left.
class ThresholdSearch {
 public:
  ThresholdSearch(Search &search, const Found &best, int64_t ceiling) : search(search), best(best), ceiling(ceiling) {}

  Search &search;
  Found best;
  /// No region within the threshold has more.
  int64_t ceiling;
  /// Upper bound on what was left open; nothing where all is closed.
  int64_t open = INT64_MIN;

  /// Strictly above `floor` with a risk of at most `threshold`: the greatest production.
  void raise(Problem &problem, const Sums &threshold, double cap, double done, bool mayShrink) {
    run(problem, {{best}, threshold, true, false, best.sums}, cap, done, mayShrink);
  }

  /// No less production: the least risk.
  void lower(Problem &problem, const Found &safest, double cap) {
    if (safest.sums.production >= best.sums.production) {
      best = safest;
      return;
    }
    Found floor = best;
    floor.sums.production -= 1;
    run(problem, {{floor}, best.sums, true, true, safest.sums}, cap, 0, true);
  }

 private:
  void run(Problem &problem, Corners corners, double cap, double done, bool mayShrink) {
    try {
      attempt(problem, corners, cap, done, mayShrink);
      return;
    } catch (const Stopped &) {
    } catch (const OverMemory &) { search.status = CUTLINE_CLOSURE_LIMIT; }
    if (!corners.strict) open = ceiling;
  }

  void attempt(Problem &problem, Corners &corners, double cap, double done, bool mayShrink) {
    for (;;) {
      if (corners.strict) {
        corners.end = best.sums;
      } else {
        corners.points[0] = best;
        corners.anchor = best.sums;
      }
      if (search.expired()) {
        leaveOpen(problem, corners);
        return;
      }
      Vector<Found> fresh;
      const Outcome outcome = problem.pass(corners, cap, mayShrink, fresh);
      for (const Found &x : fresh) {
        if (corners.strict ? compareRisk(x.sums, best.sums) < 0 : x.sums.production > best.sums.production) best = x;
      }
      switch (outcome) {
        case Outcome::closed:
          // With less risk the slack is another one.
          if (corners.strict && !fresh.empty()) continue;
          return;
        case Outcome::shrinkable: {
          Problem smaller(problem, problem.fates, false);
          run(smaller, corners, cap, done, false);
          return;
        }
        case Outcome::truncated:
          done = cap;
          cap = std::max(cap, 1 / problem.scale) * 3;
          mayShrink = true;
          continue;
        case Outcome::diagramTooLarge:
        case Outcome::labelsTooMany: {
          const double reached = std::min(cap, double(problem.lastLoss) / problem.scale);
          if (reached > 2 * done && reached * problem.scale > 100) {
            cap = done > 0 ? std::max(std::sqrt(reached * done), reached / 4) : reached / 4;
            continue;
          }
          branch(problem, corners, cap, done);
          return;
        }
      }
    }
  }

  void branch(Problem &problem, const Corners &corners, double cap, double done) {
    search.work.branches++;
    const int cell = problem.branchingCell();
    for (const bool accept : {false, true}) {
      Vector<Fate> fates(size_t(problem.poset.cells), Fate::free);
      for (const int c : problem.decidedBy(cell, accept)) fates[size_t(c)] = accept ? Fate::accepted : Fate::rejected;
      Problem side(problem, fates, true);
      run(side, corners, cap, done, true);
    }
  }

  void leaveOpen(Problem &problem, const Corners &corners) {
    if (corners.strict) return;
    if (search.hasEnded()) {
      open = ceiling;
      return;
    }
    Vector<Found> seen;
    if (!problem.dual(corners.end, false, corners.anchor, corners.end, best.sums.production, &seen, 6)) return;
    const int64_t value = problem.solve(problem.alpha, problem.beta, corners.end);
    open = std::max(open, problem.ceiling(value));
  }
};

/// Fills in what is found; what ends it leaves that as it is.
void answerThreshold(
  const Poset &poset, const Vector<Fate> &fates, Search &search, Sums threshold, ThresholdResult &result) {
  Problem problem(poset, fates, search);
  const std::optional<Found> least = leastRisk(problem);
  if (!least || compareRisk(least->sums, threshold) > 0) {
    result.feasible = false;
    return;
  }
  const Found &safest = *least;
  result.best = safest;
  result.known = true;
  problem.expectRisks(std::max(std::fabs(risk(safest.sums)), std::fabs(risk(threshold))));
  Vector<Found> seen;
  Found best = safest;
  const Found all = problem.found(Vector<uint8_t>(size_t(problem.poset.cells), 1));
  const bool allFits = all.sums.denominator > 0 && compareRisk(all.sums, threshold) <= 0;
  if (allFits) best = all;
  ThresholdSearch passes(search, best, result.relaxation);
  double cap = 1 / problem.scale;
  if (allFits) {
    result.relaxation = all.sums.production;
  } else {
    int64_t relaxation = 0;
    if (problem.dual(threshold, false, safest.sums, all.sums, INT64_MIN, &seen)) {
      relaxation = problem.ceiling(problem.solve(problem.alpha, problem.beta, threshold));
    }
    for (const Found &x : seen) {
      if (x.sums.production > passes.best.sums.production && compareRisk(x.sums, threshold) <= 0) {
        passes.best = x;
      }
    }
    result.relaxation = std::max(relaxation, passes.best.sums.production);
    passes.ceiling = result.relaxation;
    const double gap = double(result.relaxation - passes.best.sums.production);
    cap = gap * problem.alpha / 32;
    passes.raise(problem, threshold, cap, 0, false);
  }
  result.bound = std::max(passes.open, passes.best.sums.production);
  result.best = passes.best;
  if (!search.expired() && compareRisk(safest.sums, passes.best.sums) < 0) {
    passes.lower(problem, safest, cap);
  }
  result.best = passes.best;
}

}  // namespace

ThresholdResult findThreshold(const Poset &poset, const Vector<Fate> &fates, Search &search, Sums threshold) {
  // Beyond the sum of all numerators a threshold says no more.
  const int64_t most = int64_t(poset.absNumerator) + 1;
  for (const int64_t edge : {most, -most}) {
    const Sums limit{0, edge, 1};
    if (compareRisk(threshold, limit) == (edge > 0 ? 1 : -1)) threshold = limit;
  }
  ThresholdResult result;
  result.feasible = true;
  result.relaxation = result.bound = int64_t(poset.absProduction);
  bool whole = false;
  try {
    answerThreshold(poset, fates, search, threshold, result);
    whole = true;
  } catch (const Stopped &) {
  } catch (const OverMemory &) {
  }
  if (!whole) {
    result.bound = std::min(result.bound, result.relaxation);
    if (search.status == CUTLINE_CLOSURE_DONE) search.status = CUTLINE_CLOSURE_LIMIT;
  }
  return result;
}

}  // namespace cutline
