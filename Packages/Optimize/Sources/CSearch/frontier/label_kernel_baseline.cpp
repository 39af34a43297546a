// The label search for every processor.
#include "labels.hpp"

#include <utility>

namespace cutline {
namespace {

struct Test {
  const Task &task;
  explicit Test(const Task &t) : task(t) {}

  bool alive(const Label &x, const double *bound) const {
    const double value = task.weight * (double)x.p - task.price * (double)x.n;
    const double d = (double)x.d;
    for (size_t lane = 0; lane < task.corners->count; lane++) {
      if (value + task.slope[lane] * d + bound[lane] >= 0) { return true; }
    }
    return false;
  }
};

} // namespace

#define KERNEL search_baseline
#include "label_kernel.hpp"

} // namespace cutline
