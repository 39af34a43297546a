internal import CutlineCore
internal import CutlineCredit

/// An envelope as tables and in words.
struct EnvelopeReport {
  private let settings: [EnvelopeSetting]
  private let limits: [EnvelopeLimit]
  private let failed: [String]

  /// - Parameters:
  ///   - settings: the run's own first.
  ///   - failed: settings that could not be had, as TOML.
  init(_ settings: [EnvelopeSetting], _ limits: [EnvelopeLimit], failed: [String]) {
    (self.settings, self.limits, self.failed) = (settings, limits, failed)
  }

  private var grid: CellGrid { settings[0].cells.grid }

  private func volume(_ sum: Int64) -> Double {
    Double(sum) / settings[0].cells.scale.perUnit * settings[0].cells.annualCoefficient
  }

  private func risk(_ strategy: Strategy, under setting: EnvelopeSetting) -> Double? {
    setting.cells.measure.strategyPercent(setting.cells.totals(of: strategy).optimum)
  }

  /// How many cells two strategies decide differently; nil where one of them is none.
  private func changed(_ a: Strategy?, _ b: Strategy?) -> Int? {
    guard let a, let b else { return nil }
    return zip(a.accepted, b.accepted).reduce(0) { $0 + abs($1.0 - $1.1) }
  }

  // MARK: Words

  func sentence(_ limit: EnvelopeLimit) -> String {
    func money(_ value: Int64) -> String { NumberText.fixed(volume(value) / 1e6, 2) + " M" }
    let strategies = limit.strategies(settings)
    let left = failed.isEmpty ? "" : " (\(failed.count) could not be had)"
    var text = "\(limit.name) (risk ≤ \(limit.limit) %) under \(settings.count) settings\(left): "
    let productions = zip(limit.answers, settings).compactMap { answer, setting in
      answer.point.map { setting.frontier.points[$0].production }
    }
    guard let least = productions.min(), let most = productions.max(), let own = strategies[0] else {
      return text + "no strategy keeps it under \(productions.isEmpty ? "any" : "the run's own")"
    }
    let flips = zip(strategies, strategies.dropFirst()).count { $0 != $1 }
    text +=
      "the optimum has \(money(least)) to \(money(most)) of production a year, its cutoffs change \(flips) times; "
    let kept = limit.ownKeeps.count { $0 }
    let risks = settings.compactMap { risk(own, under: $0) }
    text += "the run's own strategy keeps the limit under \(kept), with a risk of "
    text += "\(NumberText.fixed(risks.min() ?? 0, 2)) to \(NumberText.fixed(risks.max() ?? 0, 2)) %; "
    guard let held = limit.held else { return text + "no strategy was found that keeps it under all" }
    text += "one that keeps it under all has \(money(held.production))"
    return text
      + (held.isProven
        ? ", which is the most that any has" : held.bound.map { ", and none has more than \(money($0))" } ?? "")
  }

  // MARK: Files

  private static func columns(_ grid: CellGrid) -> [ColumnNote] {
    [
      ColumnNote("scenario", unit: "text", "The risk limit's name."),
      ColumnNote("limit_pct", unit: "percent", "The risk limit."),
      ColumnNote("setting", unit: "text", "The adjustment of the rejects' risk, as TOML; the run's own first."),
      ColumnNote("method", unit: "text", "Its method."),
      ColumnNote("mean_multiplier", unit: "ratio", "Of the rejects' risk, weighted by what is predicted of them."),
      ColumnNote("status", unit: "text", "optimal, infeasible or unproven, of the best strategy under the setting."),
      ColumnNote("production", unit: "currency", basis: "annualised", "Of that strategy."),
      ColumnNote("risk_pct", unit: "percent", "Of that strategy, under the setting."),
      ColumnNote(
        "cells_changed", unit: "cells", "Decided otherwise than by the best strategy of the setting before."),
      ColumnNote("cells_from_own", unit: "cells", "Decided otherwise than by the run's own strategy."),
      ColumnNote("own_risk_pct", unit: "percent", "Of the run's own strategy, under the setting."),
      ColumnNote("own_keeps", unit: "text", "yes where that keeps the limit."),
      ColumnNote("held_risk_pct", unit: "percent", "Of the strategy that keeps the limit under all settings."),
      ColumnNote(
        "cutoffs", unit: "bin",
        "Of the best strategy: the riskiest bin of \(grid.axes.last?.name ?? "the last score") still accepted, by the bins "
          + "of the others; - for none."),
    ]
  }

