// Strategies that are optimal for a weighting of production against risk: they seed the envelope.
#include "CSearch.h"

#include <string.h>

typedef double lanes __attribute__((vector_size(64)));
typedef int64_t lane_mask __attribute__((vector_size(64)));

#define PICK(mask, a, b) ((lanes)(((lane_mask)(a) & (mask)) | ((lane_mask)(b) & ~(mask))))

#if defined(__x86_64__) && defined(__linux__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
void cutline_lagrangian(
  const double *production, const double *numerator, const double *denominator, size_t rows, size_t columns,
  const double rho[8], const double mu[8], double *scratch,
  double best_production[8], double best_numerator[8], double best_denominator[8]
) {
  // Per number of columns k: value, P, N, D of the best choice for the rows below that accepts at most k columns.
  lanes risk, price;
  memcpy(&risk, rho, sizeof risk);
  memcpy(&price, mu, sizeof price);
  memset(scratch, 0, 32 * (columns + 1) * sizeof(double));
  for (size_t row = rows; row-- > 0;) {
    const double *row_p = production + row * (columns + 1);
    const double *row_n = numerator + row * (columns + 1);
    const double *row_d = denominator + row * (columns + 1);
    lanes value, p, n, d;
    for (size_t k = 0; k <= columns; k++) {
      double *state = scratch + 32 * k;
      lanes old_value, old_p, old_n, old_d;
      memcpy(&old_value, state, sizeof(lanes));
      memcpy(&old_p, state + 8, sizeof(lanes));
      memcpy(&old_n, state + 16, sizeof(lanes));
      memcpy(&old_d, state + 24, sizeof(lanes));
      const lanes own = old_value + row_p[k] + price * (risk * row_d[k] - row_n[k]);
      const lane_mask better = k == 0 ? (own == own) : (own > value);
      value = k == 0 ? own : PICK(better, own, value);
      p = k == 0 ? old_p + row_p[k] : PICK(better, old_p + row_p[k], p);
      n = k == 0 ? old_n + row_n[k] : PICK(better, old_n + row_n[k], n);
      d = k == 0 ? old_d + row_d[k] : PICK(better, old_d + row_d[k], d);
      memcpy(state, &value, sizeof(lanes));
      memcpy(state + 8, &p, sizeof(lanes));
      memcpy(state + 16, &n, sizeof(lanes));
      memcpy(state + 24, &d, sizeof(lanes));
    }
  }
  const double *best = scratch + 32 * columns;
  memcpy(best_production, best + 8, sizeof(lanes));
  memcpy(best_numerator, best + 16, sizeof(lanes));
  memcpy(best_denominator, best + 24, sizeof(lanes));
}
