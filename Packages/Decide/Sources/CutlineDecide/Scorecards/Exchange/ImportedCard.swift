internal import CutlineCore

/// A card that another program has made.
public struct ImportedCard: Sendable {
  public let card: Scorecard
  /// What a reader must know: what was rounded, what the file does not say.
  public let notes: [String]

  public init(card: Scorecard, notes: [String]) { (self.card, self.notes) = (card, notes) }

  /// What a file of another program does not say.
  public struct Options: Sendable {
    /// Nil = as the file says; one without is refused.
    public var scale: PointScale?
    public var cutoff: Int64?
    /// Whether points with more decimals than a card holds are rounded, half to even, one by one.
    public var rounds = false
    /// Points of levels that the file does not name; nil = a file that needs them is refused.
    public var unseen: Double?
    public init() {}
  }

  /// A characteristic before its points are whole units.
  struct Draft {
    struct Bin {
      var points: Double
      var good: Int64 = 0
      var bad: Int64 = 0
      var woe = 0.0
      /// Nil = the points.
      var exact: Double?
      var reason: Characteristic.ReasonText?
    }
    var name, column: String
    var bins: CharacteristicBins
    var all: [Bin]
    var coefficient = 0.0
    var reason: Characteristic.ReasonText?
    var isProtected = false
  }

  /// The card of drafts, with no more decimals than its points have.
  ///
  /// - Throws: `Faults` (data) for points that a card cannot hold and that may not be rounded.
  static func make(
    _ drafts: [Draft], initial: Double, scale: PointScale, initialExact: Double, bands: ScoreBands?, cutoff: Int64?,
    least: Int64?, most: Int64?, _ options: Options, notes: [String], of file: String
  ) throws -> ImportedCard {
    var notes = notes
    let points = drafts.flatMap { $0.all.map(\.points) } + [initial]
    func isWhole(_ value: Double, _ unit: Double) -> Bool { (value * unit).rounded() / unit == value }
    let decimals =
      points.allSatisfy { isWhole($0, 1) } ? scale.decimals : points.allSatisfy { isWhole($0, 10) } ? 1 : nil
    guard decimals != nil || options.rounds else {
      throw Faults.data(
        file, "has points with more than one decimal, and those that are added up have none or one",
        "Say --round to have each rounded, half to even.")
    }
    let own = try PointScale(
      pdo: scale.pdo, basePoints: scale.basePoints, baseOdds: scale.baseOdds, intercept: scale.intercept,
      decimals: decimals ?? scale.decimals)
    if decimals == nil {
      let unit = Double(own.unitsPerPoint)
      let largest = points.map { abs(($0 * unit).rounded(.toNearestOrEven) / unit - $0) }.max() ?? 0
      notes.append("points are rounded one by one, the largest by \(NumberText.fixed(largest, 4))")
    }
    let characteristics = try drafts.map { draft in
      let place = "characteristic \(draft.name)"
      return try Characteristic(
        name: draft.name, column: draft.column, bins: draft.bins,
        attributes: draft.all.map { bin in
          Characteristic.Attribute(
            good: bin.good, bad: bin.bad, woe: bin.woe, exact: bin.exact ?? bin.points,
            points: try own.rounded(bin.points, place), reason: bin.reason)
        }, coefficient: draft.coefficient, reason: draft.reason, isProtected: draft.isProtected)
    }
    func card(_ bands: ScoreBands) throws -> Scorecard {
      try Scorecard(
        scale: own, initialExact: initialExact, initial: own.rounded(initial, "initial score"),
        characteristics: characteristics, bands: bands, cutoff: options.cutoff ?? cutoff, least: least, most: most)
    }
    let made = try card(bands ?? .standard)
    let all = try bands == nil ? card(ScoreBands.equalParts(of: made)) : made
    notes += all.unreachable
    return ImportedCard(card: all, notes: notes)
  }

  static func scale(_ stated: PointScale?, of file: String) throws -> PointScale {
    guard let stated else {
      throw Faults.usage(
        file, "does not say how its points stand to odds, which the probability of a score needs",
        "Say --pdo, --base-points and --base-odds.")
    }
    return stated
  }
}

/// Intervals that must cover all numbers, each once.
struct IntervalCover {
  struct Part {
    /// (above, upTo].
    let above, upTo: Double
    /// The attribute that it belongs to, and where that stands.
    let owner: Int
    let line: Int
  }
  let edges: [Double]
  let owners: [Int]

  /// - Parameters:
  ///   - rest: the owner of what no part covers; nil where that is refused.
  /// - Throws: `Faults` (data) with the line of a gap or an overlap.
  init(_ parts: [Part], rest: Int?, of name: String, in file: String, line: Int) throws {
    func refused(_ line: Int, _ problem: String) -> Faults {
      Faults.data(
        Place(source: file, line: line, column: 1), "characteristic \(name) \(problem)",
        "Let its attributes cover each value once.")
    }
    var (edges, owners, end) = ([Double](), [Int](), -Double.infinity)
    func add(_ owner: Int, above: Double) {
      if !owners.isEmpty { edges.append(above) }
      owners.append(owner)
    }
    let sorted = parts.sorted { ($0.above, $0.upTo) < ($1.above, $1.upTo) }
    for (place, part) in sorted.enumerated() {
      guard part.above < part.upTo else { throw refused(part.line, "has an interval that holds nothing") }
      if place > 0, part.above < end { throw refused(part.line, "has an interval that overlaps with another") }
      if part.above > end {
        guard let rest else { throw refused(part.line, "has a gap below this interval") }
        add(rest, above: end)
      }
      add(part.owner, above: part.above)
      end = part.upTo
    }
    if end < .infinity {
      guard let rest else { throw refused(sorted.last?.line ?? line, "has no interval for the greatest values") }
      add(rest, above: end)
    }
    (self.edges, self.owners) = (edges, owners)
  }
}
