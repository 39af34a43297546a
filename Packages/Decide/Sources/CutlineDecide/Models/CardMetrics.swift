internal import CutlineCompute
internal import CutlineCore

/// How a scorecard does on applications that it did not learn from.
public struct CardMetrics: Sendable, Codable, Hashable {
  /// Of the score: the probability that a good application scores more than a bad one, ties one half.
  public let area: Double
  /// 95 %, of the area's variance after DeLong, cut to 0...1; nil with fewer than two of a class.
  public let areaInterval: [Double]?
  public let gini: Double
  /// The largest distance between the shares of bad and of good ones up to a score.
  public let ks: Double
  /// Mean squared distance of the score's probability of bad from what came.
  public let brier: Double
  public let rows, bad: Int

  enum CodingKeys: String, CodingKey {
    case gini, ks, brier, bad
    case area = "auc_roc"
    case areaInterval = "auc_ci"
    case rows = "n"
  }

  /// - Parameters:
  ///   - scores: in points, higher is safer; no NaN.
  ///   - probability: of bad, of a score.
  /// - Returns: nil without a bad or a good one.
  /// - Complexity: O(n log n).
  public init?(_ scores: [Double], isBad: [Bool], probability: (Double) -> Double) {
    guard let areas = RocAreas([scores.map { -$0 }], isBad: isBad) else { return nil }
    area = areas.areas[0]
    areaInterval = Self.interval(areas)
    gini = 2 * area - 1
    (rows, bad) = (isBad.count, areas.bads)
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    var (bads, goods, largest) = (0, 0, 0.0)
    for (place, row) in order.enumerated() {
      if isBad[row] { bads += 1 } else { goods += 1 }
      let isLast = place + 1 == order.count || scores[order[place + 1]] != scores[row]
      if isLast {
        largest = max(largest, (Double(bads) / Double(areas.bads) - Double(goods) / Double(areas.goods)).magnitude)
      }
    }
    ks = largest
    var sum = 0.0
    for (score, isBad) in zip(scores, isBad) {
      let distance = probability(score) - (isBad ? 1 : 0)
      sum += distance * distance
    }
    brier = sum / Double(rows)
  }

  /// 95 %, area ± z √variance, cut to 0...1.
  static func interval(_ areas: RocAreas) -> [Double]? {
    areas.covariance.map { covariance in
      let half = Normal.quantile(0.975) * max(0, covariance[0][0]).squareRoot()
      return [max(0, areas.areas[0] - half), min(1, areas.areas[0] + half)]
    }
  }
}

/// Applications that a card did not learn from, counted by their bins: what a refined card is judged on. No application can be
/// told from another one of its bins.
public struct CardSample: Sendable, Codable, Hashable {
  public static let fileName = "scorecard_test.csv"

  /// Applications with the same bins.
  public struct Pattern: Sendable, Codable, Hashable {
    /// Per characteristic, from 0.
    public let bins: [Int]
    public let good, bad: Int
  }

  public let characteristics: [String]
  /// How the test was parted off: time, random or none.
  public let split: String
  /// In the order of their bins.
  public let patterns: [Pattern]

  /// - Parameter bins: per application, per characteristic.
  init(_ characteristics: [String], split: String, bins: [[Int]], isBad: [Bool]) {
    var counts: [[Int]: (good: Int, bad: Int)] = [:]
    for (bins, isBad) in zip(bins, isBad) {
      if isBad { counts[bins, default: (0, 0)].bad += 1 } else { counts[bins, default: (0, 0)].good += 1 }
    }
    (self.characteristics, self.split) = (characteristics, split)
    patterns = counts.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map {
      Pattern(bins: $0.key, good: $0.value.good, bad: $0.value.bad)
    }
  }

  public var rows: Int { patterns.reduce(0) { $0 + $1.good + $1.bad } }
  public var isBad: [Bool] {
    patterns.flatMap { [Bool](repeating: false, count: $0.good) + [Bool](repeating: true, count: $0.bad) }
  }

  /// One for each application, good ones of a pattern first, as `isBad`.
  ///
  /// - Returns: nil for a card whose characteristics are others or have other bins.
  func scores(_ card: Scorecard) -> [Int64]? {
    guard card.characteristics.map(\.name) == characteristics else { return nil }
    var scores: [Int64] = []
    for pattern in patterns {
      guard let score = card.score(bins: pattern.bins) else { return nil }
      scores += [Int64](repeating: score, count: pattern.good + pattern.bad)
    }
    return scores
  }

  // MARK: The file

  private static let binPrefix = "bin_"

  static func columns(_ characteristics: [String]) -> [ColumnNote] {
    characteristics.map { ColumnNote(binPrefix + $0, unit: "number", "The bin of \($0), from 1.") } + [
      ColumnNote("good", unit: "applications", "Good applications with these bins."),
      ColumnNote("bad", unit: "applications", "Bad applications with these bins."),
      ColumnNote("split", unit: "text", "How the test was parted off: time, random or none."),
    ]
  }

  /// Bins from 1, then good and bad.
  public var csv: [UInt8] {
    var csv = CsvText(Self.columns(characteristics).map(\.name))
    for pattern in patterns {
      csv.add(pattern.bins.map { "\($0 + 1)" } + ["\(pattern.good)", "\(pattern.bad)", split])
    }
    return csv.bytes
  }

  /// - Throws: `Faults` (data) for what is no such table.
  public init(csv bytes: [UInt8], at place: String) throws {
    let csv = try CsvRecords(bytes, at: place)
    let advice = "Name \(Self.fileName) of a run with plan = \"scorecard\"."
    guard csv.header.count > 3, Array(csv.header.suffix(3)) == ["good", "bad", "split"],
      csv.header.dropLast(3).allSatisfy({ $0.hasPrefix(Self.binPrefix) })
    else {
      throw Faults.data(place, "is no table of applications by bins", advice)
    }
    characteristics = csv.header.dropLast(3).map { String($0.dropFirst(Self.binPrefix.count)) }
    split = csv.records.first?.fields.last ?? "none"
    patterns = try csv.records.map { record in
      let numbers = record.fields.dropLast().compactMap { Int($0) }
      guard record.fields.count == csv.header.count, numbers.count == csv.header.count - 1,
        numbers.dropLast(2).allSatisfy({ (1...10_000).contains($0) }),
        numbers.suffix(2).allSatisfy({ (0...1_000_000_000).contains($0) })
      else {
        throw Faults.data(Place(source: place, line: record.line, column: 1), "is no line of such a table", advice)
      }
      return Pattern(
        bins: numbers.dropLast(2).map { $0 - 1 }, good: numbers[numbers.count - 2], bad: numbers[numbers.count - 1])
    }
    // Each application becomes a value of its own where it is judged by.
    guard rows <= 50_000_000 else {
      throw Faults.data(place, "has \(rows) applications, more than 50 million", advice)
    }
  }
}
