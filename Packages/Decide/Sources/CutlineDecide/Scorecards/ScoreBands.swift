internal import CutlineCore

/// Names for ranges of scores, the best first; each begins with its lower bound, and what is below the last bound is in the last.
public struct ScoreBands: Sendable, Hashable {
  public struct Band: Sendable, Hashable, Codable {
    public let name: String
    /// In points; belongs to it.
    public let from: Int64
    public init(name: String, from: Int64) { (self.name, self.from) = (name, from) }
  }
  public let all: [Band]

  /// - Throws: `Faults` (usage) where bounds do not fall, or a name comes twice.
  public init(_ bands: [Band]) throws {
    guard !bands.isEmpty, zip(bands, bands.dropFirst()).allSatisfy({ $0.from > $1.from }),
      Set(bands.map(\.name)).count == bands.count,
      !bands.contains(where: { $0.name.isEmpty || $0.name.unicodeScalars.contains("\0") }),
      bands.allSatisfy({ $0.from.magnitude <= 1_000_000_000 })
    else {
      throw Faults.usage("bands", "do not fall, or have a name twice", "List each with its bound, the best first.")
    }
    all = bands
  }

  private init(unchecked bands: [Band]) { all = bands }

  /// Those of requirement 001.
  public static let standard = ScoreBands(unchecked: [
    Band(name: "excellent", from: 800), Band(name: "good", from: 700), Band(name: "fair", from: 600),
    Band(name: "poor", from: 450), Band(name: "very_poor", from: 300),
  ])

  /// Five equal parts of what a card can reach, by the same names, in whole points; one where it reaches fewer than five.
  static func equalParts(of card: Scorecard) -> ScoreBands {
    let unit = Double(card.scale.unitsPerPoint)
    let low = Int64((Double(card.range.lowerBound) / unit).rounded(.down))
    let width = Int64((Double(card.range.upperBound) / unit).rounded(.down)) - low
    let names = standard.all.map(\.name)
    guard width >= Int64(names.count) else { return ScoreBands(unchecked: [Band(name: "all", from: low)]) }
    return ScoreBands(
      unchecked: names.enumerated().map { place, name in
        Band(name: name, from: low + width * Int64(names.count - 1 - place) / Int64(names.count))
      })
  }

  /// The number of a score's band.
  /// - Parameter unit: units in a point.
  public func band(of score: Int64, unit: Int64 = 1) -> Int {
    all.firstIndex { score >= $0.from * unit } ?? all.count - 1
  }
}

extension ScoreBands: Codable {
  public init(from decoder: any Decoder) throws { try self.init([Band](from: decoder)) }
  public func encode(to encoder: any Encoder) throws { try all.encode(to: encoder) }
}

/// How the bands of the same applications differ between two scores.
public struct BandMigration: Sendable, Hashable {
  /// Per band.
  public let old, new: [Int64]
  /// Rows are old bands, columns new ones.
  public let matrix: [[Int64]]

  /// - Parameters: the bands of the same applications, each by its number among `count`.
  public init(old: [Int], new: [Int], count: Int) {
    var matrix = [[Int64]](repeating: [Int64](repeating: 0, count: count), count: count)
    for (a, b) in zip(old, new) { matrix[a][b] += 1 }
    self.matrix = matrix
    self.old = matrix.map { $0.reduce(0, +) }
    self.new = (0..<count).map { band in matrix.reduce(0) { $0 + $1[band] } }
  }

  public var rows: Int64 { old.reduce(0, +) }
  /// The largest change of a band's applications.
  public var largestChange: Int64 { zip(old, new).map { ($0 - $1).magnitude }.map(Int64.init).max() ?? 0 }
  /// ½ Σ |share old − share new|.
  public var totalVariation: Double {
    rows == 0 ? 0 : Double(zip(old, new).reduce(0) { $0 + Int64(($1.0 - $1.1).magnitude) }) / 2 / Double(rows)
  }
}
