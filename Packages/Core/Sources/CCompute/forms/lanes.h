// The kernels of forms for one instruction set. Included once for each, with NAME(x), the number of LANES and the three
// functions of that width; every loop has one row per lane and no sum runs across rows.
#pragma clang fp contract(off)

typedef double NAME(vector) __attribute__((vector_size(8 * LANES)));

static void NAME(exp_all)(double *values, size_t count) {
  size_t i = 0;
#if LANES > 1
  for (; i + LANES <= count; i += LANES) {
    NAME(vector) x;
    memcpy(&x, values + i, sizeof x);
    x = VECTOR_EXP(x);
    memcpy(values + i, &x, sizeof x);
  }
#endif
  for (; i < count; i++) { values[i] = cutline_exp(values[i]); }
}

static void NAME(log_all)(double *values, size_t count) {
  size_t i = 0;
#if LANES > 1
  for (; i + LANES <= count; i += LANES) {
    NAME(vector) x;
    memcpy(&x, values + i, sizeof x);
    x = VECTOR_LOG(x);
    memcpy(values + i, &x, sizeof x);
  }
#endif
  for (; i < count; i++) { values[i] = cutline_log(values[i]); }
}

static void NAME(erfc_all)(double *values, size_t count) {
  size_t i = 0;
#if LANES > 1
  for (; i + LANES <= count; i += LANES) {
    NAME(vector) x;
    memcpy(&x, values + i, sizeof x);
    x = VECTOR_ERFC(x);
    memcpy(values + i, &x, sizeof x);
  }
#endif
  for (; i < count; i++) { values[i] = cutline_erfc(values[i]); }
}

static void NAME(link_inverse)(int link, double *restrict values, size_t count) {
  double powers[CHUNK];
  switch (link) {
    case CUTLINE_LINK_LOG:
      NAME(exp_all)(values, count);
      break;
    case CUTLINE_LINK_LOGIT:
      for (size_t start = 0; start < count; start += CHUNK) {
        const size_t rows = count - start < CHUNK ? count - start : CHUNK;
        double *restrict x = values + start;
        for (size_t i = 0; i < rows; i++) { powers[i] = -__builtin_fabs(x[i]); }
        NAME(exp_all)(powers, rows);
        for (size_t i = 0; i < rows; i++) { x[i] = (x[i] >= 0 ? 1 : powers[i]) / (1 + powers[i]); }
      }
      break;
    case CUTLINE_LINK_PROBIT:
      for (size_t i = 0; i < count; i++) { values[i] = -values[i] * ROOT_OF_HALF; }
      NAME(erfc_all)(values, count);
      for (size_t i = 0; i < count; i++) { values[i] = 0.5 * values[i]; }
      break;
    default:
      break;
  }
}

static void NAME(link_forward)(int link, double *restrict values, size_t count) {
  switch (link) {
    case CUTLINE_LINK_LOG:
      NAME(log_all)(values, count);
      break;
    case CUTLINE_LINK_LOGIT:
      for (size_t i = 0; i < count; i++) { values[i] = values[i] / (1 - values[i]); }
      NAME(log_all)(values, count);
      break;
    case CUTLINE_LINK_PROBIT:
      for (size_t i = 0; i < count; i++) { values[i] = cutline_normal_quantile(values[i]); }
      break;
    default:
      break;
  }
}

static void NAME(linear)(
  cutline_tile tile, double start, const double *restrict factors, size_t count, double *restrict out
) {
  size_t row = 0;
  // Four vectors at a time: one addition takes four cycles, and each lane's sum has a fixed order.
  for (; row + 4 * LANES <= tile.rows; row += 4 * LANES) {
    NAME(vector) sums[4];
    for (int k = 0; k < 4; k++) { sums[k] = start - (NAME(vector)){0}; }
    for (size_t f = 0; f < count; f++) {
      const double factor = factors[f];
      const double *column = tile.first + f * tile.stride + row;
#pragma clang loop unroll(full)
      for (int k = 0; k < 4; k++) {
        NAME(vector) x;
        memcpy(&x, column + k * LANES, sizeof x);
        sums[k] = sums[k] + factor * x;
      }
    }
    memcpy(out + row, sums, sizeof sums);
  }
  for (; row < tile.rows; row++) {
    double sum = start;
    for (size_t f = 0; f < count; f++) { sum = sum + factors[f] * tile.first[f * tile.stride + row]; }
    out[row] = sum;
  }
}

