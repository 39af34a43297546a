// Sums in 64 bits, ratios in 128, cells with their neighbours.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../CSearch/frontier/limits.hpp"

namespace cutline {

using Wide = __int128;

struct Sums {
  int64_t production = 0, numerator = 0, denominator = 0;
};

/// The sign of the difference of two feasible risks; 0 over 0 is 0.
inline int compareRisk(const Sums &a, const Sums &b) {
  const Wide left = Wide(a.numerator) * (b.denominator == 0 ? 1 : b.denominator);
  const Wide right = Wide(b.numerator) * (a.denominator == 0 ? 1 : a.denominator);
  return left < right ? -1 : left > right ? 1 : 0;
}

inline double risk(const Sums &a) {
  return double(a.numerator) / double(a.denominator == 0 ? 1 : a.denominator);
}

inline Wide floorDivide(Wide a, Wide b) {  // b > 0
  const Wide q = a / b;
  return a % b < 0 ? q - 1 : q;
}

inline Wide ceilDivide(Wide a, Wide b) { return -floorDivide(-a, b); }

/// x / 2^shift, rounded up; right shifts of negative numbers are arithmetic in every compiler that builds this.
inline Wide ceilShift(Wide x, int shift) { return -((-x) >> shift); }

/// N_e D - D_e N of a region, positive below the risk of e.
inline Wide slack(const Sums &x, const Sums &e) {
  return Wide(e.numerator) * x.denominator - Wide(e.denominator) * x.numerator;
}

/// Cells of a grid, or of what is left of it, with at most one safer and one riskier neighbour per dimension, or -1.
/// Cells are numbered such that every safer neighbour has a smaller number.
struct Poset {
  int cells = 0, dimensions = 0;
  Vector<int> safer, riskier;
  Vector<int64_t> production, numerator, denominator;
  double absProduction = 0, absNumerator = 0, absDenominator = 0;

  void measure() {
    absProduction = absNumerator = absDenominator = 0;
    for (int c = 0; c < cells; c++) {
      absProduction += double(production[c]);
      absNumerator += double(numerator[c] < 0 ? -numerator[c] : numerator[c]);
      absDenominator += double(denominator[c]);
    }
  }

  bool isZero(int c) const { return production[c] == 0 && numerator[c] == 0 && denominator[c] == 0; }
};

/// A region that was found; `bits` is the place of its first word in the pool.
struct Found {
  Sums sums;
  size_t bits = 0;
};

}  // namespace cutline
