// Maximum closure as a minimum cut: push-relabel in the form of excesses.
#pragma once

#include <algorithm>
#include <utility>

#include "poset.hpp"

namespace cutline {

/// Finds the closed region of greatest weight. Arcs lead from a cell to its safer neighbours and have no capacity, so a
/// flow stays feasible when weights change: every solution starts from the one before.
template <class Value>
class MaximumClosure {
 public:
  MaximumClosure(const Poset &poset, Pace &pace)
      : weight(poset.cells), excess(poset.cells), flow(size_t(poset.cells) * poset.dimensions), poset(poset),
        n(poset.cells), k(poset.dimensions), unreached(n + 1), distance(n), queue(n), buckets(n + 2), seen(n),
        parent(n), pace(pace) {}

  Vector<Value> weight, excess;
  /// Per cell and dimension, the flow to the safer neighbour.
  Vector<Value> flow;

  /// Takes over `weight` under the present flow.
  void load() {
    pace.spend(int64_t(n) * k);
    std::copy(weight.begin(), weight.end(), excess.begin());
    for (int c = 0; c < n; c++) {
      for (int a = 0; a < k; a++) {
        const Value x = flow[size_t(c) * k + a];
        if (x == 0) continue;
        excess[c] -= x;
        excess[poset.safer[size_t(c) * k + a]] += x;
      }
    }
  }

  /// The greatest weight. Afterwards what excess is left cannot reach a deficit.
  Value solve() {
    for (;;) {
      const int reached = relabel();
      int highest = -1;
      for (int i = 0; i < reached; i++) {
        const int u = queue[i];
        if (excess[u] <= 0) continue;
        buckets[distance[u]].push_back(u);
        highest = std::max(highest, distance[u]);
      }
      if (highest < 0) break;
      work = 0;
      const int64_t limit = 6 * int64_t(n) + 200;
      while (highest >= 0) {
        if (buckets[highest].empty()) {
          highest--;
          continue;
        }
        const int u = buckets[highest].back();
        buckets[highest].pop_back();
        pace.spend(8 * k);
        if (distance[u] == highest && excess[u] > 0 && work <= limit) discharge(u, highest, limit);
      }
    }
    Value total = 0;
    for (const Value x : excess) total += std::max(x, Value(0));
    return total;
  }

  /// The smallest region of greatest weight.
  void smallest(Vector<uint8_t> &region) {
    region.assign(n, 0);
    int tail = 0;
    const auto reach = [&](int v) {
      if (v < 0 || region[v]) return;
      region[v] = 1;
      queue[tail++] = v;
    };
    for (int c = 0; c < n; c++) {
      if (excess[c] > 0) reach(c);
    }
    for (int head = 0; head < tail; head++) {
      const size_t u = size_t(queue[head]) * k;
      pace.spend(4 * k);
      for (int a = 0; a < k; a++) {
        reach(poset.safer[u + a]);
        const int v = poset.riskier[u + a];
        if (v >= 0 && flow[size_t(v) * k + a] > 0) reach(v);
      }
    }
  }

  /// The largest region of greatest weight.
  void largest(Vector<uint8_t> &region) const {
    region.resize(n);
    for (int c = 0; c < n; c++) region[c] = distance[c] == unreached;
  }

  /// Whether the greatest weight falls by more than `cap` when a cell outside the region `largest` is forced in
  /// (`accept`) or one inside is forced out: a flow from or to the cell, which is undone.
  bool forcingExceeds(int cell, Value cap, bool accept) {
    const Value own = accept ? -excess[cell] : excess[cell];
    if (own > cap) return true;
    Value got = 0;
    undoFlow.clear();
    undoExcess.clear();
    if (excess[cell] != 0) {
      got = own;
      undoExcess.push_back({cell, excess[cell]});
      excess[cell] = 0;
    }
    while (got <= cap) {
      const int end = path(cell, accept);
      if (end < 0) break;
      got += augment(end, cap + 1 - got, accept);
    }
    for (size_t i = undoFlow.size(); i-- > 0;) flow[undoFlow[i].first] -= undoFlow[i].second;
    for (size_t i = undoExcess.size(); i-- > 0;) excess[undoExcess[i].first] = undoExcess[i].second;
    return got > cap;
  }

 private:
  const Poset &poset;
  const int n, k, unreached;
  Vector<int> distance, queue;
  Vector<Vector<int>> buckets;
  Vector<int> seen;
  /// Twice the number of the arc before a cell, plus 1 where it runs against the arc's direction; -1 at the start.
  Vector<int64_t> parent;
  Pace &pace;
  Vector<std::pair<size_t, Value>> undoFlow;
  Vector<std::pair<int, Value>> undoExcess;
  int stamp = 0;
  int64_t work = 0;

