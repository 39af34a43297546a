// What a search may take: time, which every long loop asks about, and memory, which is counted before it is taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <vector>

namespace cutline {

/// Thrown inside a search whose time is over, or that nobody waits for any more.
struct Stopped {};

/// Thrown where a search wants more memory than it may have; nothing has been taken then.
struct OverMemory {};

/// Asks now and then whether to go on. A unit is about a nanosecond or two, so that a question comes every tenth of a
/// millisecond and takes less than a hundredth of the time.
class Pace {
  int64_t credit = 1 << 16;

public:
  virtual ~Pace() = default;

  /// Throws what `ask` throws.
  void spend(int64_t units) {
    if ((credit -= units) >= 0) { return; }
    credit = 0;
    ask();
    credit = 1 << 16;
  }

protected:
  virtual void ask() = 0;
};

/// Bytes that searches hold on this thread, and how many they may. A search begins and ends on one thread.
struct Memory {
  int64_t held = 0, most = INT64_MAX;

  static Memory &here() {
    static thread_local Memory memory;
    return memory;
  }

  void take(size_t bytes) {
    if (bytes > (size_t)INT64_MAX || (int64_t)bytes > most - held) { throw OverMemory(); }
    held += (int64_t)bytes;
  }
  void give(size_t bytes) { held -= (int64_t)bytes; }
};

/// As long as it lives, `bytes` more than `own`, of what is held already, may be held in all.
class MemoryLimit {
  const int64_t before = Memory::here().most;

public:
  MemoryLimit(uint64_t bytes, int64_t own) {
    Memory &memory = Memory::here();
    const int64_t others = memory.held - own;
    memory.most = bytes < (uint64_t)(INT64_MAX / 2) ? others + (int64_t)bytes : INT64_MAX;
  }
  MemoryLimit(const MemoryLimit &) = delete;
  ~MemoryLimit() { Memory::here().most = before; }
};

/// Counts what a container takes. One that grows holds old and new at once, and both count.
template <class T> struct Counted {
  using value_type = T;

  Counted() = default;
  template <class U> Counted(const Counted<U> &) {}

  T *allocate(size_t count) {
    Memory::here().take(count * sizeof(T));
    void *start = std::malloc(count * sizeof(T));
    if (start) { return static_cast<T *>(start); }
    Memory::here().give(count * sizeof(T));
    throw std::bad_alloc();
  }
  void deallocate(T *start, size_t count) {
    Memory::here().give(count * sizeof(T));
    std::free(start);
  }
  template <class U> bool operator==(const Counted<U> &) const { return true; }
  template <class U> bool operator!=(const Counted<U> &) const { return false; }
};

template <class T> using Vector = std::vector<T, Counted<T>>;

} // namespace cutline
