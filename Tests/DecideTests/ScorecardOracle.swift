import CutlineCore
import Foundation

@testable import CutlineDecide

/// `shared/oracles/decisions/scorecard.json`, and the public data that it is about.
struct ScorecardOracle: Decodable {
  struct Variable: Decodable {
    let variable: String
    let edges: [Double]
    let woe: [Double]
    let counts: [[Int64]]
  }
  struct First: Decodable {
    let row: Int
    let bins: [Int]
    let points: [Int64]
    let score, scoreSeparate: Int64
    let pdOfScore: Double
  }
  struct Flip: Decodable {
    let variable: String
    let fromBin, toBin: Int
  }
  struct Adverse: Decodable {
    let row: Int
    let needed: Int64
    let gain: [Int64]
    let order, reasons: [String]
    let minimalFlip: [String]?
    let singleFlips: [Flip]
  }
  struct Card: Decodable {
    let name: String
    let rows: Int
    let variables: [Variable]
    let coefficients: [Double]
    let pdo, basePoints, baseOdds: Double
    let pointsExact: [[Double]]
    let points, pointsSeparate: [[Int64]]
    let initialScoreSeparate, cutoff: Int64
    let declined: Int
    let first: [First]
    let adverseAction: [Adverse]
  }
  let scorecards: [Card]

  static let shared = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared")
  static let folder = shared.appendingPathComponent("oracles/decisions")
  private static let file = folder.appendingPathComponent("scorecard.json")

  static func read() throws -> ScorecardOracle {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(ScorecardOracle.self, from: Data(contentsOf: file))
  }

  struct Missing: Error {}

  /// The parts whose keys are data: names of features and bands.
  private static func part(_ key: String) throws -> [String: Any] {
    let all = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
    if let part = all?[key] as? [String: Any] { return part }
    guard let list = all?[key] as? [Any] else { throw Missing() }
    return ["cases": list]
  }

  // MARK: Weights

  struct Weights {
    let base, coefficients: [(feature: String, value: Double)]
    let alpha: Double
    let status: String
    let ml, blended, weights: [String: Double]
    let passes: [String: Bool?]
    let gate: Bool
    let conflicts: [String]
  }

  static func weights() throws -> [Weights] {
    guard let cases = try part("weights")["cases"] as? [[String: Any]] else { throw Missing() }
    let order = try Self.orders()
    return try cases.enumerated().map { index, own in
      func numbers(_ key: String) -> [String: Double] { own[key] as? [String: Double] ?? [:] }
      guard let alpha = own["alpha"] as? Double, let status = own["status"] as? String else { throw Missing() }
      let changes = own["changes"] as? [String: [String: Any]] ?? [:]
      return Weights(
        base: order[index].base.map { ($0, numbers("base")[$0] ?? .nan) },
        coefficients: order[index].model.map { ($0, numbers("coefficients")[$0] ?? .nan) }, alpha: alpha,
        status: status,
        ml: numbers("ml"), blended: numbers("blended"), weights: numbers("weights"),
        passes: changes.mapValues { $0["passes"] as? Bool }, gate: own["gate"] as? Bool ?? false,
        conflicts: own["sign_conflicts"] as? [String] ?? [])
    }
  }

