// The exhaustive scan: every pair of partial strategies is tested against the bounds of its production. OpenCL C 1.2.
//
// Why a discarded strategy is never on the frontier stands in CCompute/search/envelope.c. Here a bound is the upper half
// of a double, rounded away from below, so that one 32-bit atomic changes it and no reader sees half of it: a higher
// bound lets more through, and the host decides those that pass in 128 bits. A stale bound is a higher one as well.
#pragma OPENCL EXTENSION cl_khr_fp64 : enable

// Partials come in groups of eight, sorted by production; see CCompute_search.h.
#define GROUP 8

// A risk of zero that is already reached with more production than the bucket has: only N < 0 may pass.
#define BEATEN_ZERO 0x80000000u

inline double risk_of(const uint word) { return as_double((ulong)word << 32); }

// Rounding can shift N - r D by less than this; `margins` holds the share of numerators and that of denominators.
inline double margin_of(const uint word, const double risk, const double2 margins) {
  return (word << 1) == 0 ? (word != 0 ? -0.5 : 0.0) : fma(margins.y, fabs(risk), margins.x);
}

// The word of a risk, not below it.
inline uint word_of(const double risk) {
  if (risk == 0) return 0;
  const ulong bits = as_ulong(risk);
  const uint word = (uint)(bits >> 32);
  return risk > 0 && (uint)bits != 0 ? word + 1 : word;
}

inline bool is_tighter(const uint a, const uint b) {
  const double x = risk_of(a), y = risk_of(b);
  return x < y || (x == 0 && y == 0 && a == BEATEN_ZERO && b != BEATEN_ZERO);
}

// Whether the bound was lowered.
inline bool lower_bound(__global volatile uint *bound, const uint word) {
  uint old = *bound;
  while (is_tighter(word, old)) {
    const uint seen = atomic_cmpxchg(bound, old, word);
    if (seen == old) return true;
    old = seen;
  }
  return false;
}

// Lowers the bounds by a real strategy: those of all buckets whose largest production it reaches.
inline void lower_bounds(
  __global volatile uint *bounds, const long lowest, const long highest, const int shift, const long production,
  const double numerator, const double denominator
) {
  const double risk = denominator == 0 ? 0.0 : numerator / denominator;
  const uint word = word_of(risk);
  for (long b = (production - lowest) >> shift; b >= 0; b--) {
    const long edge = lowest + (long)(((ulong)b + 1) << shift) - 1;
    const long top = min(edge, highest);
    if (production < top) continue;
    const uint tightest = numerator == 0 && production > top ? BEATEN_ZERO : word;
    // Bounds rise with the bucket, so the first that is no worse ends the walk.
    if (!lower_bound(&bounds[b], tightest)) return;
  }
}

// Tests the 64 pairs of two groups one by one and emits those that pass. Whether the buffer holds them: a full one stops
// the work-item, so that the counter cannot wrap, and the host repeats the work in parts.
bool emit(
  const uint held, const uint swept, __global const double *numerators, __global const double *denominators,
  __global const long *productions, __global volatile uint *bounds, const long lowest, const long highest, const int shift,
  const double2 margins, __global uint *found, const uint capacity, __global uint *survivors
) {
  for (uint pair = 0; pair < GROUP * GROUP; pair++) {
    const uint a = held * GROUP + pair / GROUP;
    const uint b = swept * GROUP + pair % GROUP;
    const double n = numerators[a] + numerators[b];
    const double d = denominators[a] + denominators[b];
    const long p = productions[a] + productions[b];
    const uint word = bounds[(p - lowest) >> shift];
    const double risk = risk_of(word);
    // Padding has an infinite numerator and fails here.
    if (!(fma(-risk, d, n) <= margin_of(word, risk, margins))) continue;
    if (!(d > 0 || (d == 0 && n == 0))) continue;
    const uint slot = atomic_inc(found);
    if (slot >= capacity) return false;
    survivors[2 * slot] = a;
    survivors[2 * slot + 1] = b;
    lower_bounds(bounds, lowest, highest, shift, p, n, d);
  }
  return true;
}

// A work-group takes a tile: up to one held group for each work-item, all against the same swept groups.
// tiles: first held group, number of held groups, first swept group, end of swept groups.
__kernel void scan(
  __global const uint4 *restrict tiles, __global const double *restrict numerators,
  __global const double *restrict denominators, __global const long *restrict productions,
  __global const long *restrict tops, __global volatile uint *bounds, const long lowest, const long highest, const int shift,
  const double2 margins, __global uint *found, const uint capacity, __global uint *survivors
) {
  const uint4 tile = tiles[get_group_id(0)];
  if (get_local_id(0) >= tile.y) return;
  const uint held = tile.x + (uint)get_local_id(0);
  const double8 held_n = vload8(held, numerators);
  const double8 held_d = vload8(held, denominators);
  const long base = tops[held] - lowest;
  for (uint swept = tile.z; swept < tile.w; swept++) {
    const uint word = bounds[(base + tops[swept]) >> shift];
    const double risk = risk_of(word);
    // N - r D <= margin for the sum of both halves, with what belongs to one half on either side.
    const double8 left =
      fma((double8)(-risk), vload8(swept, denominators), vload8(swept, numerators) - margin_of(word, risk, margins));
    const double8 right = fma((double8)(risk), held_d, -held_n);
    const long8 hits = (left <= right.s0) | (left <= right.s1) | (left <= right.s2) | (left <= right.s3) |
                       (left <= right.s4) | (left <= right.s5) | (left <= right.s6) | (left <= right.s7);
    if (any(hits) && !emit(
                       held, swept, numerators, denominators, productions, bounds, lowest, highest, shift, margins,
                       found, capacity, survivors)) {
      return;
    }
  }
}
