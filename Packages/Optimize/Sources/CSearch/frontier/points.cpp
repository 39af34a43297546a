// From strategies with their sums to their frontier.
#include "lattice.hpp"

#include <algorithm>

using namespace cutline;

size_t cutline_points_frontier(cutline_point *points, size_t count, const uint16_t *accepted, size_t rows) {
  cutline_point *end = std::remove_if(points, points + count, [](const cutline_point &x) {
    return !is_feasible(x.numerator, x.denominator);
  });
  std::sort(points, end, [=](const cutline_point &a, const cutline_point &b) {
    if (a.production != b.production) { return a.production > b.production; }
    const int risk = compare_risk(a, b);
    if (risk) { return risk < 0; }
    if (a.denominator != b.denominator) { return a.denominator > b.denominator; }
    const uint16_t *left = accepted + a.strategy * rows, *right = accepted + b.strategy * rows;
    return std::lexicographical_compare(left, left + rows, right, right + rows);
  });
  size_t kept = 0;
  for (cutline_point *x = points; x != end; x++) {
    if (kept == 0 || compare_risk(*x, points[kept - 1]) < 0) { points[kept++] = *x; }
  }
  std::reverse(points, points + kept);
  return kept;
}
