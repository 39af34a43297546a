// Good strategies, found quickly: the more of the frontier is known, the smaller the corners that are searched.
#include "lattice.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace cutline;

namespace {

/// For every bucket of production, the least risk of a strategy met that has at least the bucket's upper edge. Rounded;
/// it only decides what is worth keeping.
class Envelope {
  int64_t lowest;
  unsigned shift = 0;
  Vector<double> least;
  /// Per bucket a strategy met in it: it keeps those out that it dominates and those that it equals.
  struct Champion {
    int64_t production = INT64_MIN;
    double risk = HUGE_VAL;
  };
  Vector<Champion> champions;

public:
  Envelope(const cutline_lattice &lattice, size_t buckets) : lowest(-lattice.p_scale) {
    const uint64_t range = 2 * (uint64_t)lattice.p_scale;
    while ((range >> shift) >= buckets) { shift++; }
    least.assign((range >> shift) + 1, HUGE_VAL);
    champions.resize(least.size());
  }

  /// Whether the point may be on the frontier; if so the bounds follow it.
  bool admit(int64_t production, double risk) {
    size_t bucket = (size_t)((production - lowest) >> shift);
    Champion &champion = champions[bucket];
    if (!(risk < least[bucket]) || (production <= champion.production && risk >= champion.risk)) { return false; }
    if (risk <= champion.risk) { champion = {production, risk}; }
    while (bucket > 0 && risk < least[bucket - 1]) { least[--bucket] = risk; }
    return true;
  }
};

struct Seed {
  double risk, price;
};

/// A neighbour before it is written out: which strategy, which row, one column up or down.
struct Move {
  cutline_point sums;
  uint32_t row;
  bool up;
};

} // namespace

struct cutline_known {
  const cutline_lattice &lattice;
  Envelope envelope;
  /// `rows` cutoffs per strategy.
  Vector<uint16_t> accepted;
  /// The frontier after `reduce`.
  Vector<cutline_point> points;
  /// Per strategy.
  Vector<char> expanded;
  Vector<Seed> seeds;
  Watched pace;
  const uint64_t byteLimit;
  /// What is held of the thread's bytes, between two calls.
  int64_t held = 0;

  cutline_known(const cutline_lattice &l, uint64_t byteLimit, cutline_stop stop)
    : lattice(l), envelope(l, std::min<size_t>(1 << 20, std::max<size_t>(1 << 12, 256 * l.rows * l.columns))),
      pace(stop), byteLimit(byteLimit) {}

  void add(const uint16_t *cutoffs) {
    cutline_point x = evaluate(lattice, cutoffs);
    if (!is_feasible(x.numerator, x.denominator) || !envelope.admit(x.production, risk(x))) { return; }
    append(x, cutoffs);
  }

  /// Without the envelope, which rounds: a strategy may be wanted because it is better by less than that.
  void add_always(const uint16_t *cutoffs) {
    const cutline_point x = evaluate(lattice, cutoffs);
    if (!is_feasible(x.numerator, x.denominator)) { return; }
    envelope.admit(x.production, risk(x));
    append(x, cutoffs);
  }

  void append(cutline_point x, const uint16_t *cutoffs) {
    x.strategy = points.size();
    // All of the room first, so that nothing is half there where it is refused.
    const auto makeRoom = [](auto &list, size_t extra) {
      if (list.size() + extra > list.capacity()) { list.reserve(list.size() + extra + list.size() / 2); }
    };
    makeRoom(points, 1);
    makeRoom(expanded, 1);
    makeRoom(accepted, lattice.rows);
    accepted.insert(accepted.end(), cutoffs, cutoffs + lattice.rows);
    points.push_back(x);
    expanded.push_back(0);
  }

  /// Keeps the frontier only.
  void reduce() {
    // Cutoffs move together where they lie, so that there is no second copy of them.
    const size_t all = points.size(), rows = lattice.rows;
    Vector<size_t> place(all, SIZE_MAX);
    points.resize(cutline_points_frontier(points.data(), all, accepted.data(), rows));
    for (const cutline_point &x : points) { place[x.strategy] = 0; }
    size_t next = 0;
    for (size_t from = 0; from < all; from++) {
      if (place[from] == SIZE_MAX) { continue; }
      std::copy_n(accepted.begin() + (long)(from * rows), rows, accepted.begin() + (long)(next * rows));
      expanded[next] = expanded[from];
      place[from] = next++;
    }
    for (cutline_point &x : points) { x.strategy = place[x.strategy]; }
    accepted.resize(next * rows);
    expanded.resize(next);
  }

