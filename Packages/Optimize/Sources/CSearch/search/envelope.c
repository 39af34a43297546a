// Why a discarded strategy is never on the frontier.
//
// Productions are cut into buckets. A bucket's risk r is the risk N'/D' of a real, feasible strategy whose production is
// at least the largest of the bucket. A strategy x of the bucket with D > 0 and N - r D > 0 has more risk and no more
// production: it is dominated. So is every one with D = 0 and N > 0, which is infeasible. Where r comes from a larger
// production and N' = 0, N - r D = N = 0 is dominated as well, and N is an exact integer: the margin is -1/2.
//
// The test is computed in double precision. Sums are below 2^53 and exact; r has relative error 2^-53; the products
// and differences, fused or not, err by less than 8 * 2^-53 (|N| + |r| |D|) together, and the margin is 16 times 2^-53
// that. Groups of pairs are tested with the bucket of their largest production, whose risk is no lower.
#include "envelope.h"

#include <stdlib.h>
#include <string.h>

enum { BUCKET_BITS = 14, FIRST_CAPACITY = 1 << 14 };

/// The risk of a bucket without a known strategy, above every real one: it lets through all with D > 0.
static const double unknown_risk = 0x1p60;
static const uint64_t no_path = UINT64_MAX;

typedef __int128 wide;

/// Sign of risk(a) - risk(b); both feasible, so that a zero denominator means 0 over 0, which has risk 0.
static int compare_risk(const cutline_candidate *a, const cutline_candidate *b) {
  const wide left = (wide)a->numerator * (b->denominator == 0 ? 1 : b->denominator);
  const wide right = (wide)b->numerator * (a->denominator == 0 ? 1 : a->denominator);
  return (left > right) - (left < right);
}

static bool is_feasible(int64_t numerator, int64_t denominator) {
  return denominator > 0 || (denominator == 0 && numerator == 0);
}

static double rounding_margin(const cutline_envelope *envelope, double risk) {
  return 0x1p-49 * (envelope->numerator_scale + __builtin_fabs(risk) * envelope->denominator_scale);
}

static bool allocate(cutline_envelope *envelope) {
  envelope->bounds = malloc(envelope->buckets * sizeof(cutline_bound));
  envelope->champions = malloc(envelope->buckets * sizeof(cutline_candidate));
  envelope->candidates = malloc(FIRST_CAPACITY * sizeof(cutline_candidate));
  envelope->capacity = FIRST_CAPACITY;
  envelope->count = 0;
  envelope->survivors = 0;
  if (!envelope->bounds || !envelope->champions || !envelope->candidates) { return false; }
  for (size_t b = 0; b < envelope->buckets; b++) { envelope->champions[b].path = no_path; }
  return true;
}

cutline_envelope *cutline_envelope_create(
  int64_t lowest, int64_t highest, double numerator_scale, double denominator_scale
) {
  cutline_envelope *envelope = calloc(1, sizeof(cutline_envelope));
  if (!envelope) { return NULL; }
  const uint64_t range = (uint64_t)(highest - lowest);
  while ((range >> envelope->shift) >> BUCKET_BITS) { envelope->shift++; }
  envelope->buckets = (size_t)(range >> envelope->shift) + 1;
  envelope->lowest = lowest;
  envelope->highest = highest;
  envelope->numerator_scale = numerator_scale;
  envelope->denominator_scale = denominator_scale;
  if (!allocate(envelope)) {
    cutline_envelope_destroy(envelope);
    return NULL;
  }
  const cutline_bound unknown = {.risk = unknown_risk, .margin = rounding_margin(envelope, unknown_risk)};
  for (size_t b = 0; b < envelope->buckets; b++) { envelope->bounds[b] = unknown; }
  return envelope;
}

cutline_envelope *cutline_envelope_copy(const cutline_envelope *original) {
  cutline_envelope *envelope = malloc(sizeof(cutline_envelope));
  if (!envelope) { return NULL; }
  *envelope = *original;
  if (!allocate(envelope)) {
    cutline_envelope_destroy(envelope);
    return NULL;
  }
  memcpy(envelope->bounds, original->bounds, envelope->buckets * sizeof(cutline_bound));
  return envelope;
}

void cutline_envelope_destroy(cutline_envelope *envelope) {
  if (!envelope) { return; }
  free(envelope->bounds);
  free(envelope->champions);
  free(envelope->candidates);
  free(envelope);
}

void cutline_envelope_lower(cutline_envelope *envelope, int64_t production, int64_t numerator, int64_t denominator) {
  if (!is_feasible(numerator, denominator)) { return; }
  const double risk = denominator == 0 ? 0 : (double)numerator / (double)denominator;
  const double margin = risk == 0 ? 0 : rounding_margin(envelope, risk);
  const int64_t place = (production - envelope->lowest) >> envelope->shift;
  for (int64_t b = place; b >= 0; b--) {
    // The last bucket ends at the largest production, not at its nominal edge.
    const int64_t edge = envelope->lowest + (int64_t)(((uint64_t)b + 1) << envelope->shift) - 1;
    const int64_t top = edge < envelope->highest ? edge : envelope->highest;
    if (production < top) { continue; }
    cutline_bound *bound = &envelope->bounds[b];
    const double tightest = numerator == 0 && production > top ? -0.5 : margin;
    // Bounds rise with the bucket, so the first that is no worse ends the walk.
    if (bound->risk < risk || (bound->risk == risk && bound->margin <= tightest)) { return; }
    *bound = (cutline_bound){.risk = risk, .margin = tightest};
  }
}

