// Labels (P, N, D) on the decision diagram, with bounds for eight groups of corners at once and cone dominance.
#include <cmath>

#include "cone.hpp"
#include "problem.hpp"

#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__) && defined(__linux__)
#define CUTLINE_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CUTLINE_CLONES
#endif

namespace cutline {

namespace {

constexpr int lanes = 8;

/// Weights in units of cuts; in lane l a region needs at least `least[l]` in all to be in one of its corners.
struct Bounds {
  double production, numerator, denominator[lanes], least[lanes];
};

/// Appends the labels, each with the given sums added, for which some lane can still be reached. `rest`: per lane, the
/// most that is to come, less what is needed.
CUTLINE_CLONES
size_t extend(const Label *in, size_t count, Label step, const double *rest, const Bounds *bounds, Label *out) {
  double room[lanes], factor[lanes];
  for (int l = 0; l < lanes; l++) {
    room[l] = rest[l];
    factor[l] = bounds->denominator[l];
  }
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    Label x = in[i];
    x.production += step.production;
    x.numerator += step.numerator;
    x.denominator += step.denominator;
    const double fixed = bounds->production * double(x.production) - bounds->numerator * double(x.numerator);
    const double d = double(x.denominator);
    int reachable = 0;
    for (int l = 0; l < lanes; l++) reachable |= factor[l] * d + (fixed + room[l]) >= 0;
    out[kept] = x;
    kept += reachable ? 1 : 0;
  }
  return kept;
}

CUTLINE_CLONES
void backward(const Node *nodes, size_t count, Label cell, const Bounds *bounds, double *table, double *own) {
  double gain[lanes];
  for (int l = 0; l < lanes; l++) {
    gain[l] = bounds->production * double(cell.production) - bounds->numerator * double(cell.numerator)
      + bounds->denominator[l] * double(cell.denominator);
  }
  for (size_t z = 0; z < count; z++) {
    double best[lanes];
    for (int l = 0; l < lanes; l++) best[l] = -1e300;
    if (nodes[z].reject >= 0) {
      const double *h = table + size_t(nodes[z].reject) * lanes;
      for (int l = 0; l < lanes; l++) best[l] = h[l];
    }
    if (nodes[z].accept >= 0) {
      const double *h = table + size_t(nodes[z].accept) * lanes;
      for (int l = 0; l < lanes; l++) best[l] = best[l] > gain[l] + h[l] ? best[l] : gain[l] + h[l];
    }
    for (int l = 0; l < lanes; l++) own[z * lanes + l] = best[l];
  }
}

/// Merges runs in descending order of production.
void mergeRuns(Vector<Label> &labels, Vector<size_t> &runs, Vector<Label> &buffer) {
  const auto first = [](const Label &a, const Label &b) { return a.production > b.production; };
  while (runs.size() > 1) {
    size_t kept = 0;
    for (size_t y = 0; y < runs.size(); y += 2) {
      if (y + 1 < runs.size()) {
        const size_t a = runs[y], b = runs[y + 1], c = y + 2 < runs.size() ? runs[y + 2] : labels.size();
        buffer.resize(c - a);
        std::merge(
          labels.begin() + long(a), labels.begin() + long(b), labels.begin() + long(b), labels.begin() + long(c),
          buffer.begin(), first);
        std::copy(buffer.begin(), buffer.end(), labels.begin() + long(a));
      }
      runs[kept++] = runs[y];
    }
    runs.resize(kept);
  }
  runs.clear();
}

/// Fills the diagram with labels. False: more than `limit`.
template <class Value>
bool fill(Workspace &space, const Poset &poset, const Bounds &bounds, Cone<Value> cone, uint64_t limit,
          uint64_t &total, Pace &pace) {
  const size_t cells = space.order.size();
  for (size_t j = 0; j <= cells; j++) {
    for (size_t z = size_t(space.layers[j]); z < size_t(space.layers[j + 1]); z++) {
      Vector<Label> &here = space.labels[z];
      if (here.empty()) continue;
      pace.spend(40 + 60 * int64_t(here.size()));
      mergeRuns(here, space.runs[z], space.merged);
      cone.filter(here);
      total += here.size();
      if (total > limit) return false;
      if (j == cells) continue;
      const int c = space.order[j];
      for (const bool accept : {false, true}) {
        const int32_t next = accept ? space.nodes[z].accept : space.nodes[z].reject;
        if (next < 0) continue;
        Vector<Label> &there = space.labels[size_t(next)];
        Label step{0, 0, 0, 0};
        if (accept) step = {poset.production[c], poset.numerator[c], poset.denominator[c], 0};
        if (space.extended.size() < here.size()) space.extended.resize(here.size());
        const size_t kept = extend(
          here.data(), here.size(), step, space.bounds.data() + size_t(next) * lanes, &bounds, space.extended.data());
        if (kept == 0) continue;
        if (there.capacity() == 0 && !space.spare.empty()) {
          there.swap(space.spare.back());
          space.spare.pop_back();
        }
        const size_t start = there.size();
        there.insert(there.end(), space.extended.begin(), space.extended.begin() + long(kept));
        space.runs[size_t(next)].push_back(start);
        if (!accept) continue;
        for (size_t i = start; i < there.size(); i++) {
          space.arcs.push_back({there[i].arc, c});
          there[i].arc = int32_t(space.arcs.size()) - 1;
        }
      }
      here.clear();
      space.spare.emplace_back();
      space.spare.back().swap(here);
    }
  }
  return true;
}

}  // namespace