  private func cutoffs(_ strategy: Strategy) -> String {
    strategy.accepted.indices.map { strategy.cutoff($0, in: grid).map(String.init) ?? "-" }.joined(separator: " ")
  }

  private struct Summary: Encodable {
    struct Limit: Encodable {
      let scenario, limitPct, sentence: String
      let settings: Int
      let leastProduction, mostProduction: Double?
      let flips: Int
      let ownKeeps: Int?
      let ownLeastRiskPct, ownMostRiskPct: Double?
      let heldProduction, heldBound: Double?
      let heldIsProven: Bool?
      let heldCutoffs: [Int?]?
    }
    let limits: [Limit]
    /// Settings that could not be had.
    let leftOut: [String]
  }

  func files() throws -> FileSet {
    let columns = Self.columns(grid)
    var text = CsvText(columns.map(\.name), guardsFormulas: true)
    for limit in limits {
      let strategies = limit.strategies(settings)
      for (place, setting) in settings.enumerated() {
        let (strategy, own) = (strategies[place], strategies[0])
        let production = strategy.map { setting.cells.totals(of: $0).optimum.production }
        let numbers = [
          setting.cells.meanRejectMultiplier, production.map(volume), strategy.flatMap { risk($0, under: setting) },
          own.flatMap { risk($0, under: setting) }, limit.held.flatMap { risk($0.strategy, under: setting) },
        ].map { NumberText.shortest($0) }
        let counts = [place > 0 ? changed(strategies[place - 1], strategy) : nil, changed(own, strategy)]
          .map { $0.map(String.init) ?? "" }
        let isKept = limit.ownKeeps.isEmpty ? "" : limit.ownKeeps[place] ? "yes" : "no"
        text.add([
          limit.name, "\(limit.limit)", setting.name, setting.method, numbers[0], limit.answers[place].status.rawValue,
          numbers[1], numbers[2], counts[0], counts[1], numbers[3], isKept, numbers[4], strategy.map(cutoffs) ?? "",
        ])
      }
    }
    let table = ResultFile(path: "data/reject_envelope.csv", bytes: text.bytes, columns: columns)
    let summary = Summary(limits: limits.map(summary), leftOut: failed)
    let json = ResultFile(
      path: "data/reject_envelope.json", bytes: Array(try CanonicalJSON.encode(summary, pretty: true)))
    return FileSet(files: [table, json])
  }

  private func summary(_ limit: EnvelopeLimit) -> Summary.Limit {
    let strategies = limit.strategies(settings)
    let productions = zip(limit.answers, settings).compactMap { answer, setting in
      answer.point.map { volume(setting.frontier.points[$0].production) }
    }
    let risks = strategies[0].map { own in settings.compactMap { risk(own, under: $0) } } ?? []
    return Summary.Limit(
      scenario: limit.name, limitPct: "\(limit.limit)", sentence: sentence(limit), settings: settings.count,
      leastProduction: productions.min(), mostProduction: productions.max(),
      flips: zip(strategies, strategies.dropFirst()).count { $0 != $1 },
      ownKeeps: limit.own.map { _ in limit.ownKeeps.count { $0 } }, ownLeastRiskPct: risks.min(),
      ownMostRiskPct: risks.max(),
      heldProduction: limit.held.map { volume($0.production) }, heldBound: limit.held.flatMap { $0.bound.map(volume) },
      heldIsProven: limit.held?.isProven,
      heldCutoffs: limit.held.map { held in
        held.strategy.accepted.indices.map { held.strategy.cutoff($0, in: grid) }
      })
  }
}
