// Values of models, lanes being rows. The definition of each is Swift's single-record function; kernels run the same
// operations in the same order in every lane.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// A link g from a mean to a sum.
enum {
  CUTLINE_LINK_IDENTITY = 0,
  CUTLINE_LINK_LOG = 1,
  CUTLINE_LINK_LOGIT = 2,
  CUTLINE_LINK_PROBIT = 3,
};

/// Functions whose bits depend on neither the C library nor the processor.
double cutline_exp(double x);
double cutline_log(double x);
/// The complementary error function.
double cutline_erfc(double x);
/// The quantile of the standard normal distribution; -inf at 0, inf at 1, NaN outside.
double cutline_normal_quantile(double p);

/// The three functions in place on `count` values, by the vectors of `instruction_set`.
void cutline_exp_all(double *values, size_t count, int instruction_set);
void cutline_log_all(double *values, size_t count, int instruction_set);
void cutline_erfc_all(double *values, size_t count, int instruction_set);

/// Feature `f` of row `r` stands at `first[f * stride + r]`.
typedef struct {
  const double *first;
  size_t stride;
  size_t rows;
} cutline_tile;

/// Values by bin: bin k holds what lies above `edges[k - 1]` and not above `edges[k]`.
typedef struct {
  const double *edges;
  size_t edge_count;
  /// `edge_count + 1`.
  const double *values;
  /// What NaN gets.
  double missing;
  /// Values that are compared before the bins, and what they get.
  const double *special_values;
  const double *special_results;
  size_t special_count;
} cutline_bins;

/// A node of a tree; its children are neighbours. A leaf leads to itself whatever the value.
typedef struct {
  double threshold;
  /// The left child.
  int32_t next;
  /// Twice the feature, plus one where a missing value goes left.
  uint32_t feature;
} cutline_tree_node;

typedef struct {
  const cutline_tree_node *nodes;
  /// One per node; of use at leaves.
  const double *leaves;
  const int32_t *roots;
  /// Steps from the root to the deepest leaf, per tree.
  const int32_t *depths;
  size_t tree_count;
} cutline_trees;

/// out = start + factors[0] × feature 0 + …, in this order.
void cutline_form_linear(
  cutline_tile tile, double start, const double *factors, size_t count, double *out, int instruction_set);
/// out = the sum of the trees' leaves, in order, from 0.
void cutline_form_trees(cutline_tile tile, const cutline_trees *trees, double *out, int instruction_set);
/// out = the value of each one's bin.
void cutline_form_bins(const double *x, size_t rows, const cutline_bins *bins, double *out, int instruction_set);
/// places = places × (edge_count + 1) + bin; -1 where the value is NaN or the place was -1.
void cutline_form_places(
  const double *x, size_t rows, const double *edges, size_t edge_count, int32_t *places, int instruction_set);
/// out = values[place], `missing` where that is -1.
void cutline_form_pick(
  const int32_t *places, size_t rows, const double *values, double missing, double *out, int instruction_set);

/// Operations on a column of values, each with up to two constants.
enum {
  /// out = a
  CUTLINE_SET = 0,
  /// out = x
  CUTLINE_COPY = 1,
  /// out = out + x
  CUTLINE_ADD = 2,
  /// out = out × x
  CUTLINE_MULTIPLY = 3,
  /// out = a × x
  CUTLINE_WEIGH = 4,
  /// out = out + a × x
  CUTLINE_ADD_WEIGHED = 5,
  /// out = a + b × x
  CUTLINE_LINE = 6,
  /// out = (x - a) / b
  CUTLINE_STANDARDISE = 7,
  /// out = a where x < a, b where x > b, else x
  CUTLINE_CLAMP = 8,
  /// out = 1 where x = a, else 0
  CUTLINE_EQUALS = 9,
  /// out = 1 where x is NaN, else 0
  CUTLINE_IS_MISSING = 10,
  /// out = a where x is NaN, else x
  CUTLINE_FILL = 11,
};

void cutline_form_column(
  int operation, const double *x, size_t rows, double a, double b, double *out, int instruction_set);

/// values = g⁻¹(values) and values = g(values).
void cutline_link_inverse(int link, double *values, size_t count, int instruction_set);
void cutline_link_forward(int link, double *values, size_t count, int instruction_set);

/// Every NaN becomes the one that Swift calls `Double.nan`.
void cutline_form_one_nan(double *values, size_t count, int instruction_set);
