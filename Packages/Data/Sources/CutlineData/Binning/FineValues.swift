internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// The values of a score in at most so many neighbouring groups, the finest bins that a method chooses from.
struct FineValues {
  /// How the groups are made.
  enum Method: String, Sendable, CaseIterable {
    /// Between distinct quantiles k/m of the applications: values that occur.
    case quantile
    /// Of equal width between the smallest and the largest value.
    case equalWidth = "equal-width"
    /// Each value alone where there are no more than allowed, else quantiles.
    case distinct
  }

  /// Per group, the number of values up to and including its last; ascending.
  let ends: [Int]
  private let evidence: BinEvidence

  /// - Parameter most: groups, at least 1. O(values).
  init(_ evidence: BinEvidence, _ method: Method, most: Int) {
    self.evidence = evidence
    let values = evidence.values
    switch method {
    case .distinct where values.count <= most: ends = Array(1..<(values.count + 1))
    case .quantile, .distinct: ends = Self.quantiles(evidence.sums.map(\.rows), most)
    case .equalWidth: ends = Self.equalWidths(values, most)
    }
  }

  /// After which value the share k/m of all rows is reached, k = 1...m, each end once.
  private static func quantiles(_ rows: [Int64], _ most: Int) -> [Int] {
    let total = rows.reduce(Int128(0)) { $0 + Int128($1) }
    var ends: [Int] = []
    var (before, next) = (Int128(0), Int128(1))
    for (index, count) in rows.enumerated() {
      before += Int128(count)
      guard before * Int128(most) >= next * total else { continue }
      ends.append(index + 1)
      while next <= Int128(most), before * Int128(most) >= next * total { next += 1 }
    }
    return ends
  }

  private static func equalWidths(_ values: [Double], _ most: Int) -> [Int] {
    guard let low = values.first, let high = values.last else { return [] }
    var ends: [Int] = []
    for k in 1...most {
      let share = Double(k) / Double(most)
      let cut = k == most ? high : low * (1 - share) + high * share
      let end = values.firstIndex { $0 > cut } ?? values.count
      if end > ends.last ?? 0 { ends.append(end) }
    }
    return ends
  }

  /// The edge between two neighbours, by the number of values below it: the last one below where bins are closed on the right, else the first
  /// above. Where few applications have that very score it is a number between the two, which parts them the same.
  func cut(after values: Int) -> Double {
    let place = evidence.closed == .right ? values - 1 : values
    guard !Vocabulary.isShared(by: Int(evidence.sums[place].rows)) else { return evidence.values[place] }
    return Vocabulary.boundary(between: evidence.values[values - 1], and: evidence.values[values])
  }

  /// The inner edges of all groups.
  var cuts: [Double] { ends.dropLast().map(cut) }

  /// The sums of each group.
  var sums: [BinEvidence.Sums] {
    zip([0] + ends, ends).map { evidence.sums[$0..<$1].reduce(BinEvidence.Sums(), +) }
  }
}
