internal import CutlineCompute
public import CutlineCore

extension Cells: ExchangedKind {
  public static func artifacts(of input: Input) -> [String: ExchangedInput] {
    [
      "sample": .one(input.sample), "surface": .one(input.surface), "exposure": .one(input.exposure),
      "rejects": .one(input.rejects),
    ]
  }

  /// Observed sums must be those of the sample; predicted ones must be such that they can be added up.
  public static func check(_ output: CellTable, against input: Input) throws {
    let sample = input.sample
    try ExchangeCheck.sameGrid(output.grid, sample.grid)
    try ExchangeCheck.sameMultiplier(output.measure.multiplier, sample.measure.multiplier)
    let count = sample.grid.cellCount
    for (name, values) in [
      ("booked", output.booked.count), ("rejected", output.rejected.count), ("swapIn", output.swapIn.count),
      ("rejectedRows", output.rejectedRows.count),
    ] where values != count {
      throw Faults.data(name, "has \(values) values for \(count) cells", "Give one a cell.")
    }
    try ExchangeCheck.cells("predictedRisk", output.predictedRisk, output.grid, in: 0...1_000_000)
    try ExchangeCheck.cells("rejectMultiplier", output.rejectMultiplier, output.grid, in: 0...1_000_000)
    try ExchangeCheck.number("exposureRatio", output.exposureRatio, in: 0...1000)
    for (index, name) in CellSums.columnNames.enumerated() {
      let values = (output.booked + output.swapIn).lazy.map { $0.values[index] }
      guard ExchangeCheck.addsUp(values) else {
        throw Faults.data(name, "adds up to more than 90 000 billion", "Give hundredths of a currency unit.")
      }
    }
    for (name, status, given) in [
      ("booked", SampleStatus.booked, output.booked), ("rejected", .scoreRejected, output.rejected),
    ] {
      let cell = zip(sample.cell, sample.status).map { $1 == status ? $0 : -1 }
      let sums = try sumByCell(cell: cell, cellCount: count, values: sample.amounts, workers: 1)
      let isOther = { (cell: Int) in given[cell].values != sums.sums.map { $0[cell] } }
      if let other = (0..<count).first(where: isOther) {
        throw Faults.data(
          "\(name)[\(other)]", "is not the sum of the sample in that cell", "Add up the sample, in hundredths.")
      }
      if status == .scoreRejected, output.rejectedRows != sums.counts {
        throw Faults.data("rejectedRows", "are not those of the sample", "Count the rejected rows of every cell.")
      }
    }
    guard try CanonicalJSON.encode(output.summary) == CanonicalJSON.encode(sample.summary) else {
      throw Faults.data("summary", "is not that of the sample", "Hand it on unchanged.")
    }
  }
}

extension Search: ExchangedKind {
  public static func artifacts(of input: Input) -> [String: ExchangedInput] { ["cells": .one(input.cells)] }

  /// Every point is a monotone strategy with the sums that it has, and a frontier rises.
  public static func check(_ output: Frontier, against input: Input) throws {
    let cells = input.cells
    for (index, point) in output.points.enumerated() {
      let name = "points[\(index)]"
      try ExchangeCheck.strategy(name + ".strategy", point.strategy, cells.grid)
      let sums = cells.totals(of: point.strategy).optimum
      guard
        point.sums
          == CellSums(
            numerator: sums.numerator, denominator: sums.denominator, production: sums.production)
      else {
        throw Faults.data(
          name,
          "does not have the sums of its strategy (production \(sums.production), numerator \(sums.numerator), "
            + "denominator \(sums.denominator))", "Add up booked and swapIn over the cells that it accepts.")
      }
    }
    if output.answers.isEmpty {
      for (index, (a, b)) in zip(output.points, output.points.dropFirst()).enumerated() {
        guard a.production < b.production, rises(a, b) else {
          throw Faults.data(
            "points[\(index + 1)]", "does not rise in production and risk over the point before it",
            "List points in ascending risk, none beaten by another.")
        }
      }
    }
    for (index, answer) in output.answers.enumerated() {
      let name = "answers[\(index)]"
      if let point = answer.point, !output.points.indices.contains(point) {
        throw Faults.data(name, "names point \(point) of \(output.points.count)", "Count points from 0.")
      }
      if output.answers[..<index].contains(where: { $0.limit == answer.limit }) {
        throw Faults.data(name, "answers the limit \(answer.limit) % a second time", "Answer each limit once.")
      }
      guard (answer.status == .optimal) == (answer.point != nil) || answer.status == .unproven else {
        throw Faults.data(
          name, "is \(answer.status.rawValue) \(answer.point == nil ? "without" : "with") a point",
          "An optimum has a point, an infeasible limit has none.")
      }
      if let point = answer.point, try !cells.measure.fits(output.points[point].sums, limit: answer.limit) {
        throw Faults.data(
          name, "its point does not keep \(answer.limit) %", "Answer with a strategy that keeps the limit.")
      }
    }
    guard !output.points.isEmpty || !output.answers.isEmpty || !output.open.isEmpty else {
      throw Faults.data("points", "is empty", "Give at least the strategy that accepts nothing.")
    }
    for interval in output.open {
      guard [interval.from, interval.to].allSatisfy({ $0?.isFinite ?? true }) else {
        throw Faults.data("open", "has an end that is not finite", "Leave it out for no end.")
      }
    }
  }

