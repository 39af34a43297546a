import CutlineCore
import CutlineCredit
import Foundation
import Testing

@testable import CutlineDecide

/// Points, reasons, weights, gates and labels against the oracle (statsmodels, all subsets, DeLong by its definition).
@Suite(.enabled(if: FileManager.default.fileExists(atPath: ScorecardOracle.folder.path)))
struct ScorecardOracleTests {
  @Test func pointsAndReasonsAreTheOracles() throws {
    let oracle = try ScorecardOracle.read()
    #expect(oracle.scorecards.count == 3)
    for own in oracle.scorecards {
      let card = try own.card(.spread)
      for (characteristic, (exact, points)) in zip(card.characteristics, zip(own.pointsExact, own.points)) {
        #expect(zip(characteristic.attributes, exact).allSatisfy { abs($0.exact - $1) < 1e-6 }, "\(own.name)")
        #expect(characteristic.attributes.map(\.points) == points, "\(own.name) \(characteristic.name)")
      }
      for (characteristic, variable) in zip(card.characteristics, own.variables) {
        #expect(zip(characteristic.attributes, variable.woe).allSatisfy { abs($0.woe - $1) < 1e-9 })
      }
      let separate = try own.card(.separate)
      #expect(separate.initial == own.initialScoreSeparate)
      #expect(separate.characteristics.map { $0.attributes.map(\.points) } == own.pointsSeparate)
      let rows = try own.table()
      try #require(rows.count == own.rows)
      for first in own.first {
        let scored = try card.score(rows[first.row])
        #expect(scored.bins == first.bins && scored.points == first.points && scored.score == first.score)
        #expect(try separate.score(rows[first.row]).score == first.scoreSeparate)
        #expect(abs(card.scale.probability(of: Double(first.score)) - first.pdOfScore) < 1e-9)
      }
      #expect(try rows.count { try card.score($0).score < own.cutoff } == own.declined)
      for row in own.adverseAction { try check(row, card, rows[row.row], own.cutoff) }
    }
  }

