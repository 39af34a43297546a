// The label search for AVX-512 and AVX2: the eight corners of a label in one or two vectors.
#include "labels.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#include <utility>

#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,fma,bmi,bmi2"))), apply_to = function)
namespace cutline {
namespace avx512 {

struct Test {
  const __m512d slope;
  const double weight, price;
  explicit Test(const Task &t) : slope(_mm512_load_pd(t.slope)), weight(t.weight), price(t.price) {}

  bool alive(const Label &x, const double *bound) const {
    const __m512d base = _mm512_set1_pd(weight * (double)x.p - price * (double)x.n);
    const __m512d value =
      _mm512_fmadd_pd(slope, _mm512_set1_pd((double)x.d), _mm512_add_pd(base, _mm512_load_pd(bound)));
    return _mm512_cmp_pd_mask(value, _mm512_setzero_pd(), _CMP_GE_OQ) != 0;
  }
};

#define KERNEL search
#include "label_kernel.hpp"
#undef KERNEL

} // namespace avx512

int search_avx512(cutline_labels &labels, const Task &task) { return avx512::search(labels, task); }

} // namespace cutline
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2"))), apply_to = function)
namespace cutline {
namespace avx2 {

struct Test {
  const __m256d low, high;
  const double weight, price;
  explicit Test(const Task &t)
    : low(_mm256_load_pd(t.slope)), high(_mm256_load_pd(t.slope + 4)), weight(t.weight), price(t.price) {}

  bool alive(const Label &x, const double *bound) const {
    const __m256d base = _mm256_set1_pd(weight * (double)x.p - price * (double)x.n);
    const __m256d d = _mm256_set1_pd((double)x.d);
    const __m256d a = _mm256_fmadd_pd(low, d, _mm256_add_pd(base, _mm256_load_pd(bound)));
    const __m256d b = _mm256_fmadd_pd(high, d, _mm256_add_pd(base, _mm256_load_pd(bound + 4)));
    // A value is alive where its sign bit is clear (minus zero is alive too, hence the comparison).
    const __m256d zero = _mm256_setzero_pd();
    return _mm256_movemask_pd(_mm256_or_pd(_mm256_cmp_pd(a, zero, _CMP_GE_OQ), _mm256_cmp_pd(b, zero, _CMP_GE_OQ)));
  }
};

#define KERNEL search
#include "label_kernel.hpp"
#undef KERNEL

} // namespace avx2

int search_avx2(cutline_labels &labels, const Task &task) { return avx2::search(labels, task); }

} // namespace cutline
#pragma clang attribute pop
#endif
