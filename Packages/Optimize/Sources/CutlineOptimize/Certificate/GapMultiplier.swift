internal import CutlineCore
internal import Dispatch
internal import Synchronization

/// Finds the multipliers with which the bounds of gaps are tightest.
///
/// The excess of `GapBound` is convex in the multiplier: a ternary search over its exponent. The same numbers as the checker's,
/// computed for one gap and many multipliers at a time: the reduced sums of a gap do not depend on the multiplier.
struct GapMultiplier {
  private let grid: CertifiedGrid
  private let width: Int
  /// Per row and number of accepted columns, the production in the bound's scale.
  private let production: [Int128]
  private let sums: [CertifiedGrid.Sums]

  init(_ grid: CertifiedGrid) {
    self.grid = grid
    width = grid.width + 1
    sums = Array(grid.running.joined())
    production = sums.map { GapBound.scaled(production: $0.production) }
  }

  /// One a gap, 0 where the bound needs none.
  ///
  /// - Parameters:
  ///   - workers: threads; the multipliers are the same with any number.
  ///   - deadline: nil for as long as it takes.
  /// - Throws: `Faults` (data) where the deadline comes first.
  /// - Complexity: O(gaps · rows · columns · steps).
  func multipliers(of gaps: [Gap], workers: Int = 1, deadline: ContinuousClock.Instant? = nil) throws -> [Int64] {
    let threads = max(1, min(workers, gaps.count / 8))
    var found = [Int64](repeating: 0, count: gaps.count)
    let next = Atomic(0)
    let done = Atomic(0)
    found.withUnsafeMutableBufferPointer { found in
      // Shared without a lock, because each gap has a place of its own.
      nonisolated(unsafe) let shared = found
      @Sendable func work() {
        var room = Room(reduced: [Int128](repeating: 0, count: sums.count), rest: [Int128](repeating: 0, count: width))
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if index >= gaps.count { return }
          if let deadline, ContinuousClock.now >= deadline { return }
          shared[index] = multiplier(gaps[index], &room)
          done.wrappingAdd(1, ordering: .relaxed)
        }
      }
      if threads == 1 { work() } else { DispatchQueue.concurrentPerform(iterations: threads) { _ in work() } }
    }
    let made = done.load(ordering: .relaxed)
    guard made == gaps.count else {
      throw Faults.data(
        "certificate", "the time limit came when \(made) of \(gaps.count) bounds were made",
        "Allow more time, or ask for --thresholds.")
    }
    return found
  }

  /// What one thread computes in.
  private struct Room {
    var reduced, rest: [Int128]
  }

  private func multiplier(_ gap: Gap, _ room: inout Room) -> Int64 {
    guard gap.leastProduction != nil, let rate = GapBound.rate(of: gap) else { return 0 }
    for place in sums.indices { room.reduced[place] = GapBound.reduced(sums[place], rate) }
    var low = 0.0
    var high = 52.0
    for _ in 0..<40 {
      let (a, b) = (low + (high - low) / 3, high - (high - low) / 3)
      if best(Self.power(a), rate, &room) <= best(Self.power(b), rate, &room) { high = b } else { low = a }
    }
    return Self.power((low + high) / 2)
  }

  /// The most that a strategy has: the excess and the gap's edge, which is the same for all multipliers.
  private func best(_ multiplier: Int64, _ rate: Int128, _ room: inout Room) -> Int128 {
    let mu = GapBound.fitting(multiplier, rate)
    let nothing = GapBound.nothing
    for place in 0..<width { room.rest[place] = 0 }
    return production.withUnsafeBufferPointer { production in
      room.reduced.withUnsafeBufferPointer { reduced in
        room.rest.withUnsafeMutableBufferPointer { rest in
          for row in (0..<grid.lines).reversed() {
            var most = nothing
            let first = row * width
            let (from, to) = (grid.least[row], grid.most[row])
            for accepted in 0..<width {
              if accepted >= from, accepted <= to, rest[accepted] > nothing {
                let own = production[first + accepted] &+ mu &* reduced[first + accepted] &+ rest[accepted]
                if own > most { most = own }
              }
              rest[accepted] = most
            }
          }
          return rest[width - 1]
        }
      }
    }
  }

  private static func power(_ exponent: Double) -> Int64 {
    let whole = Int(exponent)
    return Int64((1 + (exponent - Double(whole))) * Double(Int64(1) << Int64(whole)))
  }
}
