// The decision diagram over the free cells.
//
// With excesses r and flows f of a maximum closure X*, the weight of a region X is that of X* minus its loss
//   sum of r over X* \ X + sum of |r| over X \ X* + sum of f over arcs from a rejected cell to an accepted safer one,
// whose terms are all non-negative. Cells are decided in an order in which safer ones come first; a state is the set of
// undecided cells that a rejected one blocks.
#include "problem.hpp"

namespace cutline {

namespace {


/// Component by component, largest first; within one, the cell next that opens the fewest new cells.
void orderFreeCells(const Poset &poset, const Vector<int> &identity, const Vector<int> &free,
                    Vector<int> &order, Pace &pace) {
  const int m = int(free.size()), k = poset.dimensions;
  const auto neighbours = [&](const Vector<int> &list, int i, auto &&visit) {
    for (size_t at = size_t(free[i]) * k, a = 0; a < size_t(k); a++) {
      const int v = list[at + a];
      if (v >= 0 && identity[v] >= 0) visit(identity[v]);
    }
  };
  Vector<Vector<int>> components;
  Vector<int> component(m, -1), stack, needs(m, 0);
  for (int i = 0; i < m; i++) {
    neighbours(poset.safer, i, [&](int) { needs[i]++; });
    if (component[i] >= 0) continue;
    components.emplace_back();
    component[i] = int(components.size());
    stack.push_back(i);
    while (!stack.empty()) {
      const int x = stack.back();
      stack.pop_back();
      components.back().push_back(x);
      const auto reach = [&](int v) {
        if (component[v] >= 0) return;
        component[v] = component[x];
        stack.push_back(v);
      };
      neighbours(poset.safer, x, reach);
      neighbours(poset.riskier, x, reach);
    }
  }
  for (Vector<int> &cells : components) std::sort(cells.begin(), cells.end());
  std::sort(components.begin(), components.end(), [](const auto &x, const auto &y) {
    return x.size() != y.size() ? x.size() > y.size() : x[0] < y[0];
  });
  Vector<uint8_t> touched(m, 0);
  order.clear();
  for (const Vector<int> &cells : components) {
    Vector<int> ready;
    for (const int i : cells) {
      if (needs[i] == 0) ready.push_back(i);
    }
    while (!ready.empty()) {
      size_t best = 0;
      int least = INT32_MAX;
      pace.spend(int64_t(ready.size()) * 4 * k);
      for (size_t z = 0; z < ready.size(); z++) {
        int opens = touched[ready[z]] ? -1 : 0;
        neighbours(poset.riskier, ready[z], [&](int v) { opens += touched[v] ? 0 : 1; });
        if (opens >= least) continue;
        least = opens;
        best = z;
      }
      const int i = ready[best];
      ready.erase(ready.begin() + long(best));
      order.push_back(free[i]);
      neighbours(poset.riskier, i, [&](int v) {
        touched[v] = 1;
        if (--needs[v] == 0) ready.push_back(v);
      });
    }
  }
}

/// The states of one layer, by hashing.
class Layer {
 public:
  Layer(Workspace &space, size_t states) : space(space) {
    size_t capacity = 1024;
    while (capacity < 4 * states + 16) capacity *= 2;
    if (space.hashKeys.size() < capacity) {
      space.hashKeys.resize(capacity);
      space.hashValues.resize(capacity);
    }
    std::fill(space.hashValues.begin(), space.hashValues.begin() + long(capacity), -1);
    mask = capacity - 1;
  }

  Vector<uint64_t> keys;

  int32_t node(uint64_t key, int64_t loss) {
    size_t at = size_t((key * 0x9E3779B97F4A7C15u) >> 20) & mask;
    while (space.hashValues[at] >= 0 && space.hashKeys[at] != key) at = (at + 1) & mask;
    int32_t &value = space.hashValues[at];
    if (value >= 0) {
      space.nodes[size_t(value)].fromRoot = std::min(space.nodes[size_t(value)].fromRoot, loss);
      return value;
    }
    space.hashKeys[at] = key;
    value = int32_t(space.nodes.size());
    keys.push_back(key);
    space.nodes.push_back({-1, -1, 0, 0, loss, 0});
    return value;
  }