  /// The order of the keys, which a dictionary forgets.
  private static func orders() throws -> [(base: [String], model: [String])] {
    let text = try String(contentsOf: file, encoding: .utf8)
    guard let start = text.range(of: "\"weights\": {") ?? text.range(of: "\"weights\":{") else { throw Missing() }
    func keys(_ body: Substring) -> [String] { body.matches(of: /"([^"]+)"\s*:/).map { String($0.1) } }
    let bodies = text[start.lowerBound...].matches(
      of: /"base"\s*:\s*\{([^}]*)\}\s*,\s*"coefficients"\s*:\s*\{([^}]*)\}/)
    return bodies.map { (keys($0.1), keys($0.2)) }
  }

  // MARK: Gates

  struct Gates {
    let name: String
    let n: Int
    let aucNew: [Int64]
    let gateAuc, gateSamples, gateDefaultRate, gateCorrelation, gateBands: Bool
    let difference, totalVariation: Double
    let verdict: String
    let spearman, pearson, kendall: Double?
    let bandsOld, bandsNew: [String: Int64]
    let migration: [String: [String: Int64]]
    fileprivate let file: String?

    /// Old and new scores with outcomes; nil where they are not in a file.
    func scores() throws -> (old: [Double], new: [Double], isBad: [Bool])? {
      guard let file else { return nil }
      let rows = try ScorecardOracle.csv(ScorecardOracle.folder.appendingPathComponent(file))
      let base = (old: rows.map { $0[0] }, new: rows.map { $0[1] }, isBad: rows.map { $0[2] == 1 })
      switch name {
      case "identical": return (base.old, base.old, base.isBad)
      case "constant new": return (base.old, base.old.map { _ in 600 }, base.isBad)
      case "reversed": return (base.old, base.old.map { 1200 - $0 }, base.isBad)
      default: return base
      }
    }
  }

  static func gates() throws -> [Gates] {
    guard let cases = try part("gates")["cases"] as? [[String: Any]] else { throw Missing() }
    return try cases.map { own in
      guard let name = own["name"] as? String, let n = own["n"] as? Int,
        let auc = own["auc_new_fraction"] as? [Int64], let improvement = own["improvement"] as? [String: Any],
        let difference = improvement["difference"] as? Double, let verdict = improvement["verdict"] as? String,
        let old = own["bands_old"] as? [String: Int64], let new = own["bands_new"] as? [String: Int64],
        let migration = own["migration"] as? [String: [String: Int64]],
        let variation = own["total_variation"] as? Double
      else { throw Missing() }
      func flag(_ key: String) -> Bool { own["gate_\(key)"] as? Bool ?? false }
      return Gates(
        name: name, n: n, aucNew: auc, gateAuc: flag("auc"), gateSamples: flag("samples"),
        gateDefaultRate: flag("default_rate"), gateCorrelation: flag("correlation"), gateBands: flag("bands"),
        difference: difference, totalVariation: variation, verdict: verdict, spearman: own["spearman"] as? Double,
        pearson: own["pearson"] as? Double, kendall: own["kendall_tau_b"] as? Double, bandsOld: old, bandsNew: new,
        migration: migration,
        file: name.hasPrefix("hmeq") ? "gates_hmeq.csv" : n == 400 ? "gates_simulated.csv" : nil)
    }
  }

  // MARK: Labels

  struct Label {
    let decided, seen: CalendarDate
    let event: CalendarDate?
    let expected, why: String
  }

  static func labels() throws -> (asOf: CalendarDate, days: Int, rows: [Label], used: Int) {
    let own = try part("labels")
    func day(_ value: Any?) -> CalendarDate? { (value as? String).flatMap { CalendarDate(iso: $0) } }
    guard let asOf = day(own["as_of"]), let days = own["observation_window_days"] as? Int,
      let used = own["used"] as? Int, let rows = own["rows"] as? [[String: Any]]
    else { throw Missing() }
    return (
      asOf, days,
      try rows.map { row in
        guard let decided = day(row["decided_on"]), let seen = day(row["last_seen_on"]),
          let expected = row["expected"] as? String, let why = row["why"] as? String
        else { throw Missing() }
        return Label(decided: decided, seen: seen, event: day(row["first_default_on"]), expected: expected, why: why)
      }, used
    )
  }

  static func csv(_ file: URL) throws -> [[Double]] {
    try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst().map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) ?? .nan }
    }
  }
}

extension ScorecardOracle.Card {
  func card(_ intercept: PointScale.Intercept) throws -> Scorecard {
    try PointsScaling.card(
      intercept: coefficients[0],
      zip(variables, coefficients.dropFirst()).map { variable, coefficient in
        try PointsScaling.Variable(
          name: variable.variable, edges: variable.edges, good: variable.counts.map { $0[0] },
          bad: variable.counts.map { $0[1] }, coefficient: coefficient)
      }, scale: PointScale(pdo: pdo, basePoints: basePoints, baseOdds: baseOdds, intercept: intercept), cutoff: cutoff)
  }

  /// The values of its variables, per row of the data.
  func table() throws -> [[Double]] {
    let isGerman = name.hasPrefix("german")
    let file = ScorecardOracle.shared.appendingPathComponent(
      "data/classic/\(isGerman ? "germancredit_labelled" : "hmeq").csv")
    let lines = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline).map(Self.fields)
    let hmeq = [
      "LOAN", "MORTDUE", "VALUE", "REASON", "JOB", "YOJ", "DEROG", "DELINQ", "CLAGE", "NINQ", "CLNO", "DEBTINC",
    ]
    let places = try variables.map { variable in
      let place =
        isGerman ? lines[0].firstIndex(of: variable.variable) : hmeq.firstIndex(of: variable.variable).map { $0 + 1 }
      guard let place else { throw ScorecardOracle.Missing() }
      return place
    }
    return lines.dropFirst().map { line in places.map { Double(line[$0]) ?? .nan } }
  }

  /// Fields with quotes around those that hold a comma.
  private static func fields(_ line: Substring) -> [String] {
    var (fields, field, isQuoted) = ([String](), "", false)
    for character in line {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted:
        fields.append(field)
        field = ""
      default: field.append(character)
      }
    }
    return fields + [field]
  }
}
