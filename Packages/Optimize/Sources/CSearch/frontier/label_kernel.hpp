// The label search, compiled once per instruction set. The including file defines `Test`, whose `alive` says whether a
// label can still end in one of the corners.

namespace {

/// Keeps the labels of a node that no other one dominates. They come by descending production, then ascending g and h,
/// so that whatever dominates a label has come before it.
struct Sieve {
  cutline_labels &c;
  const Cone cone;
  const bool plain;
  int64_t least_completion = 0;

  /// Stairs that were moved.
  int64_t moved = 0;

  Sieve(cutline_labels &labels, const Task &task) : c(labels), cone(task.cone), plain(labels.lattice.plain) {}

  void clear() {
    c.kept.size = 0;
    c.stairs.size = 0;
    c.uncertain.size = 0;
  }

  /// Room for `count` labels must have been made.
  void offer(const Label &x) {
    Buffer<Label> &kept = c.kept;
    if (kept.size > 0) {
      Label &last = kept.data[kept.size - 1];
      if (last.p == x.p && last.n == x.n && last.d == x.d) {
        if (precedes(c.steps.data, x.step, last.step)) { last.step = x.step; }
        return;
      }
    }
    if (!cone.dominance) {
      kept.data[kept.size++] = x;
      return;
    }
    const int64_t g = cone.g(x), h = cone.h(x);
    Stair *stairs = c.stairs.data;
    const size_t count = c.stairs.size;
    // The first stair with no larger g. Labels of little production tend to have little g, so it is near the end.
    size_t first = count, step = 1;
    while (first >= step && stairs[first - step].g <= g) {
      first -= step;
      step *= 2;
    }
    for (; step > 0; step /= 2) {
      if (first >= step && stairs[first - step].g <= g) { first -= step; }
    }
    if (first < count && stairs[first].h <= h) { return; }
    if (!plain && !certain(x, g, h)) { return; }
    kept.data[kept.size++] = x;
    if (!plain && x.d + least_completion <= 0) {
      c.uncertain.data[c.uncertain.size++] = (uint32_t)(kept.size - 1);
      return;
    }
    // It replaces the stairs that it covers: larger g (or the same) and no smaller h.
    size_t last = first < count && stairs[first].g == g ? first + 1 : first;
    while (first > 0 && stairs[first - 1].h >= h) { first--; }
    if (last != first + 1) {
      moved += (int64_t)(count - first);
      for (size_t i = count; last == first && i > first; i--) { stairs[i] = stairs[i - 1]; }
      for (size_t i = last; last > first + 1 && i < count; i++) { stairs[first + 1 + i - last] = stairs[i]; }
      c.stairs.size = count + 1 - (last - first);
    }
    stairs[first] = {g, h};
  }

  /// False where one of the uncertain labels dominates: with more denominator, or with the same N and D.
  bool certain(const Label &x, int64_t g, int64_t h) {
    for (size_t i = 0; i < c.uncertain.size; i++) {
      const Label &y = c.kept.data[c.uncertain.data[i]];
      if (cone.g(y) <= g && cone.h(y) <= h && (y.d > x.d || (y.d == x.d && y.n == x.n))) { return false; }
    }
    return true;
  }

  bool comes_first(const Label &a, const Label &b) const {
    if (a.p != b.p) { return a.p > b.p; }
    const int64_t left = cone.g(a), right = cone.g(b);
    return left != right ? left < right : cone.h(a) <= cone.h(b);
  }
};

inline bool same_bounds(const double *a, const double *b) { return std::memcmp(a, b, 8 * sizeof(double)) == 0; }

/// Drops labels that can no longer end in a corner, without a branch on what cannot be foreseen.
template <class Test> size_t drop_dead(Label *labels, size_t count, const Test &test, const double *bound) {
  size_t alive = 0;
  for (size_t i = 0; i < count; i++) {
    const Label x = labels[i];
    labels[alive] = x;
    alive += test.alive(x, bound);
  }
  return alive;
}

} // namespace

