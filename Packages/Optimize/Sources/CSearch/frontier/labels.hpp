// One worker's state of the label search.
#pragma once

#include "lattice.hpp"

#include <cstring>

namespace cutline {

/// A partial strategy at a node: its sums, and the last step down (`no_step` before the first).
struct Label {
  int64_t p, n, d;
  uint32_t step;
};

/// A step down. Steps are shared by all labels that continue them.
struct Step {
  uint32_t previous;
  uint16_t accepted;
};

constexpr uint32_t no_step = UINT32_MAX;

/// A growing array without initialisation and without copies on clear.
template <class T> struct Buffer {
  T *data = nullptr;
  size_t size = 0, capacity = 0;

  Buffer() = default;
  Buffer(const Buffer &) = delete;
  Buffer &operator=(const Buffer &) = delete;
  ~Buffer() { release(); }

  void make_room(size_t extra) {
    if (size + extra <= capacity) { return; }
    const size_t larger = (size + extra) + (size + extra) / 2 + 64, more = (larger - capacity) * sizeof(T);
    // Large blocks grow by moving pages, so that there are not two of them.
    Memory::here().take(more);
    T *moved = static_cast<T *>(std::realloc(data, larger * sizeof(T)));
    if (!moved) {
      Memory::here().give(more);
      throw std::bad_alloc();
    }
    data = moved;
    capacity = larger;
  }
  void release() {
    Memory::here().give(capacity * sizeof(T));
    std::free(data);
    data = nullptr;
    size = capacity = 0;
  }
  void swap(Buffer &other) {
    std::swap(data, other.data);
    std::swap(size, other.size);
    std::swap(capacity, other.capacity);
  }
};

/// Two linear functions of (N, D), nowhere beyond 2^61: g = low_n N - low_d D and h = high_n N - high_d D. A difference
/// that is not positive in both is not positive in N - rho D for every rho of the cone.
struct Cone {
  int64_t low_n, low_d, high_n, high_d;
  bool dominance;

  int64_t g(const Label &x) const { return low_n * x.n - low_d * x.d; }
  int64_t h(const Label &x) const { return high_n * x.n - high_d * x.d; }
};

/// The kept labels of a node as stairs in (g, h): g falls, h rises.
struct Stair {
  int64_t g, h;
};

} // namespace cutline

struct cutline_labels {
  const cutline_lattice &lattice;
  int instruction_set;
  cutline_label_counts counts = {};

  cutline::Aligned<double> bounds;
  /// Labels that come down into the present row and leave it, by descending number of columns.
  cutline::Buffer<cutline::Label> above, below;
  cutline::Vector<size_t> above_end, below_end;
  /// Labels of the node to the right, and of the present node.
  cutline::Buffer<cutline::Label> left, kept;
  cutline::Buffer<cutline::Step> steps;
  cutline::Buffer<cutline::Stair> stairs;
  /// Kept labels that may dominate only those with a smaller denominator (places in `kept`).
  cutline::Buffer<uint32_t> uncertain;

  cutline::Vector<cutline_point> points;
  cutline::Vector<uint16_t> accepted;
  /// What is held of the thread's bytes, between two calls.
  int64_t held = 0;

  cutline_labels(const cutline_lattice &l, int set) : lattice(l), instruction_set(set) {}

  /// Gives back all that grows.
  void release() {
    above.release();
    below.release();
    left.release();
    kept.release();
    steps.release();
    stairs.release();
    uncertain.release();
    cutline::Vector<cutline_point>().swap(points);
    cutline::Vector<uint16_t>().swap(accepted);
  }
};

namespace cutline {

/// A search, as its kernel sees it.
struct Task {
  const cutline_corners *corners;
  Cone cone;
  /// Value of a label: weight P - price N + slope_i D, per lane.
  double weight, price;
  alignas(64) double slope[8];
  uint64_t label_limit;
  Pace *pace;
};

typedef int Kernel(cutline_labels &, const Task &);
Kernel search_baseline;
#if defined(__x86_64__)
Kernel search_avx2;
Kernel search_avx512;
#endif

/// Whether the strategy behind step `a` precedes that behind `b` lexicographically, from row 0 on. Same row.
inline bool precedes(const Step *steps, uint32_t a, uint32_t b) {
  bool result = false;
  while (a != b) {
    if (steps[a].accepted != steps[b].accepted) { result = steps[a].accepted < steps[b].accepted; }
    a = steps[a].previous;
    b = steps[b].previous;
  }
  return result;
}

} // namespace cutline
