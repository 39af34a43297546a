// Dominance between labels of one node.
#pragma once

#include <algorithm>

#include "search.hpp"

namespace cutline {

/// Removes labels for which another one has no less production and no more of N - rho D at both ends of the interval of
/// risks, hence at every risk between. The ends are rounded outwards to multiples of 2^-shift.
template <class Value>
class Cone {
 public:
  Cone(Value low, Value high, int shift) : low(low), high(high), unit(Value(1) << shift) {}

  void filter(Vector<Label> &labels) {
    stairs.clear();
    size_t kept = 0;
    for (const Label &x : labels) {
      const Value atLow = unit * x.numerator - low * x.denominator;
      const Value atHigh = unit * x.numerator - high * x.denominator;
      auto place = std::upper_bound(
        stairs.begin(), stairs.end(), atLow, [](const Value &a, const auto &b) { return a < b.first; });
      if (place != stairs.begin() && (place - 1)->second <= atHigh) continue;
      auto end = place;
      while (end != stairs.end() && end->second >= atHigh) ++end;
      if (place != stairs.begin() && (place - 1)->first == atLow) --place;
      if (end > place) {
        *place = {atLow, atHigh};
        stairs.erase(place + 1, end);
      } else {
        stairs.insert(place, {atLow, atHigh});
      }
      labels[kept++] = x;
    }
    labels.resize(kept);
  }

 private:
  Value low, high, unit;
  Vector<std::pair<Value, Value>> stairs;
};

}  // namespace cutline
