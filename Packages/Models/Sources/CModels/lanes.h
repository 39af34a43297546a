// The kernels for one instruction set. Included once for each, with NAME(x), the number of LANES of a vector, the columns
// of a tile that are summed at once (TILE_ROWS) and the functions of that width.
#pragma clang fp contract(off)

/// Vectors that may stand at any double.
typedef double NAME(vector) __attribute__((vector_size(8 * LANES), aligned(8), may_alias));
#define VECTOR NAME(vector)
#define AT(pointer) (*(const VECTOR *)(pointer))
#define PUT(pointer) (*(VECTOR *)(pointer))

static void NAME(standardise)(
  const double *restrict x, size_t rows, double centre, double factor, double *restrict out
) {
  for (size_t i = 0; i < rows; i++) { out[i] = (x[i] - centre) * factor; }
}

static void NAME(moments)(
  const double *restrict x, const double *restrict weights, size_t rows, double centre, double factor,
  double *restrict first, double *restrict second
) {
  const size_t whole = rows - rows % CMODELS_LANES;
  for (int part = 0; part < CMODELS_LANES; part += LANES) {
    VECTOR one = AT(first + part);
    VECTOR two = AT(second + part);
    for (size_t row = (size_t)part; row < whole; row += CMODELS_LANES) {
      const VECTOR z = (AT(x + row) - centre) * factor;
      const VECTOR weighted = AT(weights + row) * z;
      one = one + weighted;
      two = two + weighted * z;
    }
    PUT(first + part) = one;
    PUT(second + part) = two;
  }
  for (size_t row = whole; row < rows; row++) {
    const double z = (x[row] - centre) * factor;
    const double weighted = weights[row] * z;
    first[row - whole] = first[row - whole] + weighted;
    second[row - whole] = second[row - whole] + weighted * z;
  }
}

static void NAME(predict)(cmodels_block block, const double *restrict factors, double *restrict out) {
  size_t row = 0;
  // Several vectors at a time: one addition takes four cycles, and each row's sum has a fixed order.
  for (; row + 4 * LANES <= block.rows; row += 4 * LANES) {
    VECTOR sums[4];
    for (int k = 0; k < 4; k++) { sums[k] = AT(out + row + k * LANES); }
    for (size_t j = 0; j < block.columns; j++) {
      const double *x = block.first + j * block.stride + row;
      const double factor = factors[j];
#pragma clang loop unroll(full)
      for (int k = 0; k < 4; k++) { sums[k] = sums[k] + factor * AT(x + k * LANES); }
    }
    for (int k = 0; k < 4; k++) { PUT(out + row + k * LANES) = sums[k]; }
  }
  for (; row < block.rows; row++) {
    double sum = out[row];
    for (size_t j = 0; j < block.columns; j++) { sum = sum + factors[j] * block.first[j * block.stride + row]; }
    out[row] = sum;
  }
}

static void NAME(products)(cmodels_block block, const double *restrict values, double *restrict sums) {
  for (int part = 0; part < CMODELS_LANES; part += LANES) {
    size_t j = 0;
    for (; j + 4 <= block.columns; j += 4) {
      VECTOR s[4];
      for (int k = 0; k < 4; k++) { s[k] = AT(sums + (j + (size_t)k) * CMODELS_LANES + part); }
      for (size_t row = (size_t)part; row < block.rows; row += CMODELS_LANES) {
        const VECTOR v = AT(values + row);
#pragma clang loop unroll(full)
        for (int k = 0; k < 4; k++) { s[k] = s[k] + v * AT(block.first + (j + (size_t)k) * block.stride + row); }
      }
      for (int k = 0; k < 4; k++) { PUT(sums + (j + (size_t)k) * CMODELS_LANES + part) = s[k]; }
    }
    for (; j < block.columns; j++) {
      VECTOR s = AT(sums + j * CMODELS_LANES + part);
      for (size_t row = (size_t)part; row < block.rows; row += CMODELS_LANES) {
        s = s + AT(values + row) * AT(block.first + j * block.stride + row);
      }
      PUT(sums + j * CMODELS_LANES + part) = s;
    }
  }
}