  /// Exactly; where a risk is undefined there is nothing to compare.
  private static func rises(_ a: Frontier.Point, _ b: Frontier.Point) -> Bool {
    guard a.denominator > 0, b.denominator > 0 else { return true }
    return Int128(a.numerator) * Int128(b.denominator) < Int128(b.numerator) * Int128(a.denominator)
  }
}

extension Scenarios: ExchangedKind {
  public static func artifacts(of input: Input) -> [String: ExchangedInput] {
    ["cells": .one(input.cells), "frontier": .one(input.frontier)]
  }

  /// Names that make names of files, strategies of the grid with their totals, limits that are kept.
  public static func check(_ output: ScenarioSet, against input: Input) throws {
    var names: Set<String> = []
    for (index, scenario) in output.scenarios.enumerated() {
      let place = "scenarios[\(index)]"
      let isPlain = scenario.name.utf8.allSatisfy {
        (48...57).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 95
      }
      guard isPlain, (1...60).contains(scenario.name.utf8.count), names.insert(scenario.name).inserted else {
        throw Faults.data(
          place, "its name is taken or does not make a name of a file",
          "Use small letters, digits, - and _, each name once.")
      }
      let parts = [scenario.point != nil, scenario.strategy != nil, scenario.totals != nil]
      guard Set(parts).count == 1, scenario.status != .optimal || parts[0], scenario.status != .infeasible || !parts[0]
      else {
        throw Faults.data(
          place, "is \(scenario.status.rawValue) with point, strategy or totals that do not go with it",
          "Give all three for an optimum, none where it is infeasible.")
      }
      guard let point = scenario.point, let strategy = scenario.strategy, let totals = scenario.totals else { continue }
      guard input.frontier.points.indices.contains(point) else {
        throw Faults.data(place, "names point \(point) of \(input.frontier.points.count)", "Count points from 0.")
      }
      guard input.frontier.points[point].strategy == strategy else {
        throw Faults.data(place, "its strategy is not that of point \(point)", "Hand the point's strategy on.")
      }
      guard totals == input.cells.totals(of: strategy) else {
        throw Faults.data(place, "its totals are not those of its strategy", "Add up the cells that it accepts.")
      }
      guard try input.cells.measure.fits(totals.optimum, limit: scenario.limit) else {
        throw Faults.data(place, "its strategy does not keep \(scenario.limit) %", "Pick one that keeps the limit.")
      }
    }
    if let fall = output.scenarios.indices.dropFirst().first(where: {
      output.scenarios[$0].limit < output.scenarios[$0 - 1].limit
    }) {
      throw Faults.data(
        "scenarios[\(fall)]", "its limit is below that of the one before it", "List limits in ascending order.")
    }
    let chosen = output.scenarios.compactMap(\.strategy)
    let isNested = zip(chosen, chosen.dropFirst()).allSatisfy { $1.contains($0) }
    guard output.nested == isNested else {
      throw Faults.data(
        "nested", "is \(output.nested), the strategies say \(isNested)", "Compare neighbouring strategies.")
    }
  }
}

extension StrategyTables: ExchangedKind {
  public static func artifacts(of input: Input) -> [String: ExchangedInput] {
    [
      "quality": .one(input.quality), "cells": .one(input.cells), "frontier": .one(input.frontier),
      "scenarios": .one(input.scenarios),
    ]
  }
}
