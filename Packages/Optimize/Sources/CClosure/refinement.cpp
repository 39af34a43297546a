#include <cmath>

#include "frontier.hpp"

namespace cutline {

void keepUndominated(Vector<Found> &points) {
  std::sort(points.begin(), points.end(), [](const Found &a, const Found &b) {
    if (a.sums.production != b.sums.production) return a.sums.production > b.sums.production;
    const int risk = compareRisk(a.sums, b.sums);
    if (risk != 0) return risk < 0;
    if (a.sums.denominator != b.sums.denominator) return a.sums.denominator > b.sums.denominator;
    return a.bits < b.bits;
  });
  size_t kept = 0;
  for (size_t i = 0; i < points.size(); i++) {
    if (kept > 0 && compareRisk(points[i].sums, points[kept - 1].sums) >= 0) continue;
    points[kept++] = points[i];
  }
  points.resize(kept);
  std::reverse(points.begin(), points.end());
}

void Refinement::close(Problem &problem, Corners corners, double cap, Vector<Found> &out) {
  refine(problem, std::move(corners), cap, 0, true, out);
}

void Refinement::parts(
  Problem &problem, const Corners &corners, size_t count, double cap, double done, Vector<Found> &out) {
  const size_t m = corners.points.size();
  for (size_t z = 0; z < count; z++) {
    const size_t from = z * m / count, to = (z + 1) * m / count;
    Corners part;
    part.points.assign(corners.points.begin() + long(from), corners.points.begin() + long(to));
    part.end = corners.right(to - 1);
    part.anchor = part.points.front().sums;
    refine(problem, std::move(part), cap, done, true, out);
  }
}

void Refinement::refine(
  Problem &problem, Corners corners, double cap, double done, bool mayShrink, Vector<Found> &out) {
  // What the parts of these corners leave open they name themselves; an end within them leaves all of them open.
  try {
    attempt(problem, corners, cap, done, mayShrink, out);
    return;
  } catch (const Stopped &) {
  } catch (const OverMemory &) {
  }
  nameOpen(corners);
  MemoryLimit lifted(UINT64_MAX, 0);
  out.insert(out.end(), corners.points.begin(), corners.points.end());
}

void Refinement::attempt(
  Problem &problem, Corners &corners, double cap, double done, bool mayShrink, Vector<Found> &out) {
  for (;;) {
    if (search.expired()) {
      leaveOpen(problem, corners);
      out.insert(out.end(), corners.points.begin(), corners.points.end());
      return;
    }
    Vector<Found> fresh;
    const Outcome outcome = problem.pass(corners, cap, mayShrink, fresh);
    const size_t m = corners.points.size();
    if (outcome == Outcome::shrinkable) {
      Problem smaller(problem, problem.fates, false);
      refine(smaller, corners, cap, done, false, out);
      return;
    }
    if (outcome == Outcome::diagramTooLarge || outcome == Outcome::labelsTooMany) {
      const bool labels = outcome == Outcome::labelsTooMany;
      if (m > size_t(labels ? 1 : done > 0 ? 8 : 1000000)) {
        parts(problem, corners, 2, cap, done, out);
        return;
      }
      const double reached = std::min(cap, double(problem.lastLoss) / problem.scale);
      const bool worthwhile = reached * problem.scale > 100;
      if (worthwhile && (labels ? reached > 2 * done : done == 0)) {
        cap = done > 0 ? std::max(std::sqrt(reached * done), reached / 4) : reached / 4;
        continue;
      }
      branch(problem, corners, cap, done, out);
      return;
    }
    done = cap;
    if (!fresh.empty()) {
      thin(corners, fresh);
      corners.points.insert(corners.points.end(), fresh.begin(), fresh.end());
      keepUndominated(corners.points);
    }
    if (outcome == Outcome::closed) {
      out.insert(out.end(), corners.points.begin(), corners.points.end());
      return;
    }
    cap = std::max(cap, 1 / problem.scale) * 3;
    const size_t chunk = size_t(std::max(1, search.limits.chunk));
    const size_t count = (corners.points.size() + chunk - 1) / chunk;
    mayShrink = true;
    if (count > 1) {
      parts(problem, corners, count, cap, done, out);
      return;
    }
  }
}

void Refinement::branch(
  Problem &problem, const Corners &corners, double cap, double done, Vector<Found> &out) {
  // Regions that contain a cell, and hence all safer ones, or do not, and hence none of the riskier ones.
  search.work.branches++;
  Vector<Found> points = corners.points;
  const int cell = problem.branchingCell();
  for (const bool accept : {false, true}) {
    Vector<Fate> fates(size_t(problem.poset.cells), Fate::free);
    for (const int c : problem.decidedBy(cell, accept)) fates[size_t(c)] = accept ? Fate::accepted : Fate::rejected;
    Problem side(problem, fates, true);
    Corners part{points, corners.end, false, true, points.front().sums};
    Vector<Found> found;
    refine(side, std::move(part), cap, done, true, found);
    keepUndominated(found);
    points.swap(found);
  }
  out.insert(out.end(), points.begin(), points.end());
}

void Refinement::leaveOpen(Problem &problem, const Corners &corners) {
  if (search.hasEnded()) {
    nameOpen(corners);
    return;
  }
  const size_t before = search.open.size();
  try {
    bound(problem, corners);
    return;
  } catch (const Stopped &) {
  } catch (const OverMemory &) {
  }
  search.open.resize(before);
  nameOpen(corners);
}

void Refinement::nameOpen(const Corners &corners) {
  // What lies above the production of the next point, at less than its risk, is in the corner of that point.
  MemoryLimit lifted(UINT64_MAX, 0);
  for (size_t i = 0; i < corners.points.size(); i++) {
    const Sums &right = corners.right(i);
    const int64_t floor = search.tolerated(corners.points[i].sums.production);
    if (right.production > floor) {
      search.open.push_back({floor, right.production, right.numerator, std::max<int64_t>(1, right.denominator)});
    }
  }
}

void Refinement::bound(Problem &problem, const Corners &corners) {
  for (size_t i = 0; i < corners.points.size(); i++) {
    const Sums &left = corners.points[i].sums, &right = corners.right(i);
    if (!problem.dual(right, true, left, right, left.production, nullptr, 6)) continue;
    const int64_t value = problem.solve(problem.alpha, problem.beta, right);
    const int64_t ceiling = problem.ceiling(value), floor = search.tolerated(left.production);
    if (ceiling > floor) search.open.push_back({floor, ceiling, right.numerator, right.denominator});
  }
}

/// With a tolerance, drops new points that a chain point or a new point that stays replaces.
void Refinement::thin(const Corners &corners, Vector<Found> &points) const {
  if (search.limits.epsilon == 0) return;
  Vector<std::pair<Found, bool>> order;
  for (const Found &x : corners.points) order.push_back({x, true});
  for (const Found &x : points) order.push_back({x, false});
  std::sort(order.begin(), order.end(), [](const auto &a, const auto &b) {
    const int risk = compareRisk(a.first.sums, b.first.sums);
    if (risk != 0) return risk < 0;
    if (a.first.sums.production != b.first.sums.production) return a.first.sums.production > b.first.sums.production;
    return a.first.bits < b.first.bits;
  });
  points.clear();
  int64_t covered = -1;
  for (size_t i = 0; i < order.size(); i++) {
    const Sums &x = order[i].first.sums;
    const bool chain = order[i].second;
    if (!chain) {
      if (x.production <= covered) continue;
      points.push_back(order[i].first);
    }
    covered = std::max(covered, search.tolerated(x.production));
  }
}

}  // namespace cutline
