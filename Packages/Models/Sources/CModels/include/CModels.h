// Sums over blocks of rows for the fits of CutlineModels.
//
// A block holds `columns` columns of `rows` values each, column j from `block + j * stride`. `rows` is a multiple of
// CMODELS_LANES; what lies beyond the data has weight 0. Every sum over rows is CMODELS_LANES partial sums, row r going to
// number r mod CMODELS_LANES, each added in the order of the rows: so the bits depend on no instruction set.
#pragma once
#pragma clang fp contract(off)

#include <stddef.h>

#define CMODELS_LANES 8
/// Products of columns are summed in tiles of that many columns by that many; a block's columns are padded to it.
#define CMODELS_TILE 4

/// Instruction sets, as CutlineCompute's `InstructionSet.code` says them.
enum {
  CMODELS_BASELINE = 0,
  CMODELS_AVX2 = 1,
  CMODELS_AVX512 = 2,
};

/// What a fit loses at a row with target y where its linear predictor is eta.
enum {
  /// log(1 + e^eta) - y eta, for y in 0...1
  CMODELS_LOGISTIC = 0,
  /// Half the Tweedie deviance under the log link, without what does not depend on eta; its power is in 1...2
  CMODELS_TWEEDIE = 1,
};

typedef struct {
  const double *first;
  size_t stride;
  size_t rows;
  size_t columns;
} cmodels_block;

/// out = (x - centre) * factor, and `padding` zeros behind.
void cmodels_standardise(
  const double *x, size_t rows, double centre, double factor, double *out, size_t padding, int instruction_set);
/// first[l] += weights * z and second[l] += weights * z * z, where z = (x - centre) * factor; any number of rows.
void cmodels_moments(
  const double *x, const double *weights, size_t rows, double centre, double factor, double *first, double *second,
  int instruction_set);
/// out += factors[0] * column 0 + factors[1] * column 1 + ..., in this order.
void cmodels_predict(cmodels_block block, const double *factors, double *out, int instruction_set);
/// sums[8 j + l] += values * column j.
void cmodels_products(cmodels_block block, const double *values, double *sums, int instruction_set);
/// sums += weights * column j * column k for each tile of columns (j's tile not before k's), the tile's pairs in rows.
/// `scratch` has room for CMODELS_TILE * stride numbers; the columns are a multiple of CMODELS_TILE.
void cmodels_gram(
  cmodels_block block, const double *weights, double *scratch, double *sums, int instruction_set);
/// sums[l] += values.
void cmodels_total(const double *values, size_t rows, double *sums, int instruction_set);
/// The loss of each row, its derivative (both times weight), the sum of the absolute values of the derivative's terms,
/// and the second derivative. `predictor` is used up; `scratch` has room for 2 * rows numbers.
void cmodels_loss(
  int kind, double power, size_t rows, double *predictor, const double *target, const double *weights, double *loss,
  double *derivative, double *size, double *curvature, double *scratch, int instruction_set);
/// Puts a block below the triangle R (columns by columns, column-major) and makes it a triangle again by Householder
/// reflections, R'R becoming R'R + B'B. The block is used up.
void cmodels_append(double *triangle, double *block, size_t stride, size_t rows, size_t columns, int instruction_set);