  void propose(Vector<Move> &moves, const cutline_point &from, cutline_point sums, size_t row, bool up) {
    if (!is_feasible(sums.numerator, sums.denominator) || !envelope.admit(sums.production, risk(sums))) { return; }
    sums.strategy = from.strategy;
    moves.push_back({sums, (uint32_t)row, up});
  }

  void expand(Vector<Move> &moves, const cutline_point &from) {
    const cutline_lattice &l = lattice;
    const uint16_t *cutoffs = accepted.data() + from.strategy * l.rows;
    auto shift = [&](cutline_point &x, size_t row, size_t column, int64_t sign) {
      const size_t at = row * l.width + column;
      x.production += sign * (l.p[at + 1] - l.p[at]);
      x.numerator += sign * (l.n[at + 1] - l.n[at]);
      x.denominator += sign * (l.d[at + 1] - l.d[at]);
    };
    for (size_t first = 0; first < l.rows;) {
      // Rows with one cutoff: raising one of them raises those before it, lowering one lowers those behind it.
      const size_t k = cutoffs[first];
      size_t end = first + 1;
      while (end < l.rows && cutoffs[end] == k) { end++; }
      cutline_point x = from;
      for (size_t row = first; row < end && k < l.most[row]; row++) {
        shift(x, row, k, 1);
        propose(moves, from, x, row, true);
      }
      x = from;
      for (size_t row = end; row-- > first && k > l.least[row];) {
        shift(x, row, k - 1, -1);
        propose(moves, from, x, row, false);
      }
      first = end;
    }
  }

  void improve(size_t rounds) {
    Vector<Move> moves;
    Vector<uint16_t> cutoffs(lattice.rows);
    reduce();
    for (size_t round = 0; round < rounds; round++) {
      moves.clear();
      for (size_t i = 0; i < points.size(); i++) {
        char &flag = expanded[points[i].strategy];
        pace.spend((int64_t)(flag ? 1 : 8 * lattice.rows));
        if (!flag) { expand(moves, points[i]); }
        flag = 1;
      }
      // Later moves may have overtaken earlier ones.
      std::sort(moves.begin(), moves.end(), [](const Move &a, const Move &b) {
        return a.sums.production > b.sums.production;
      });
      double least = HUGE_VAL;
      size_t next = points.size();
      bool any = false;
      for (const Move &move : moves) {
        while (next > 0 && points[next - 1].production >= move.sums.production) {
          least = std::min(least, risk(points[--next]));
        }
        const double own = risk(move.sums);
        if (!(own < least)) { continue; }
        pace.spend((int64_t)lattice.rows);
        least = own;
        const uint16_t *from = accepted.data() + move.sums.strategy * lattice.rows;
        std::copy(from, from + lattice.rows, cutoffs.begin());
        const uint16_t k = from[move.row];
        if (move.up) {
          for (size_t row = move.row + 1; row-- > 0 && cutoffs[row] == k;) { cutoffs[row]++; }
        } else {
          for (size_t row = move.row; row < lattice.rows && cutoffs[row] == k; row++) { cutoffs[row]--; }
        }
        append(move.sums, cutoffs.data());
        any = true;
      }
      if (!any) { return; }
      reduce();
    }
  }

  void seed(size_t batches, size_t bisections);
};