 private:
  Workspace &space;
  size_t mask = 0;
};

struct Successor {
  uint64_t bit;
  /// Lost when the present cell is accepted although the successor is blocked.
  int64_t flow;
  /// Lost when the present cell is the first one to block the successor: flows to its other safer cells so far.
  int64_t othersFlow;
};

/// Leaves out arcs that no path of at most `cap` uses.
void prune(Workspace &space, int cells, int64_t cap) {
  const int64_t never = int64_t(1) << 62;
  Vector<Node> &nodes = space.nodes;
  for (int j = cells - 1; j >= 0; j--) {
    for (int z = space.layers[size_t(j)]; z < space.layers[size_t(j) + 1]; z++) {
      Node &x = nodes[size_t(z)];
      x.toEnd = never;
      const auto close = [&](int32_t &arc, int64_t loss) {
        if (arc < 0) return;
        const int64_t rest = nodes[size_t(arc)].toEnd;
        if (rest < never && x.fromRoot + loss + rest <= cap) {
          x.toEnd = std::min(x.toEnd, loss + rest);
        } else {
          arc = -1;
        }
      };
      close(x.reject, x.rejectLoss);
      close(x.accept, x.acceptLoss);
    }
  }
}

}  // namespace

bool Problem::buildDiagram(int64_t cap) {
  search.work.diagrams++;
  Workspace &space = search.space;
  const int k = poset.dimensions;
  Vector<int> free;
  space.identity.assign(size_t(poset.cells), -1);
  for (int c = 0; c < poset.cells; c++) {
    if (fates[c] != Fate::free) continue;
    space.identity[size_t(c)] = int(free.size());
    free.push_back(c);
  }
  const Vector<int> &identity = space.identity;
  orderFreeCells(poset, identity, free, space.order, search);
  const int m = int(free.size());
  Vector<int> slot(size_t(m), -1);
  Vector<uint8_t> decided(size_t(m), 0);
  uint64_t used = 0;
  space.nodes.assign(1, Node{-1, -1, 0, 0, 0, 0});
  space.layers.assign(size_t(m) + 2, 1);
  space.layers[0] = 0;
  Vector<uint64_t> keys{0};
  Vector<Successor> successors;
  for (int j = 0; j < m; j++) {
    const int c = space.order[size_t(j)], own = identity[size_t(c)];
    const uint64_t ownBit = slot[size_t(own)] >= 0 ? uint64_t(1) << slot[size_t(own)] : 0;
    int64_t flowToSafer = 0;
    for (int a = 0; a < k; a++) {
      if (poset.safer[size_t(c) * k + a] >= 0) flowToSafer += cut.flow[size_t(c) * k + a];
    }
    const int64_t rejectLoss = region[c] ? cut.excess[c] : 0;
    int64_t acceptLoss = region[c] ? 0 : -cut.excess[c];
    used &= ~ownBit;
    successors.clear();
    for (int a = 0; a < k; a++) {
      const int s = poset.riskier[size_t(c) * k + a];
      if (s < 0) continue;
      const int64_t flow = cut.flow[size_t(s) * k + a];
      if (fates[s] == Fate::rejected) acceptLoss += flow;
      if (identity[size_t(s)] < 0) continue;
      int &place = slot[size_t(identity[size_t(s)])];
      if (place < 0) {
        if (used == ~uint64_t(0)) return false;
        place = __builtin_ctzll(~used);
        used |= uint64_t(1) << place;
      }
      int64_t others = 0;
      for (int b = 0; b < k; b++) {
        const int q = poset.safer[size_t(s) * k + b];
        if (q < 0 || q == c) continue;
        if (identity[size_t(q)] < 0 || decided[size_t(identity[size_t(q)])]) others += cut.flow[size_t(s) * k + b];
      }
      successors.push_back({uint64_t(1) << place, flow, others});
    }
    decided[size_t(own)] = 1;
    const int from = space.layers[size_t(j)], to = space.layers[size_t(j) + 1];
    Layer layer(space, size_t(to - from));
    // A cell without sums never matters: it is accepted wherever it can be.
    const bool empty = poset.isZero(c);
    search.spend(20 + int64_t(to - from) * (20 + 4 * k));
    for (int z = from; z < to; z++) {
      const uint64_t key = keys[size_t(z - from)];
      const bool blocked = (key & ownBit) != 0;
      const uint64_t rest = key & ~ownBit;
      const int64_t before = space.nodes[size_t(z)].fromRoot;
      if (!empty || blocked) {
        int64_t loss = rejectLoss + (blocked ? 0 : flowToSafer);
        uint64_t next = rest;
        for (const Successor &s : successors) {
          if (next & s.bit) continue;
          next |= s.bit;
          loss += s.othersFlow;
        }
        if (before + loss <= cap) {
          const int32_t y = layer.node(next, before + loss);
          space.nodes[size_t(z)].reject = y;
          space.nodes[size_t(z)].rejectLoss = loss;
        }
      }
      if (!blocked) {
        int64_t loss = acceptLoss;
        for (const Successor &s : successors) {
          if (rest & s.bit) loss += s.flow;
        }
        if (before + loss <= cap) {
          const int32_t y = layer.node(rest, before + loss);
          space.nodes[size_t(z)].accept = y;
          space.nodes[size_t(z)].acceptLoss = loss;
        }
      }
      if (space.nodes.size() > size_t(search.limits.diagram_nodes)) return false;
    }
    keys.swap(layer.keys);
    space.layers[size_t(j) + 2] = int(space.nodes.size());
  }
  prune(space, m, cap);
  return true;
}

}  // namespace cutline