/// Descending production, then ascending risk, descending denominator, ascending path.
static int compare_candidates(const void *left, const void *right) {
  const cutline_candidate *a = left, *b = right;
  if (a->production != b->production) { return a->production > b->production ? -1 : 1; }
  const int risk = compare_risk(a, b);
  if (risk) { return risk; }
  if (a->denominator != b->denominator) { return a->denominator > b->denominator ? -1 : 1; }
  return (a->path > b->path) - (a->path < b->path);
}

size_t cutline_frontier(cutline_candidate *candidates, size_t count) {
  size_t feasible = 0;
  for (size_t i = 0; i < count; i++) {
    if (is_feasible(candidates[i].numerator, candidates[i].denominator)) { candidates[feasible++] = candidates[i]; }
  }
  if (feasible == 0) { return 0; }
  qsort(candidates, feasible, sizeof(cutline_candidate), compare_candidates);
  size_t kept = 0;
  for (size_t i = 0; i < feasible; i++) {
    if (kept == 0 || compare_risk(&candidates[i], &candidates[kept - 1]) < 0) { candidates[kept++] = candidates[i]; }
  }
  for (size_t i = 0; i < kept / 2; i++) {
    const cutline_candidate other = candidates[i];
    candidates[i] = candidates[kept - 1 - i];
    candidates[kept - 1 - i] = other;
  }
  return kept;
}

size_t cutline_envelope_candidates(cutline_envelope *envelope, const cutline_candidate **candidates) {
  size_t kept = 0;
  for (size_t i = 0; i < envelope->count; i++) {
    const cutline_candidate x = envelope->candidates[i];
    const cutline_bound bound = envelope->bounds[(x.production - envelope->lowest) >> envelope->shift];
    if ((double)x.numerator - bound.risk * (double)x.denominator <= bound.margin) { envelope->candidates[kept++] = x; }
  }
  envelope->count = kept;
  *candidates = envelope->candidates;
  return kept;
}

uint64_t cutline_envelope_survivors(const cutline_envelope *envelope) { return envelope->survivors; }

/// Makes room: the frontier of the candidates replaces them, and the buffer grows only where the frontier fills it.
static bool compact(cutline_envelope *envelope) {
  const cutline_candidate *unused;
  cutline_envelope_candidates(envelope, &unused);
  envelope->count = cutline_frontier(envelope->candidates, envelope->count);
  if (envelope->count * 2 < envelope->capacity) { return true; }
  cutline_candidate *larger = realloc(envelope->candidates, 2 * envelope->capacity * sizeof(cutline_candidate));
  if (!larger) { return false; }
  envelope->candidates = larger;
  envelope->capacity *= 2;
  return true;
}

/// Whether the kept candidate `a` makes `b` superfluous: it dominates it, or ties with it and precedes it.
static bool supersedes(const cutline_candidate *a, const cutline_candidate *b) {
  if (a->production < b->production) { return false; }
  const int risk = compare_risk(a, b);
  if (risk != 0) { return risk < 0; }
  if (a->production != b->production) { return true; }
  if (a->denominator != b->denominator) { return a->denominator > b->denominator; }
  return a->path <= b->path;
}

bool cutline_consider(
  cutline_envelope *envelope, const cutline_partials *outer, size_t outer_index, const cutline_partials *inner,
  size_t inner_index
) {
  const double numerator = outer->numerator[outer_index] + inner->numerator[inner_index];
  const double denominator = outer->denominator[outer_index] + inner->denominator[inner_index];
  const int64_t production = outer->production[outer_index] + inner->production[inner_index];
  const size_t bucket = (size_t)((production - envelope->lowest) >> envelope->shift);
  const cutline_bound bound = envelope->bounds[bucket];
  // The pair's own bucket may be lower than its group's. Padding has an infinite numerator and fails here.
  if (!(numerator - bound.risk * denominator <= bound.margin)) { return true; }
  const cutline_candidate x = {
    .production = production,
    .numerator = (int64_t)numerator,
    .denominator = (int64_t)denominator,
    .path = outer->path[outer_index] + inner->path[inner_index],
  };
  if (!is_feasible(x.numerator, x.denominator)) { return true; }
  // Tied strategies may be very many; the exact comparison with one of them keeps the rest out of the buffer.
  cutline_candidate *champion = &envelope->champions[bucket];
  if (champion->path == no_path) {
    *champion = x;
  } else if (supersedes(champion, &x)) {
    return true;
  } else if (supersedes(&x, champion)) {
    *champion = x;
  }
  if (envelope->count == envelope->capacity && !compact(envelope)) { return false; }
  envelope->candidates[envelope->count++] = x;
  envelope->survivors++;
  cutline_envelope_lower(envelope, x.production, x.numerator, x.denominator);
  return true;
}
