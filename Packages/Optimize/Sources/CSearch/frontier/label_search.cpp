// A label search from its corners to their frontier: bounds, cone, kernel, reduction.
#include "labels.hpp"

#include <algorithm>
#include <cmath>

using namespace cutline;

static wide floor_ratio(wide numerator, wide denominator) {
  const wide quotient = numerator / denominator;
  return quotient - (numerator % denominator != 0 && numerator < 0);
}

/// The largest scale s = 2^40, 2^39, … 1 and slope a = floor(s * ratio) + up with s N - a D within 2^61; false where not
/// even 1 will do.
static bool scaled(
  const cutline_lattice &l, int64_t numerator, int64_t denominator, int up, int64_t *scale, int64_t *slope
) {
  for (int shift = 40; shift >= 0; shift--) {
    const wide s = (wide)1 << shift;
    const wide a = floor_ratio(s * numerator, denominator) + up;
    const wide size = a < 0 ? -a : a;
    if (s * l.n_scale + size * l.d_scale <= (wide)1 << 61 && size < (wide)1 << 62) {
      *scale = (int64_t)s;
      *slope = (int64_t)a;
      return true;
    }
  }
  return false;
}

/// Integer slopes around the task's risks: the lower one not above `low`, the upper one strictly above `high`. A risk
/// that does not fit is replaced by one further out: 0, or infinity, where D alone decides.
static Cone cone_of(const cutline_lattice &l, const cutline_corners &t) {
  Cone cone = {0, -1, 0, 1, true};
  bool low = t.low_denominator != 0, high = t.high_denominator != 0;
  if (low && !scaled(l, t.low_numerator, t.low_denominator, 0, &cone.low_n, &cone.low_d)) {
    low = t.low_numerator > 0;
    cone.low_n = low;
    cone.low_d = low ? 0 : -1;
  }
  if (high && !scaled(l, t.high_numerator, t.high_denominator, 1, &cone.high_n, &cone.high_d)) {
    high = t.high_numerator < 0;
    cone.high_n = high;
    cone.high_d = high ? 0 : 1;
  }
  // All risks at once: the two slopes no longer tell N.
  if (!low && !high) { cone = {1, 0, 0, 1, false}; }
  return cone;
}

/// Whether final sums lie in one of the corners, exactly.
static bool is_within(const cutline_corners &t, const Label &x) {
  if (!is_feasible(x.n, x.d)) { return false; }
  for (size_t i = 0; i < t.count; i++) {
    if (x.p < t.production[i]) { continue; }
    if (t.denominator[i] == 0) { return true; }
    const wide own = x.d == 0 ? 1 : x.d;
    if ((wide)x.n * t.denominator[i] <= (wide)t.numerator[i] * own) { return true; }
  }
  return false;
}

/// The task's weights, and the bounds of all nodes.
static void prepare(cutline_labels &c, const cutline_corners &t, Task &task) {
  const cutline_lattice &l = c.lattice;
  const bool floor = t.production[0] != INT64_MIN, ceiling = t.denominator[0] != 0;
  task.weight = floor ? 1 : 0;
  task.price = ceiling ? (floor ? t.price : 1) : 0;
  double p[8], n[8], d[8], end[8];
  for (size_t lane = 0; lane < 8; lane++) {
    const size_t i = std::min(lane, t.count - 1);
    task.slope[lane] = ceiling ? task.price * ((double)t.numerator[i] / (double)t.denominator[i]) : 0;
    p[lane] = task.weight;
    n[lane] = -task.price;
    d[lane] = task.slope[lane];
    end[lane] = rounding_margin(l, p[lane], n[lane], d[lane]) - (floor ? (double)t.production[i] : 0);
  }
  bounds(l, p, n, d, end, c.bounds.reserve((l.rows + 1) * l.width * 8), *task.pace);
}

static void collect(cutline_labels &c, const cutline_corners &t) {
  const size_t rows = c.lattice.rows;
  Vector<cutline_point> &points = c.points;
  // `strategy` is the step at first; only what stays is written out.
  for (size_t i = 0; i < c.above.size; i++) {
    const Label &x = c.above.data[i];
    if (is_within(t, x)) { points.push_back({x.p, x.n, x.d, x.step}); }
  }
  const Step *steps = c.steps.data;
  std::sort(points.begin(), points.end(), [=](const cutline_point &a, const cutline_point &b) {
    if (a.production != b.production) { return a.production > b.production; }
    const int risk = compare_risk(a, b);
    if (risk) { return risk < 0; }
    if (a.denominator != b.denominator) { return a.denominator > b.denominator; }
    return precedes(steps, (uint32_t)a.strategy, (uint32_t)b.strategy);
  });
  size_t kept = 0;
  for (const cutline_point &x : points) {
    if (kept == 0 || compare_risk(x, points[kept - 1]) < 0) { points[kept++] = x; }
  }
  points.resize(kept);
  std::reverse(points.begin(), points.end());
  c.accepted.resize(kept * rows);
  for (size_t i = 0; i < kept; i++) {
    uint32_t step = (uint32_t)points[i].strategy;
    for (size_t row = rows; row-- > 0; step = steps[step].previous) { c.accepted[i * rows + row] = steps[step].accepted; }
    points[i].strategy = i;
  }
}

int cutline_labels_search(
  cutline_labels *labels, const cutline_corners *corners, size_t byte_limit, uint64_t label_limit, cutline_stop stop
) {
  cutline_labels &c = *labels;
  const int64_t before = Memory::here().held;
  Watched pace(stop);
  int state = CUTLINE_FOUND;
  const int end = guarded([&] {
    MemoryLimit limit(byte_limit, c.held);
    c.points.clear();
    c.accepted.clear();
    Task task;
    task.corners = corners;
    task.cone = cone_of(c.lattice, *corners);
    task.label_limit = label_limit;
    task.pace = &pace;
    prepare(c, *corners, task);
    c.above_end.resize(c.lattice.width);
    c.below_end.resize(c.lattice.width);
    Kernel *kernel = search_baseline;
#if defined(__x86_64__)
    if (c.instruction_set == CUTLINE_AVX2) { kernel = search_avx2; }
    if (c.instruction_set == CUTLINE_AVX512) { kernel = search_avx512; }
#endif
    state = kernel(c, task);
    if (state == CUTLINE_FOUND) { collect(c, *corners); }
  });
  if (end != CUTLINE_FOUND) { state = end; }
  // What a search that failed took is not kept for the next one.
  if (state != CUTLINE_FOUND) { c.release(); }
  c.held += Memory::here().held - before;
  return state;
}

cutline_labels *cutline_labels_create(const cutline_lattice *lattice, int instruction_set) {
  return new (std::nothrow) cutline_labels(*lattice, instruction_set);
}

void cutline_labels_destroy(cutline_labels *labels) { delete labels; }

size_t cutline_labels_points(
  const cutline_labels *labels, const cutline_point **points, const uint16_t **accepted
) {
  *points = labels->points.data();
  *accepted = labels->accepted.data();
  return labels->points.size();
}

cutline_label_counts cutline_labels_counts(const cutline_labels *labels) { return labels->counts; }
