internal import CSearch

/// Halves of strategies in the layout of the scan: one array per sum, padded to whole groups of eight by entries that no
/// test lets through.
struct PackedPartials: Sendable {
  /// Without the padding.
  let count: Int
  let groups: Int
  let numerator, denominator: [Double]
  let production, highest: [Int64]
  let path: [UInt64]

  /// Several lists, one behind the other; as a whole they are not sorted.
  init(joining lists: [PackedPartials]) {
    count = lists.reduce(0) { $0 + $1.count }
    groups = lists.reduce(0) { $0 + $1.groups }
    numerator = lists.flatMap(\.numerator)
    denominator = lists.flatMap(\.denominator)
    production = lists.flatMap(\.production)
    highest = lists.flatMap(\.highest)
    path = lists.flatMap(\.path)
  }

  /// - Parameter partials: ascending by production, not empty.
  init(_ partials: [PartialStrategies.Partial]) {
    let group = Int(CUTLINE_GROUP)
    let groups = (partials.count + group - 1) / group
    let padding = groups * group - partials.count
    let last = partials.last
    count = partials.count
    self.groups = groups
    numerator = partials.map { Double($0.numerator) } + [Double](repeating: .infinity, count: padding)
    denominator = partials.map { Double($0.denominator) } + [Double](repeating: 0, count: padding)
    let production = partials.map(\.production) + [Int64](repeating: last?.production ?? 0, count: padding)
    highest = (0..<groups).map { production[$0 * group + group - 1] }
    self.production = production
    path = partials.map(\.path) + [UInt64](repeating: last?.path ?? 0, count: padding)
  }

  func withPartials<Result>(_ body: (inout cutline_partials) throws -> Result) rethrows -> Result {
    try numerator.withUnsafeBufferPointer { numerator in
      try denominator.withUnsafeBufferPointer { denominator in
        try production.withUnsafeBufferPointer { production in
          try highest.withUnsafeBufferPointer { highest in
            try path.withUnsafeBufferPointer { path in
              var partials = cutline_partials(
                numerator: numerator.baseAddress, denominator: denominator.baseAddress,
                production: production.baseAddress, path: path.baseAddress, highest: highest.baseAddress,
                groups: groups)
              return try body(&partials)
            }
          }
        }
      }
    }
  }
}