/// For a risk rho, the strategy of greatest production with risk <= rho is approached by maximising
/// P + mu (rho D - N), which dynamic programming does, and bisecting mu. Eight rho are solved together.
void cutline_known::seed(size_t batches, size_t bisections) {
  const size_t rows = lattice.rows;
  const double scale = ((double)lattice.p_scale + 1) / ((double)lattice.n_scale + 1);
  Vector<uint16_t> cutoffs(8 * rows);
  double rho[8], price[8], bound[8];
  cutline_point best[8];
  auto solve = [&] {
    dual(lattice, rho, price, bound, cutoffs.data(), pace);
    for (size_t lane = 0; lane < 8; lane++) {
      best[lane] = evaluate(lattice, cutoffs.data() + lane * rows);
      add(cutoffs.data() + lane * rows);
    }
  };
  for (int lane = 0; lane < 8; lane++) {
    rho[lane] = 0;
    price[lane] = 1e-9 * lane * scale;
  }
  solve();
  if (best[7].denominator <= 0) { return; }
  const double highest = risk(best[7]);
  double lowest = highest;
  for (int step = 0; step < 20; step++) {
    for (int lane = 0; lane < 8; lane++) {
      rho[lane] = lowest;
      price[lane] = scale * (double)(1 << (4 * lane));
    }
    solve();
    double least = lowest;
    for (const cutline_point &x : best) {
      if (x.denominator > 0) { least = std::min(least, risk(x)); }
    }
    if (!(least < lowest)) { break; }
    lowest = least;
  }
  if (!(lowest < highest)) { return; }
  const double count = 8 * (double)batches;
  for (size_t batch = 0; batch < batches; batch++) {
    double low[8], high[8];
    for (size_t lane = 0; lane < 8; lane++) {
      // Denser at low risk, where the frontier is steep.
      const double share = ((double)(batch * 8 + lane) + 0.5) / count;
      rho[lane] = lowest + (highest - lowest) * share * share;
      low[lane] = scale * 0x1p-20;
      high[lane] = seeds.empty() ? scale * 0x1p20 : seeds.back().price * 1.5;
    }
    for (size_t step = 0; step < bisections; step++) {
      for (int lane = 0; lane < 8; lane++) { price[lane] = std::sqrt(low[lane] * high[lane]); }
      solve();
      for (int lane = 0; lane < 8; lane++) {
        const bool within = (double)best[lane].numerator <= rho[lane] * (double)best[lane].denominator;
        (within ? high : low)[lane] = price[lane];
      }
    }
    for (int lane = 0; lane < 8; lane++) { seeds.push_back({rho[lane], std::sqrt(low[lane] * high[lane])}); }
  }
}

/// A call on what is known, with its limit.
template <class Body> static int limited(cutline_known &known, Body body) {
  const int64_t before = Memory::here().held;
  const int state = guarded([&] {
    MemoryLimit limit(known.byteLimit, known.held);
    body();
  });
  known.held += Memory::here().held - before;
  return state;
}

cutline_known *cutline_known_create(const cutline_lattice *lattice, uint64_t byte_limit, cutline_stop stop) {
  cutline_known *known = nullptr;
  const int64_t before = Memory::here().held;
  // Without memory the pointer stays null, which is the answer.
  guarded([&] { known = new cutline_known(*lattice, byte_limit, stop); });
  if (known) { known->held = Memory::here().held - before; }
  return known;
}

uint64_t cutline_known_held(const cutline_known *known) { return (uint64_t)known->held; }

void cutline_known_destroy(cutline_known *known) { delete known; }

int cutline_known_add(cutline_known *known, const uint16_t *accepted) {
  return limited(*known, [&] { known->add_always(accepted); });
}

int cutline_known_seed(cutline_known *known, size_t batches, size_t bisections) {
  return limited(*known, [&] { known->seed(batches, bisections); });
}

int cutline_known_improve(cutline_known *known, size_t rounds) {
  return limited(*known, [&] { known->improve(rounds); });
}

int cutline_known_frontier(
  cutline_known *known, const cutline_point **points, size_t *count, const uint16_t **accepted
) {
  return guarded([&] {
    // What is known can always be told.
    known->reduce();
    *points = known->points.data();
    *count = known->points.size();
    *accepted = known->accepted.data();
  });
}

double cutline_known_price(const cutline_known *known, double risk) {
  const Vector<Seed> &seeds = known->seeds;
  if (seeds.empty()) { return ((double)known->lattice.p_scale + 1) / ((double)known->lattice.n_scale + 1); }
  auto above = std::lower_bound(
    seeds.begin(), seeds.end(), risk, [](const Seed &seed, double value) { return seed.risk < value; });
  if (above == seeds.begin()) { return above->price; }
  if (above == seeds.end()) { return seeds.back().price; }
  const Seed &a = *(above - 1), &b = *above;
  const double share = (risk - a.risk) / (b.risk - a.risk);
  return std::exp(std::log(a.price) * (1 - share) + std::log(b.price) * share);
}
