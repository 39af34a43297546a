#include "CSearch.h"
#include "../search/envelope.h"

#include <string.h>

enum { WORD_BITS = 32 };
static const uint32_t beaten_zero = UINT32_C(0x80000000);

cutline_envelope_shape cutline_envelope_describe(const cutline_envelope *envelope) {
  return (cutline_envelope_shape){
    .lowest = envelope->lowest,
    .highest = envelope->highest,
    .shift = (int32_t)envelope->shift,
    .buckets = envelope->buckets,
    .numerator_margin = 0x1p-49 * envelope->numerator_scale,
    .denominator_margin = 0x1p-49 * envelope->denominator_scale,
  };
}

void cutline_envelope_words(const cutline_envelope *envelope, uint32_t *words) {
  for (size_t b = 0; b < envelope->buckets; b++) {
    const cutline_bound bound = envelope->bounds[b];
    if (bound.risk == 0) {
      words[b] = bound.margin < 0 ? beaten_zero : 0;
      continue;
    }
    uint64_t bits;
    memcpy(&bits, &bound.risk, sizeof bits);
    words[b] = (uint32_t)(bits >> WORD_BITS);
    // Cutting the lower half off raises a negative risk and lowers a positive one.
    if (bound.risk > 0 && (uint32_t)bits != 0) { words[b]++; }
  }
}

bool cutline_consider_pairs(
  cutline_envelope *envelope, const cutline_partials *pool, const uint32_t *pairs, size_t count, size_t *outside
) {
  const size_t entries = pool->groups * CUTLINE_GROUP;
  for (size_t i = 0; i < count; i++) {
    const size_t a = pairs[2 * i], b = pairs[2 * i + 1];
    // A device that errs must not make us read elsewhere.
    const bool exists = a < entries && b < entries;
    const int64_t production = exists ? pool->production[a] + pool->production[b] : 0;
    if (!exists || production < envelope->lowest || production > envelope->highest) {
      (*outside)++;
    } else if (!cutline_consider(envelope, pool, a, pool, b)) {
      return false;
    }
  }
  return true;
}
