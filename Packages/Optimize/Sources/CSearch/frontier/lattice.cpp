// Dynamic programmes over the lattice: bounds in eight lanes, and exact optima of linear weightings.
#include "lattice.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace cutline;

typedef double lanes __attribute__((vector_size(64)));

static std::vector<int64_t> row_sums(const cutline_lattice &lattice, const int64_t *cells, int64_t &scale, Pace &pace) {
  std::vector<int64_t> sums(lattice.rows * lattice.width);
  scale = 0;
  for (size_t row = 0; row < lattice.rows; row++) {
    pace.spend((int64_t)lattice.width);
    for (size_t c = 0; c < lattice.columns; c++) {
      const int64_t value = cells[row * lattice.columns + c];
      sums[row * lattice.width + c + 1] = sums[row * lattice.width + c] + value;
      scale += value < 0 ? -value : value;
    }
  }
  return sums;
}

int cutline_lattice_create(
  size_t rows, size_t columns, const int64_t *production, const int64_t *numerator, const int64_t *denominator,
  const uint16_t *least, const uint16_t *most, cutline_stop stop, cutline_lattice **made
) {
  return guarded([&] {
    auto *lattice = new cutline_lattice();
    Watched pace(stop);
    try {
      cutline_lattice &l = *lattice;
      l.rows = rows;
      l.columns = columns;
      l.width = columns + 1;
      l.p = row_sums(l, production, l.p_scale, pace);
      l.n = row_sums(l, numerator, l.n_scale, pace);
      l.d = row_sums(l, denominator, l.d_scale, pace);
      l.real_p.assign(l.p.begin(), l.p.end());
      l.real_n.assign(l.n.begin(), l.n.end());
      l.real_d.assign(l.d.begin(), l.d.end());
      l.least.assign(least, least + rows);
      l.most.assign(most, most + rows);
      l.plain = true;
      for (size_t cell = 0; cell < rows * columns; cell++) {
        if (denominator[cell] < 0 || (denominator[cell] == 0 && numerator[cell] < 0)) { l.plain = false; }
      }
      if (!l.plain) {
        const int64_t none = INT64_MAX / 4;
        l.least_completion.assign((rows + 1) * l.width, 0);
        for (size_t row = rows; row-- > 0;) {
          pace.spend((int64_t)l.width);
          int64_t running = none;
          for (size_t k = 0; k <= columns; k++) {
            const size_t at = row * l.width + k;
            const int64_t below = l.least_completion[at + l.width];
            if (l.may_fix(row, k) && below < none) { running = std::min(running, l.d[at] + below); }
            l.least_completion[at] = running;
          }
        }
      }
      *made = lattice;
    } catch (...) {
      delete lattice;
      throw;
    }
  });
}

void cutline_lattice_destroy(cutline_lattice *lattice) { delete lattice; }

bool cutline_lattice_is_plain(const cutline_lattice *lattice) { return lattice->plain; }

int cutline_lattice_best(
  const cutline_lattice *lattice, int64_t production, int64_t numerator, int64_t denominator, uint16_t *accepted,
  cutline_stop stop, int *sign
) {
  const cutline_lattice &l = *lattice;
  Watched pace(stop);
  return guarded([&] {
    // Least int128 stands for "no completion"; sums stay below 2^109.
    const wide none = -((wide)1 << 120);
    std::vector<wide> best((l.rows + 1) * l.width, 0);
    for (size_t row = l.rows; row-- > 0;) {
      pace.spend(4 * (int64_t)l.width);
      wide running = none;
      for (size_t k = 0; k <= l.columns; k++) {
        const size_t at = row * l.width + k;
        if (l.may_fix(row, k) && best[at + l.width] > none) {
          const wide own = (wide)production * l.p[at] + (wide)numerator * l.n[at] + (wide)denominator * l.d[at];
          running = std::max(running, own + best[at + l.width]);
        }
        best[at] = running;
      }
    }
    size_t k = l.columns;
    for (size_t row = 0; row < l.rows; row++) {
      while (k > 0 && best[row * l.width + k - 1] == best[row * l.width + k]) { k--; }
      accepted[row] = (uint16_t)k;
    }
    const wide value = best[l.columns];
    *sign = (value > 0) - (value < 0);
  });
}