bool Problem::runLabels(
  const Corners &corners, int64_t denominator, Vector<Found> &out) {
  const int64_t before = Memory::here().held;
  try {
    return labelled(corners, denominator, out);
  } catch (const OverMemory &) {
    // Where labels take much of it, fewer of them will do; where they do not, there is no room for any.
    const bool many = uint64_t(Memory::here().held - before) > search.limits.bytes / 8;
    search.space.labels = Vector<Vector<Label>>();
    search.space.spare = Vector<Vector<Label>>();
    search.space.arcs = Vector<std::pair<int32_t, int32_t>>();
    search.space.merged = Vector<Label>();
    search.space.extended = Vector<Label>();
    if (!many) throw;
    return false;
  }
}

bool Problem::labelled(const Corners &corners, int64_t denominator, Vector<Found> &out) {
  Workspace &space = search.space;
  const size_t count = corners.points.size(), nodes = space.nodes.size(), cells = space.order.size();
  Sums fixed = base;
  for (int c = 0; c < poset.cells; c++) {
    if (fates[c] != Fate::accepted) continue;
    fixed.production += poset.production[c];
    fixed.numerator += poset.numerator[c];
    fixed.denominator += poset.denominator[c];
  }
  double freeProduction = 0, freeNumerator = 0, freeDenominator = 0;
  for (const int c : space.order) {
    freeProduction += double(poset.production[c]);
    freeNumerator += std::fabs(double(poset.numerator[c]));
    freeDenominator += double(poset.denominator[c]);
  }

  // Bounds: integers as in the cut, with the risk at the right end of each group of corners; then doubles with a margin
  // that covers every rounding of the sums below.
  Bounds bounds;
  const double unit = std::ldexp(1.0, -shift);
  bounds.production = double(p) * unit;
  bounds.numerator = double(v) * unit;
  const size_t groups = std::min(size_t(lanes), count);
  for (size_t l = 0; l < lanes; l++) {
    const size_t group = std::min(l, groups - 1);
    const size_t from = group * count / groups, to = (group + 1) * count / groups;
    const int64_t factor = riskMultiplier(corners.right(to - 1));
    Wide least = cornerFloor(corners, from, factor, denominator);
    for (size_t i = from + 1; i < to; i++) least = std::min(least, cornerFloor(corners, i, factor, denominator));
    least -= exactWeight(fixed, factor);
    bounds.denominator[l] = double(factor) * unit;
    const double size = bounds.production * freeProduction + bounds.numerator * freeNumerator
      + std::fabs(bounds.denominator[l]) * freeDenominator;
    const double needed = double(least) * unit;
    bounds.least[l] = needed - (double(cells) + 16) * 0x1p-50 * (size + std::fabs(needed));
  }

  // Entries for nodes are filled from the end.
  space.bounds.resize(nodes * lanes);
  for (size_t z = size_t(space.layers[cells]); z < nodes; z++) {
    for (size_t l = 0; l < lanes; l++) space.bounds[z * lanes + l] = -bounds.least[l];
  }
  for (size_t j = cells; j-- > 0;) {
    const int c = space.order[j];
    const size_t from = size_t(space.layers[j]), to = size_t(space.layers[j + 1]);
    backward(
      space.nodes.data() + from, to - from, {poset.production[c], poset.numerator[c], poset.denominator[c], 0}, &bounds,
      space.bounds.data(), space.bounds.data() + from * lanes);
  }

  if (space.labels.size() < nodes) {
    space.labels.resize(nodes);
    space.runs.resize(nodes);
  }
  search.spend(int64_t(space.labels.size()) * 4);
  for (size_t z = 0; z < space.labels.size(); z++) {
    Vector<Label>().swap(space.labels[z]);
    space.runs[z].clear();
  }
  space.arcs.clear();
  const Label root{0, 0, 0, -1};
  space.labels[0].resize(1);
  space.labels[0].resize(extend(&root, 1, {0, 0, 0, 0}, space.bounds.data(), &bounds, space.labels[0].data()));

  // The cone between the least and the greatest risk of the corners; at a threshold only the latter counts.
  const Sums &low = corners.threshold ? corners.end : corners.points[0].sums, &high = corners.end;
  const double highest = std::max(std::fabs(risk(low)), std::fabs(risk(high))) + 1;
  int exponent = 0;
  std::frexp(freeNumerator + highest * freeDenominator + 1, &exponent);
  const auto end = [](const Sums &x, int shift, bool up) {
    const Wide n = x.numerator * (Wide(1) << shift), d = x.denominator == 0 ? 1 : x.denominator;
    return up ? ceilDivide(n, d) : floorDivide(n, d);
  };
  const uint64_t limit = uint64_t(search.limits.labels);
  uint64_t total = 0;
  bool complete;
  if (exponent <= 52) {
    const int fine = std::min(40, 61 - exponent);
    complete = fill(
      space, poset, bounds, Cone<int64_t>(int64_t(end(low, fine, false)), int64_t(end(high, fine, true)), fine), limit,
      total, search);
  } else {
    complete = fill(space, poset, bounds, Cone<Wide>(end(low, 14, false), end(high, 14, true), 14), limit, total, search);
  }
  search.work.labels += total;
  if (!complete) return false;

  for (size_t z = size_t(space.layers[cells]); z < nodes; z++) {
    for (const Label &x : space.labels[z]) {
      const Sums s{
        x.production + fixed.production, x.numerator + fixed.numerator, x.denominator + fixed.denominator};
      if (s.denominator <= 0) continue;
      if (corners.threshold) {
        const int over = compareRisk(s, corners.end);
        if (s.production <= corners.points[0].sums.production || over > 0 || (corners.strict && over == 0)) continue;
      } else {
        // The last corner whose left risk is not higher.
        const auto next = std::upper_bound(
          corners.points.begin(), corners.points.end(), s,
          [](const Sums &a, const Found &b) { return compareRisk(a, b.sums) < 0; });
        if (next == corners.points.begin() || compareRisk(s, corners.end) >= 0) continue;
        if (s.production <= (next - 1)->sums.production) continue;
      }
      const size_t place = openBits();
      for (int c = 0; c < poset.cells; c++) {
        if (fates[c] == Fate::accepted) setBit(place, c);
      }
      for (int32_t arc = x.arc; arc >= 0; arc = space.arcs[size_t(arc)].first) {
        setBit(place, space.arcs[size_t(arc)].second);
      }
      out.push_back({s, place});
    }
  }
  return true;
}

}  // namespace cutline