  /// Exact distances to the deficits in the residual graph; returns how many cells reach one.
  int relabel() {
    int tail = 0;
    pace.spend(n);
    std::fill(distance.begin(), distance.end(), unreached);
    for (int c = 0; c < n; c++) {
      if (excess[c] >= 0) continue;
      distance[c] = 0;
      queue[tail++] = c;
    }
    for (int head = 0; head < tail; head++) {
      const size_t u = size_t(queue[head]) * k;
      const int next = distance[queue[head]] + 1;
      pace.spend(4 * k);
      for (int a = 0; a < k; a++) {
        int v = poset.riskier[u + a];
        if (v >= 0 && distance[v] == unreached) {
          distance[v] = next;
          queue[tail++] = v;
        }
        v = poset.safer[u + a];
        if (v >= 0 && distance[v] == unreached && flow[u + a] > 0) {
          distance[v] = next;
          queue[tail++] = v;
        }
      }
    }
    return tail;
  }

  void give(int u, int v, Value amount, int level) {
    const bool was = excess[v] > 0;
    excess[u] -= amount;
    excess[v] += amount;
    if (!was && excess[v] > 0) buckets[level].push_back(v);
  }

  void discharge(int u, int &highest, int64_t limit) {
    const size_t at = size_t(u) * k;
    while (excess[u] > 0) {
      const int below = distance[u] - 1;
      for (int a = 0; a < k && excess[u] > 0; a++) {
        const int v = poset.riskier[at + a];
        if (v < 0 || distance[v] != below) continue;
        Value &back = flow[size_t(v) * k + a];
        if (back <= 0) continue;
        const Value amount = std::min(back, excess[u]);
        back -= amount;
        give(u, v, amount, below);
      }
      for (int a = 0; a < k && excess[u] > 0; a++) {
        const int v = poset.safer[at + a];
        if (v < 0 || distance[v] != below) continue;
        flow[at + a] += excess[u];
        give(u, v, excess[u], below);
      }
      if (excess[u] <= 0) break;
      int lowest = unreached;
      for (int a = 0; a < k; a++) {
        int v = poset.riskier[at + a];
        if (v >= 0 && flow[size_t(v) * k + a] > 0) lowest = std::min(lowest, distance[v] + 1);
        v = poset.safer[at + a];
        if (v >= 0) lowest = std::min(lowest, distance[v] + 1);
      }
      work += 3 * k;
      pace.spend(8 * k);
      if (lowest >= n) {
        distance[u] = unreached;
        break;
      }
      distance[u] = lowest;
      highest = std::max(highest, lowest);
      if (work > limit) break;
    }
  }

  /// A path from the cell to a deficit, or from an excess to the cell; returns its other end, -1 where there is none.
  int path(int cell, bool accept) {
    stamp++;
    int tail = 0;
    queue[tail++] = cell;
    seen[cell] = stamp;
    parent[cell] = -1;
    for (int head = 0; head < tail; head++) {
      const size_t u = size_t(queue[head]) * k;
      pace.spend(8 * k);
      for (int a = 0; a < k; a++) {
        for (const bool against : {false, true}) {
          const int v = accept != against ? poset.safer[u + a] : poset.riskier[u + a];
          if (v < 0 || seen[v] == stamp) continue;
          if (against && (accept ? flow[size_t(v) * k + a] : flow[u + a]) <= 0) continue;
          seen[v] = stamp;
          parent[v] = 2 * int64_t(u + a) + (against ? 1 : 0);
          if (accept ? excess[v] < 0 : excess[v] > 0) return v;
          queue[tail++] = v;
        }
      }
    }
    return -1;
  }

  Value augment(int end, Value most, bool accept) {
    Value amount = std::min(accept ? -excess[end] : excess[end], most);
    for (int v = end; parent[v] >= 0; v = int((parent[v] >> 1) / k)) {
      if (parent[v] & 1) amount = std::min(amount, flow[arc(v, accept)]);
    }
    for (int v = end; parent[v] >= 0; v = int((parent[v] >> 1) / k)) {
      const Value change = parent[v] & 1 ? -amount : amount;
      const size_t id = arc(v, accept);
      flow[id] += change;
      undoFlow.push_back({id, change});
    }
    undoExcess.push_back({end, excess[end]});
    excess[end] += accept ? amount : -amount;
    return amount;
  }

  /// The arc by which a path reached a cell: it starts at the riskier one of the two.
  size_t arc(int v, bool accept) const {
    const size_t step = size_t(parent[v] >> 1);
    const bool against = parent[v] & 1;
    return accept != against ? step : size_t(v) * k + step % k;
  }
};

}  // namespace cutline