#if defined(__x86_64__) && defined(__linux__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
static void bounds_kernel(
  const cutline_lattice &l, const double p[8], const double n[8], const double d[8], const double end[8], double *values,
  size_t from, size_t to
) {
  lanes weight_p, weight_n, weight_d, last, minus_infinity = {};
  memcpy(&weight_p, p, sizeof(lanes));
  memcpy(&weight_n, n, sizeof(lanes));
  memcpy(&weight_d, d, sizeof(lanes));
  memcpy(&last, end, sizeof(lanes));
  minus_infinity -= (double)INFINITY;
  const size_t width = l.width;
  for (size_t k = 0; k < width && to == l.rows; k++) {
    memcpy(values + (l.rows * width + k) * 8, &last, sizeof(lanes));
  }
  for (size_t row = to; row-- > from;) {
    const double *row_p = l.real_p.data() + row * width;
    const double *row_n = l.real_n.data() + row * width;
    const double *row_d = l.real_d.data() + row * width;
    double *own = values + row * width * 8;
    const double *below = own + width * 8;
    const size_t least = l.least[row], most = l.most[row];
    lanes best = minus_infinity;
    for (size_t k = 0; k < least; k++) { memcpy(own + k * 8, &best, sizeof(lanes)); }
    for (size_t k = least; k <= most; k++) {
      lanes value;
      memcpy(&value, below + k * 8, sizeof(lanes));
      value += weight_p * row_p[k] + weight_n * row_n[k] + weight_d * row_d[k];
      best = value > best ? value : best;
      memcpy(own + k * 8, &best, sizeof(lanes));
    }
    for (size_t k = most + 1; k < width; k++) { memcpy(own + k * 8, &best, sizeof(lanes)); }
  }
}

void cutline::bounds(
  const cutline_lattice &lattice, const double p[8], const double n[8], const double d[8], const double end[8],
  double *values, Pace &pace
) {
  // Some rows at a time, from the last on, and a question between.
  const size_t rows = 1 + (1 << 14) / lattice.width;
  for (size_t to = lattice.rows; to > 0;) {
    const size_t from = to > rows ? to - rows : 0;
    pace.spend(4 * (int64_t)((to - from) * lattice.width));
    bounds_kernel(lattice, p, n, d, end, values, from, to);
    to = from;
  }
}

void cutline::trace(const cutline_lattice &l, const double *values, size_t lane, uint16_t *accepted) {
  size_t k = l.columns;
  for (size_t row = 0; row < l.rows; row++) {
    const double *own = values + row * l.width * 8 + lane;
    const double best = own[k * 8];
    while (k > 0 && own[(k - 1) * 8] == best) { k--; }
    accepted[row] = (uint16_t)k;
  }
}

double cutline::rounding_margin(const cutline_lattice &l, double p, double n, double d) {
  const double scale =
    std::fabs(p) * (double)l.p_scale + std::fabs(n) * (double)l.n_scale + std::fabs(d) * (double)l.d_scale;
  return (double)(l.rows + 16) * 0x1p-51 * scale;
}

cutline_point cutline::evaluate(const cutline_lattice &l, const uint16_t *accepted) {
  cutline_point sums = {};
  for (size_t row = 0; row < l.rows; row++) {
    const size_t at = row * l.width + accepted[row];
    sums.production += l.p[at];
    sums.numerator += l.n[at];
    sums.denominator += l.d[at];
  }
  return sums;
}

void cutline::dual(
  const cutline_lattice &lattice, const double risk[8], const double price[8], double bound[8], uint16_t *accepted,
  Pace &pace
) {
  double p[8], n[8], d[8], end[8];
  for (int lane = 0; lane < 8; lane++) {
    p[lane] = 1;
    n[lane] = -price[lane];
    d[lane] = price[lane] * risk[lane];
    end[lane] = 0;
  }
  Aligned<double> memory;
  double *values = memory.reserve((lattice.rows + 1) * lattice.width * 8);
  bounds(lattice, p, n, d, end, values, pace);
  for (size_t lane = 0; lane < 8; lane++) {
    bound[lane] = values[lattice.columns * 8 + lane] + rounding_margin(lattice, p[lane], n[lane], d[lane]);
    trace(lattice, values, lane, accepted + lane * lattice.rows);
  }
}

int cutline_lattice_dual(
  const cutline_lattice *lattice, const double risk[8], const double price[8], double bound[8], uint16_t *accepted,
  cutline_stop stop
) {
  Watched pace(stop);
  return guarded([&] { dual(*lattice, risk, price, bound, accepted, pace); });
}
