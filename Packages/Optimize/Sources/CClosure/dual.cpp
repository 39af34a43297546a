// Multipliers by a secant search on the hull of production and slack.
#include <cmath>

#include "problem.hpp"

#pragma STDC FP_CONTRACT OFF

namespace cutline {

/// The same cut in 128 bits without rounding; whether a region with a risk below that one exists, and one such
/// region; unless `strict`, `seen` gets the best region on that risk if there is none below it.
bool Problem::exactSlack(const Sums &risk, bool strict, Sums &left, Vector<Found> *seen) {
  MaximumClosure<Wide> exact(poset, search);
  for (int c = 0; c < poset.cells; c++) {
    if (c % 4096 == 0) search.spend(4096 * 8);
    exact.weight[c] = slack({poset.production[c], poset.numerator[c], poset.denominator[c]}, risk);
  }
  exact.load();
  const Wide most = exact.solve() + slack(base, risk);
  search.work.cuts++;
  exact.largest(region);
  left = sums(region);
  // On the threshold itself the largest region of greatest slack has the most production.
  if (!strict && most == 0 && seen && left.denominator > 0) seen->push_back(found(region));
  return most > 0;
}

bool Problem::dual(
  const Sums &risk, bool strict, Sums a, Sums b, int64_t reference, Vector<Found> *seen, int rounds) {
  const auto real = [&](const Sums &x) { return double(slack(x, risk)) / double(risk.denominator); };
  bool haveLeft = false, haveRight = false;
  if (!branched) {
    // The pair among the given and the remembered regions whose chord is highest where the slack is used up.
    const Sums candidates[4] = {a, b, hintA, hintB};
    double best = -1e300;
    for (int i = 0; i < (hinted ? 4 : 2); i++) {
      for (int j = 0; j < (hinted ? 4 : 2); j++) {
        const Sums &x = candidates[i], &y = candidates[j];
        if (slack(x, risk) <= 0 || slack(y, risk) > 0 || y.production <= x.production) continue;
        const double sx = real(x), sy = real(y);
        const double at = double(x.production) + double(y.production - x.production) * sx / (sx - sy);
        if (at <= best) continue;
        best = at;
        a = x;
        b = y;
        haveLeft = haveRight = true;
      }
    }
  }
  if (!haveLeft) {
    solve(0, exchange, risk);
    cut.smallest(region);
    a = sums(region);
    if (slack(a, risk) <= 0 && !exactSlack(risk, strict, a, seen)) return false;
    if (seen && a.denominator > 0) seen->push_back(found(region));
  }
  if (!haveRight) {
    alpha = 1;
    beta = 0;
    solve(alpha, beta, risk);
    cut.largest(region);
    b = sums(region);
    if (slack(b, risk) > 0 || (!strict && slack(b, risk) == 0)) {
      if (seen && b.denominator > 0) seen->push_back(found(region));
      return true;
    }
  }
  normalise(1, exchange);
  for (int round = 0; round < rounds; round++) {
    const double fall = real(a) - real(b), rise = double(b.production - a.production);
    if (!(fall > 0) || !(rise > 0)) break;
    normalise(fall, rise);
    const int64_t value = solve(alpha, beta, risk);
    const auto height = [&](const Sums &x) {
      return double(exactWeight(x, u) - exactWeight(base, u)) * std::ldexp(1.0, -shift);
    };
    const double reached = std::max(height(a), height(b));
    if (double(value) - reached <= 2.0 * poset.cells + 4096) break;
    if (reference != INT64_MIN) {
      // Good enough where the gap to the hull is small against the gap to the corner.
      const Wide whole = Wide(value) * (Wide(1) << shift) + exactWeight(base, u) - Wide(p) * reference;
      if (double(value) - reached <= 0.03 * double(whole) * std::ldexp(1.0, -shift)) break;
    }
    bool moved = false;
    for (const bool small : {true, false}) {
      if (small) {
        cut.smallest(region);
      } else {
        cut.largest(region);
      }
      const Sums x = sums(region);
      if (height(x) <= reached + 1024) continue;
      moved = true;
      if (seen && (x.denominator > 0)) seen->push_back(found(region));
      (slack(x, risk) > 0 ? a : b) = x;
    }
    if (!moved) break;
  }
  hintA = a;
  hintB = b;
  hinted = true;
  return true;
}

}  // namespace cutline