int KERNEL(cutline_labels &c, const Task &task) {
  const cutline_lattice &l = c.lattice;
  const size_t width = l.width;
  const double *bounds = c.bounds.reserve(0);
  const Test test(task);
  Sieve sieve(c, task);
  uint64_t tests = 0, labels = 0, most = 0;
  c.steps.size = 0;
  c.above.size = 0;
  c.above.make_room(1);
  const Label root = {0, 0, 0, no_step};
  if (test.alive(root, bounds + l.columns * 8)) { c.above.data[c.above.size++] = root; }
  // `above_end[k]` is where the labels with k columns end; those with more columns lie before.
  for (size_t k = 0; k < width; k++) { c.above_end[k] = c.above.size; }
  int state = CUTLINE_FOUND;
  for (size_t row = 0; row < l.rows && c.above.size > 0 && state == CUTLINE_FOUND; row++) {
    task.pace->spend((int64_t)width);
    c.below.size = 0;
    c.left.size = 0;
    size_t at = 0;
    size_t k = l.columns;
    // Nodes that no label reaches need no work: those before the first labels, and those where all have died.
    for (;; k--) {
      if (c.above_end[k] == at && c.left.size == 0) {
        c.below_end[k] = c.below.size;
        if (k == l.least[row]) { break; }
        continue;
      }
      const Label *down = c.above.data + at, *down_end = c.above.data + c.above_end[k];
      at = c.above_end[k];
      const size_t place = row * width + k;
      const double *bound = bounds + place * 8;
      if (c.left.size > 0 && !same_bounds(bound, bound + 8)) {
        tests += c.left.size;
        c.left.size = drop_dead(c.left.data, c.left.size, test, bound);
      }
      const Label *left = c.left.data, *left_end = left + c.left.size;
      sieve.clear();
      const size_t arriving = (size_t)(down_end - down) + c.left.size;
      c.kept.make_room(arriving);
      c.stairs.make_room(arriving + 1);
      if (!l.plain) {
        c.uncertain.make_room(arriving);
        sieve.least_completion = l.least_completion[place];
      }
      for (size_t offered = 0; left < left_end || down < down_end; offered++) {
        // A label takes some ten units, and one that may be dominated by each uncertain one as many as there are.
        if (offered % 256 == 255) {
          task.pace->spend(2560 + sieve.moved + 256 * (int64_t)c.uncertain.size);
          sieve.moved = 0;
        }
        if (down == down_end || (left < left_end && sieve.comes_first(*left, *down))) {
          sieve.offer(*left++);
        } else {
          sieve.offer(*down++);
        }
      }
      task.pace->spend(30 * (int64_t)arriving);
      labels += c.kept.size;
      most = c.kept.size > most ? c.kept.size : most;
      if (l.may_fix(row, k)) {
        const int64_t p = l.p[place], n = l.n[place], d = l.d[place];
        const double *next = bound + width * 8;
        c.below.make_room(c.kept.size);
        c.steps.make_room(c.kept.size);
        tests += c.kept.size;
        size_t steps = c.steps.size, below = c.below.size;
        for (size_t i = 0; i < c.kept.size; i++) {
          Label x = c.kept.data[i];
          x.p += p;
          x.n += n;
          x.d += d;
          const size_t alive = test.alive(x, next);
          c.steps.data[steps] = {x.step, (uint16_t)k};
          x.step = (uint32_t)steps;
          c.below.data[below] = x;
          steps += alive;
          below += alive;
        }
        c.steps.size = steps;
        c.below.size = below;
      }
      c.below_end[k] = c.below.size;
      c.left.swap(c.kept);
      if (labels > task.label_limit || c.steps.size >= no_step / 2) {
        state = CUTLINE_OVER_LIMIT;
        break;
      }
      if (k == l.least[row]) { break; }
    }
    // Nothing goes down with fewer columns than the row's least.
    for (size_t rest = 0; rest < k; rest++) { c.below_end[rest] = c.below.size; }
    c.above.swap(c.below);
    c.above_end.swap(c.below_end);
  }
  c.counts.labels += labels;
  c.counts.tests += tests;
  if (most > c.counts.most_at_node) { c.counts.most_at_node = most; }
  return state;
}
