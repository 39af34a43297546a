// Sums over blocks of rows, once per instruction set.
#pragma clang fp contract(off)

#include "CModels.h"

#include <math.h>
#include <string.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/// The eight partial sums as one, in a fixed order.
ALWAYS_INLINE double joined(const double sums[CMODELS_LANES]) {
  const double a = (sums[0] + sums[4]) + (sums[2] + sums[6]);
  const double b = (sums[1] + sums[5]) + (sums[3] + sums[7]);
  return a + b;
}

// SLEEF's own header declares the wide functions only where the whole file is compiled for them.
double Sleef_cinz_expd1_u10purec(double);
double Sleef_cinz_log1pd1_u10purec(double);
#if defined(__x86_64__)
typedef double two __attribute__((vector_size(16)));
typedef double four __attribute__((vector_size(32)));
typedef double eight __attribute__((vector_size(64)));
two Sleef_cinz_expd2_u10sse2(two);
two Sleef_cinz_log1pd2_u10sse2(two);
#define NAME(name) name##_baseline
#define LANES 2
#define TILE_ROWS 2
#define VECTOR_EXP Sleef_cinz_expd2_u10sse2
#define VECTOR_LOG1P Sleef_cinz_log1pd2_u10sse2
#include "lanes.h"

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
four Sleef_cinz_expd4_u10avx(four);
four Sleef_cinz_log1pd4_u10avx(four);
#define NAME(name) name##_avx2
#define LANES 4
#define TILE_ROWS 2
#define VECTOR_EXP Sleef_cinz_expd4_u10avx
#define VECTOR_LOG1P Sleef_cinz_log1pd4_u10avx
#include "lanes.h"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl"))), apply_to = function)
eight Sleef_cinz_expd8_u10avx512fnofma(eight);
eight Sleef_cinz_log1pd8_u10avx512fnofma(eight);
#define NAME(name) name##_avx512
#define LANES 8
#define TILE_ROWS 4
#define VECTOR_EXP Sleef_cinz_expd8_u10avx512fnofma
#define VECTOR_LOG1P Sleef_cinz_log1pd8_u10avx512fnofma
#include "lanes.h"
#pragma clang attribute pop

#define DISPATCH(name, arguments) \
  switch (instruction_set) { \
    case CMODELS_AVX512: name##_avx512 arguments; break; \
    case CMODELS_AVX2: name##_avx2 arguments; break; \
    default: name##_baseline arguments; break; \
  }
#else
#define NAME(name) name##_baseline
#define LANES 1
#define TILE_ROWS 2
#include "lanes.h"
#define DISPATCH(name, arguments) (void)instruction_set; name##_baseline arguments;
#endif

void cmodels_standardise(
  const double *x, size_t rows, double centre, double factor, double *out, size_t padding, int instruction_set
) {
  DISPATCH(standardise, (x, rows, centre, factor, out))
  for (size_t i = 0; i < padding; i++) { out[rows + i] = 0; }
}

void cmodels_moments(
  const double *x, const double *weights, size_t rows, double centre, double factor, double *first, double *second,
  int instruction_set
) {
  DISPATCH(moments, (x, weights, rows, centre, factor, first, second))
}

void cmodels_predict(cmodels_block block, const double *factors, double *out, int instruction_set) {
  DISPATCH(predict, (block, factors, out))
}

void cmodels_products(cmodels_block block, const double *values, double *sums, int instruction_set) {
  DISPATCH(products, (block, values, sums))
}

void cmodels_gram(
  cmodels_block block, const double *weights, double *scratch, double *sums, int instruction_set
) {
  DISPATCH(gram, (block, weights, scratch, sums))
}

void cmodels_total(const double *values, size_t rows, double *sums, int instruction_set) {
  DISPATCH(total, (values, rows, sums))
}

void cmodels_loss(
  int kind, double power, size_t rows, double *predictor, const double *target, const double *weights, double *loss,
  double *derivative, double *size, double *curvature, double *scratch, int instruction_set
) {
  if (kind == CMODELS_LOGISTIC) {
    DISPATCH(logistic, (rows, predictor, target, weights, loss, derivative, size, curvature, scratch))
  } else {
    DISPATCH(tweedie, (power, rows, predictor, target, weights, loss, derivative, size, curvature, scratch))
  }
}

void cmodels_append(double *triangle, double *block, size_t stride, size_t rows, size_t columns, int instruction_set) {
  DISPATCH(append, (triangle, block, stride, rows, columns))
}
