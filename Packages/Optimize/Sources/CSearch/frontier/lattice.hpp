// The lattice of partial strategies, shared by the kernels of the frontier search.
//
// A strategy is a path from node (0, columns) to (rows, 0): a step left gives up a column for all rows to come, a step
// down fixes the row's cutoff. Sums of a path add up over its down steps.
#pragma once

#include "CSearch.h"
#include "limits.hpp"

typedef __int128 wide;

struct cutline_lattice {
  size_t rows, columns;
  /// columns + 1
  size_t width;
  /// rows × width: sums of the first c columns of a row, as integers and as (exact) doubles.
  std::vector<int64_t> p, n, d;
  std::vector<double> real_p, real_n, real_d;
  std::vector<uint16_t> least, most;
  /// (rows + 1) × width: the least denominator of a completion from the node.
  std::vector<int64_t> least_completion;
  bool plain;
  /// Sums of the absolute values of all cells, below 2^53: they bound every sum of cells.
  int64_t p_scale, n_scale, d_scale;

  bool may_fix(size_t row, size_t accepted) const { return least[row] <= accepted && accepted <= most[row]; }
};

namespace cutline {

/// The caller's question whether to stop.
class Watched : public Pace {
  const cutline_stop stop;

public:
  explicit Watched(cutline_stop stop) : stop(stop) {}

protected:
  void ask() override {
    if (stop.asked && stop.asked(stop.context)) { throw Stopped(); }
  }
};

/// What a call of the interface ends with.
template <class Body> int guarded(Body body) {
  try {
    body();
    return CUTLINE_FOUND;
  } catch (const Stopped &) {
    return CUTLINE_CANCELLED;
  } catch (const OverMemory &) {
    return CUTLINE_OVER_LIMIT;
  } catch (const std::bad_alloc &) { return CUTLINE_NO_MEMORY; }
}

/// Memory that is 64-byte aligned and not initialised.
template <class T> class Aligned {
  T *start = nullptr;
  size_t size = 0;

public:
  Aligned() = default;
  Aligned(const Aligned &) = delete;
  Aligned &operator=(const Aligned &) = delete;
  ~Aligned() { std::free(start); }

  T *reserve(size_t count) {
    if (count > size) {
      std::free(start);
      start = static_cast<T *>(std::aligned_alloc(64, (count * sizeof(T) + 63) / 64 * 64));
      size = start ? count : 0;
      if (!start) { throw std::bad_alloc(); }
    }
    return start;
  }
};

/// Eight weightings p P + n N + d D. `values`, (rows + 1) × width × 8, becomes the greatest value of a completion from
/// each node, plus `end`; minus infinity where there is no completion.
void bounds(
  const cutline_lattice &lattice, const double p[8], const double n[8], const double d[8], const double end[8],
  double *values, Pace &pace);

/// The strategy that attains the bound of the first node in a lane.
void trace(const cutline_lattice &lattice, const double *values, size_t lane, uint16_t *accepted);

/// For each of eight (risk, price): an upper bound of P over the strategies with N <= risk * D, rounding included, and
/// the strategy that attains P + price (risk D - N).
void dual(
  const cutline_lattice &lattice, const double risk[8], const double price[8], double bound[8], uint16_t *accepted,
  Pace &pace);

/// What rounding may add to or take from a bound or a label's value, at most.
///
/// A value is a sum over rows of p P + n N + d D, where the double risks in d carry one rounding each. Every partial
/// result is at most `scale` = |p| Σ|P| + |n| Σ|N| + |d| Σ|D| in size and is rounded once, rows + 12 of them in all;
/// the result is four times that.
double rounding_margin(const cutline_lattice &lattice, double p, double n, double d);

/// The exact sums of a strategy.
cutline_point evaluate(const cutline_lattice &lattice, const uint16_t *accepted);

inline bool is_feasible(int64_t numerator, int64_t denominator) {
  return denominator > 0 || (denominator == 0 && numerator == 0);
}

/// Sign of risk(a) - risk(b), both feasible; 0 over 0 has risk 0.
inline int compare_risk(const cutline_point &a, const cutline_point &b) {
  const wide left = (wide)a.numerator * (b.denominator == 0 ? 1 : b.denominator);
  const wide right = (wide)b.numerator * (a.denominator == 0 ? 1 : a.denominator);
  return (left > right) - (left < right);
}

inline double risk(const cutline_point &x) {
  return x.denominator == 0 ? 0 : (double)x.numerator / (double)x.denominator;
}

} // namespace cutline