/// Adds the products of TILE_ROWS weighted columns with CMODELS_TILE others.
ALWAYS_INLINE void NAME(tile)(
  const double *restrict weighted, const double *restrict other, size_t stride, size_t rows, double *restrict sums
) {
  for (int part = 0; part < CMODELS_LANES; part += LANES) {
    VECTOR s[TILE_ROWS][CMODELS_TILE];
#pragma clang loop unroll(full)
    for (int a = 0; a < TILE_ROWS; a++) {
#pragma clang loop unroll(full)
      for (int b = 0; b < CMODELS_TILE; b++) { s[a][b] = AT(sums + (a * CMODELS_TILE + b) * CMODELS_LANES + part); }
    }
    for (size_t row = (size_t)part; row < rows; row += CMODELS_LANES) {
      VECTOR x[CMODELS_TILE];
#pragma clang loop unroll(full)
      for (int b = 0; b < CMODELS_TILE; b++) { x[b] = AT(other + (size_t)b * stride + row); }
#pragma clang loop unroll(full)
      for (int a = 0; a < TILE_ROWS; a++) {
        const VECTOR w = AT(weighted + (size_t)a * stride + row);
#pragma clang loop unroll(full)
        for (int b = 0; b < CMODELS_TILE; b++) { s[a][b] = s[a][b] + w * x[b]; }
      }
    }
#pragma clang loop unroll(full)
    for (int a = 0; a < TILE_ROWS; a++) {
#pragma clang loop unroll(full)
      for (int b = 0; b < CMODELS_TILE; b++) { PUT(sums + (a * CMODELS_TILE + b) * CMODELS_LANES + part) = s[a][b]; }
    }
  }
}

static void NAME(gram)(
  cmodels_block block, const double *restrict weights, double *restrict scratch, double *restrict sums
) {
  enum { TILE_SIZE = CMODELS_TILE * CMODELS_TILE * CMODELS_LANES };
  for (size_t j = 0; j < block.columns; j += CMODELS_TILE) {
    for (size_t a = 0; a < CMODELS_TILE; a++) {
      const double *x = block.first + (j + a) * block.stride;
      double *out = scratch + a * block.stride;
      for (size_t row = 0; row < block.rows; row++) { out[row] = weights[row] * x[row]; }
    }
    for (size_t k = 0; k <= j; k += CMODELS_TILE) {
      const double *other = block.first + k * block.stride;
      for (int a = 0; a < CMODELS_TILE; a += TILE_ROWS) {
        NAME(tile)(
          scratch + (size_t)a * block.stride, other, block.stride, block.rows,
          sums + a * CMODELS_TILE * CMODELS_LANES);
      }
      sums += TILE_SIZE;
    }
  }
}

static void NAME(total)(const double *restrict values, size_t rows, double *restrict sums) {
  for (int part = 0; part < CMODELS_LANES; part += LANES) {
    VECTOR s = AT(sums + part);
    for (size_t row = (size_t)part; row < rows; row += CMODELS_LANES) { s = s + AT(values + row); }
    PUT(sums + part) = s;
  }
}

static void NAME(exp_all)(double *values, size_t count) {
  size_t i = 0;
#if LANES > 1
  for (; i + LANES <= count; i += LANES) { PUT(values + i) = VECTOR_EXP(AT(values + i)); }
#endif
  for (; i < count; i++) { values[i] = Sleef_cinz_expd1_u10purec(values[i]); }
}

static void NAME(log1p_all)(double *values, size_t count) {
  size_t i = 0;
#if LANES > 1
  for (; i + LANES <= count; i += LANES) { PUT(values + i) = VECTOR_LOG1P(AT(values + i)); }
#endif
  for (; i < count; i++) { values[i] = Sleef_cinz_log1pd1_u10purec(values[i]); }
}