  private func check(
    _ row: ScorecardOracle.Adverse, _ card: Scorecard, _ values: [Double], _ cutoff: Int64
  ) throws {
    let scored = try card.score(values)
    let reasons = try #require(AdverseReasons(card, scored, cutoff: cutoff))
    let names = { (places: [Int]) in places.map { card.characteristics[$0].name } }
    #expect(reasons.needed == row.needed && reasons.gains == row.gain)
    #expect(names(reasons.order) == row.order && names(reasons.reasons) == row.reasons)
    #expect(reasons.minimalFlip.map(names) == row.minimalFlip)
    #expect(
      reasons.singleFlips.map { [card.characteristics[$0.characteristic].name, "\($0.fromBin)", "\($0.toBin)"] }
        == row.singleFlips.map { [$0.variable, "\($0.fromBin)", "\($0.toBin)"] })
    // The named ones at their best flip the decision, any one fewer do not.
    guard let flip = reasons.minimalFlip else { return }
    #expect(flip.reduce(scored.raw) { $0 + reasons.gains[$1] } >= cutoff)
    let largest = reasons.gains.sorted(by: >).prefix(flip.count - 1).reduce(scored.raw, +)
    #expect(largest < cutoff)
  }

  /// The same points, in the same sums, from the form that exports and batches take.
  @Test func theModelOfACardScoresAlike() throws {
    for own in try ScorecardOracle.read().scorecards {
      for intercept in [PointScale.Intercept.spread, .separate] {
        let card = try own.card(intercept)
        let rows = try own.table()
        let model = try card.model(named: "card")
        let columns = card.characteristics.indices.map { column in rows.map { $0[column] } }
        let scores = try model.form.evaluate(columns: columns, rows: rows.count)
        #expect(try zip(scores, rows).allSatisfy { $0 == card.points(try card.score($1).raw) })
        let text = try CanonicalJSON.encode(card)
        #expect(try CanonicalJSON.decode(Scorecard.self, from: text) == card)
        #expect(try CanonicalJSON.encode(CanonicalJSON.decode(Scorecard.self, from: text)) == text)
      }
    }
  }

  @Test func weightsAreTheOracles() throws {
    let cases = try ScorecardOracle.weights()
    #expect(cases.count == 13)
    for own in cases {
      let base = try own.base.map { ($0.0, try DecimalNumber($0.1)) }
      let made = try WeightRefinement(base: base, coefficients: own.coefficients, alpha: own.alpha)
      guard own.status == "ok" else {
        #expect(made == nil && own.status == "no_usable_coefficient")
        continue
      }
      let weights = try #require(made).weights
      for weight in weights {
        #expect(Double(weight.units) / 100 == own.weights[weight.feature], "\(weight)")
        #expect(abs(weight.blended - (own.blended[weight.feature] ?? .nan)) < 1e-9)
        #expect(weight.advised.map { abs($0 - (own.ml[weight.feature] ?? .nan)) < 1e-9 } ?? true)
        #expect(weight.isChangeSmall == own.passes[weight.feature] ?? nil, "\(weight)")
      }
      #expect(weights.count == own.weights.count)
      #expect(weights.filter(\.hasSignConflict).map(\.feature) == own.conflicts)
      let total = own.base.reduce(0) { $0 + Int64(($1.1 * 100).rounded()) }
      #expect(weights.reduce(0) { $0 + $1.units } == total)
      let gate = ScorecardGates.weightChange(
        try weights.map {
          ($0.feature, try $0.base.map { Int64((try #require(Double("\($0)")) * 100).rounded()) }, $0.units)
        },
        unit: 100)
      #expect((gate.verdict == .pass) == own.gate, "\(gate)")
    }
  }

  @Test func gatesAreTheOracles() throws {
    let cases = try ScorecardOracle.gates()
    #expect(cases.count == 8)
    for own in cases {
      guard let (old, new, isBad) = try own.scores() else { continue }
      let population = ScorecardGates.Population("all", new: new, old: old, isBad: isBad)
      let pairs = try #require(PairCounts(new, isBad: isBad))
      #expect(pairs.twice == Int128(own.aucNew[0]) && pairs.twiceAll == Int128(own.aucNew[1]), "\(own.name)")
      let bad = isBad.count { $0 }
      #expect((ScorecardGates.area(population).verdict == .pass) == own.gateAuc)
      #expect(
        (ScorecardGates.samples(rows: own.n, bad: bad, population: "all").verdict != .fail) == own.gateSamples)
      #expect(
        (ScorecardGates.badRate(rows: own.n, bad: bad, population: "all").verdict == .pass) == own.gateDefaultRate)
      let improvement = ScorecardGates.improvement(population)
      let expected: ScorecardGate.Verdict = own.verdict == "pass" ? .pass : own.verdict == "fail" ? .fail : .warn
      #expect(improvement.verdict == expected, "\(own.name): \(improvement)")
      #expect(abs((improvement.value ?? .nan) - own.difference) < 1e-9)
      let correlation = RankCorrelation(old, new)
      for (found, expected) in [
        (correlation.spearman, own.spearman), (correlation.pearson, own.pearson), (correlation.kendall, own.kendall),
      ] {
        #expect(found == nil ? expected == nil : abs((found ?? 0) - (expected ?? .nan)) < 1e-9, "\(own.name)")
      }
      #expect((ScorecardGates.correlation(population, isRecent: true).verdict == .pass) == own.gateCorrelation)
      let bands = ScoreBands.standard
      let migration = BandMigration(
        old: old.map { bands.band(of: Int64($0)) }, new: new.map { bands.band(of: Int64($0)) }, count: bands.all.count)
      #expect(migration.old == bands.all.map { own.bandsOld[$0.name] ?? -1 })
      #expect(migration.new == bands.all.map { own.bandsNew[$0.name] ?? -1 })
      #expect(migration.matrix == bands.all.map { row in bands.all.map { own.migration[row.name]?[$0.name] ?? -1 } })
      #expect(abs(migration.totalVariation - own.totalVariation) < 1e-9)
      #expect((ScorecardGates.bands(migration, bands, population: "all").verdict == .pass) == own.gateBands)
    }
  }

  @Test func labelsAreTheOracles() throws {
    let (asOf, days, rows, used) = try ScorecardOracle.labels()
    let window = try ObservationWindow(days: days, asOf: asOf)
    let words: [String: ObservationWindow.Label] = [
      "0": .good, "1": .bad, "immature": .immature, "unobserved": .unobserved,
      "error:default-before-decision": .refused,
    ]
    var labels: [ObservationWindow.Label] = []
    for row in rows {
      labels.append(window.label(decided: row.decided, event: row.event, seen: row.seen))
      #expect(labels.last == words[row.expected], "\(row.why)")
    }
    #expect(labels.count { [.good, .bad].contains($0) } == used && rows.count == 10)
  }
}