static void NAME(trees)(cutline_tile tile, const cutline_trees *trees, double *restrict out) {
  for (size_t i = 0; i < tile.rows; i++) { out[i] = 0; }
  for (size_t t = 0; t < trees->tree_count; t++) {
    const int32_t root = trees->roots[t];
    const int32_t depth = trees->depths[t];
    size_t row = 0;
    // Rows go down together, so that the loads of one need not wait for those of another.
#if LANES == 8
    for (; row + 4 * LANES <= tile.rows; row += 4 * LANES) {
      __m512i place[4];
      for (int k = 0; k < 4; k++) { place[k] = _mm512_set1_epi64(root); }
      for (int32_t step = 0; step < depth; step++) {
#pragma clang loop unroll(full)
        for (int k = 0; k < 4; k++) {
          place[k] = next_nodes(trees->nodes, place[k], tile.first + row + (size_t)k * LANES, tile.stride);
        }
      }
      for (int k = 0; k < 4; k++) {
        double *sums = out + row + (size_t)k * LANES;
        const __m512d leaves = _mm512_i64gather_pd(place[k], trees->leaves, 8);
        _mm512_storeu_pd(sums, _mm512_add_pd(_mm512_loadu_pd(sums), leaves));
      }
    }
#endif
    for (; row + ROWS_AT_ONCE <= tile.rows; row += ROWS_AT_ONCE) {
      int32_t place[ROWS_AT_ONCE];
      for (int k = 0; k < ROWS_AT_ONCE; k++) { place[k] = root; }
      for (int32_t step = 0; step < depth; step++) {
#pragma clang loop unroll(full)
        for (int k = 0; k < ROWS_AT_ONCE; k++) {
          place[k] = next_node(trees->nodes + place[k], tile.first + row + (size_t)k, tile.stride);
        }
      }
      for (int k = 0; k < ROWS_AT_ONCE; k++) { out[row + (size_t)k] = out[row + (size_t)k] + trees->leaves[place[k]]; }
    }
    for (; row < tile.rows; row++) {
      int32_t place = root;
      for (int32_t step = 0; step < depth; step++) {
        place = next_node(trees->nodes + place, tile.first + row, tile.stride);
      }
      out[row] = out[row] + trees->leaves[place];
    }
  }
}

static void NAME(bins)(const double *restrict x, size_t rows, const cutline_bins *bins, double *restrict out) {
  for (size_t start = 0; start < rows; start += ROWS_AT_ONCE) {
    const size_t count = rows - start < ROWS_AT_ONCE ? rows - start : ROWS_AT_ONCE;
    uint32_t places[ROWS_AT_ONCE];
    find_bins(x + start, count, bins->edges, bins->edge_count, places);
    for (size_t i = 0; i < count; i++) {
      const double value = x[start + i];
      double result = value != value ? bins->missing : bins->values[places[i]];
      for (size_t s = 0; s < bins->special_count; s++) {
        result = value == bins->special_values[s] ? bins->special_results[s] : result;
      }
      out[start + i] = result;
    }
  }
}

static void NAME(places)(
  const double *restrict x, size_t rows, const double *edges, size_t edge_count, int32_t *restrict places
) {
  for (size_t start = 0; start < rows; start += ROWS_AT_ONCE) {
    const size_t count = rows - start < ROWS_AT_ONCE ? rows - start : ROWS_AT_ONCE;
    uint32_t found[ROWS_AT_ONCE];
    find_bins(x + start, count, edges, edge_count, found);
    for (size_t i = 0; i < count; i++) {
      const int32_t place = places[start + i];
      const bool missing = x[start + i] != x[start + i] || place < 0;
      places[start + i] = missing ? -1 : place * (int32_t)(edge_count + 1) + (int32_t)found[i];
    }
  }
}

static void NAME(pick)(
  const int32_t *restrict places, size_t rows, const double *restrict values, double missing, double *restrict out
) {
  for (size_t i = 0; i < rows; i++) { out[i] = places[i] < 0 ? missing : values[places[i]]; }
}

static void NAME(column)(int operation, const double *x, size_t rows, double a, double b, double *out) {
#define EACH(expression) for (size_t i = 0; i < rows; i++) { out[i] = (expression); } break
  switch (operation) {
    case CUTLINE_SET: EACH(a);
    case CUTLINE_COPY: EACH(x[i]);
    case CUTLINE_ADD: EACH(out[i] + x[i]);
    case CUTLINE_MULTIPLY: EACH(out[i] * x[i]);
    case CUTLINE_WEIGH: EACH(a * x[i]);
    case CUTLINE_ADD_WEIGHED: EACH(out[i] + a * x[i]);
    case CUTLINE_LINE: EACH(a + b * x[i]);
    case CUTLINE_STANDARDISE: EACH((x[i] - a) / b);
    case CUTLINE_CLAMP: EACH(x[i] < a ? a : x[i] > b ? b : x[i]);
    case CUTLINE_EQUALS: EACH(x[i] == a ? 1.0 : 0.0);
    case CUTLINE_IS_MISSING: EACH(x[i] != x[i] ? 1.0 : 0.0);
    case CUTLINE_FILL: EACH(x[i] != x[i] ? a : x[i]);
    default: break;
  }
#undef EACH
}

static void NAME(one_nan)(double *values, size_t count) {
  for (size_t i = 0; i < count; i++) { values[i] = values[i] != values[i] ? __builtin_nan("") : values[i]; }
}

#undef NAME
#undef LANES
#undef VECTOR_EXP
#undef VECTOR_LOG
#undef VECTOR_ERFC