static void NAME(logistic)(
  size_t rows, double *restrict predictor, const double *restrict y, const double *restrict w, double *restrict loss,
  double *restrict derivative, double *restrict size, double *restrict curvature, double *restrict t
) {
  for (size_t i = 0; i < rows; i++) { t[i] = -__builtin_fabs(predictor[i]); }
  NAME(exp_all)(t, rows);
  for (size_t i = 0; i < rows; i++) {
    const double below = 1 / (1 + t[i]);
    const double rest = t[i] * below;
    // The chances of 1 and of 0, each without the other's rounding.
    const double one = predictor[i] >= 0 ? below : rest;
    const double none = predictor[i] >= 0 ? rest : below;
    const double up = (1 - y[i]) * one;
    const double down = y[i] * none;
    derivative[i] = w[i] * (up - down);
    size[i] = w[i] * (up + down);
    curvature[i] = w[i] * (one * none);
  }
  NAME(log1p_all)(t, rows);
  for (size_t i = 0; i < rows; i++) {
    const double wrong = predictor[i] >= 0 ? (1 - y[i]) * predictor[i] : -(y[i] * predictor[i]);
    loss[i] = w[i] * (wrong + t[i]);
  }
}

static void NAME(tweedie)(
  double power, size_t rows, double *restrict predictor, const double *restrict y, const double *restrict w,
  double *restrict loss, double *restrict derivative, double *restrict size, double *restrict curvature,
  double *restrict scratch
) {
  // mu^(1 - p) and mu^(2 - p); where an exponent is 0 its integral is the predictor itself.
  double *restrict fall = scratch;
  double *restrict rise = scratch + rows;
  const double a = power - 1;
  const double b = 2 - power;
  for (size_t i = 0; i < rows; i++) {
    fall[i] = -a * predictor[i];
    rise[i] = b * predictor[i];
  }
  NAME(exp_all)(fall, rows);
  NAME(exp_all)(rise, rows);
  for (size_t i = 0; i < rows; i++) {
    // 0 times infinity is no number, but a row whose target is 0 has no such term.
    const double down = y[i] == 0 ? 0 : y[i] * fall[i];
    const double up = rise[i];
    const double first = a == 0 ? -(y[i] * predictor[i]) : down / a;
    const double second = b == 0 ? predictor[i] : up / b;
    loss[i] = w[i] == 0 ? 0 : w[i] * (first + second);
    derivative[i] = w[i] == 0 ? 0 : w[i] * (up - down);
    size[i] = w[i] == 0 ? 0 : w[i] * (up + down);
    curvature[i] = w[i] == 0 ? 0 : w[i] * (a * down + b * up);
  }
}

static void NAME(append)(
  double *restrict triangle, double *restrict block, size_t stride, size_t rows, size_t columns
) {
  for (size_t j = 0; j < columns; j++) {
    double *restrict x = block + j * stride;
    VECTOR s[CMODELS_LANES / LANES] = {0};
    double lanes[CMODELS_LANES];
    for (size_t row = 0; row < rows; row += CMODELS_LANES) {
#pragma clang loop unroll(full)
      for (int part = 0; part < CMODELS_LANES / LANES; part++) {
        const VECTOR v = AT(x + row + part * LANES);
        s[part] = s[part] + v * v;
      }
    }
    memcpy(lanes, s, sizeof lanes);
    const double below = joined(lanes);
    if (below == 0) { continue; }
    double *diagonal = triangle + j * columns + j;
    const double alpha = *diagonal;
    const double norm = sqrt(alpha * alpha + below);
    const double head = alpha > 0 ? alpha + norm : alpha - norm;
    const double scale = 2 / (head * head + below);
    *diagonal = alpha > 0 ? -norm : norm;
    for (size_t k = j + 1; k < columns; k++) {
      double *restrict y = block + k * stride;
      VECTOR d[CMODELS_LANES / LANES] = {0};
      for (size_t row = 0; row < rows; row += CMODELS_LANES) {
#pragma clang loop unroll(full)
        for (int part = 0; part < CMODELS_LANES / LANES; part++) {
          d[part] = d[part] + AT(x + row + part * LANES) * AT(y + row + part * LANES);
        }
      }
      memcpy(lanes, d, sizeof lanes);
      double *above = triangle + k * columns + j;
      const double factor = scale * (head * *above + joined(lanes));
      *above = *above - factor * head;
      for (size_t row = 0; row < rows; row += LANES) {
        PUT(y + row) = AT(y + row) - factor * AT(x + row);
      }
    }
  }
}

#undef AT
#undef PUT
#undef VECTOR
#undef NAME
#undef LANES
#undef TILE_ROWS
#undef VECTOR_EXP
#undef VECTOR_LOG1P
