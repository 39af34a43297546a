import CutlineCompute
import CutlineCore
import CutlineCredit

/// A portfolio of two periods with stated risks, on the grid of the small portfolio: what recent-period stages are tried on.
struct RecentSample {
  var mainRows = 4000
  var recentRows = 1500
  /// Of a booked application, in the middle of the grid.
  var risk = 0.06
  /// What the recent period's risk is multiplied by.
  var change = 1.0
  /// Share of recent booked applications with an outcome, and with amounts after three months.
  var mature = 1.0
  var early = 1.0
  var hasEarly = true
  var seed: UInt64 = 1

  func sample() throws -> Sample {
    let small = try SmallPortfolio()
    let grid = small.sample.grid
    var stream = RandomStream(seed: seed, label: "recent")
    let rows = mainRows + recentRows
    var cell: [Int32] = []
    var (month, period) = ([Month](), [Period]())
    var (status, outcome) = ([SampleStatus](), [Outcome]())
    var amounts = [[Int64]](repeating: [], count: 9)
    for row in 0..<rows {
      let isRecent = row >= mainRows
      cell.append(Int32(stream.index(below: 9)))
      month.append(Month(index: (isRecent ? 2024 : 2023) * 12 + stream.index(below: isRecent ? 6 : 12)))
      period.append(isRecent ? .recent : .main)
      let isBooked = stream.uniform() < 0.7
      let bins = grid.bins(Int(cell[row]))
      let tail = stream.uniform()
      // Skewed, as amounts are.
      let requested = Int64(100_000 * (0.5 + 3 * tail * tail * tail)) * 10
      let isBad = stream.uniform() < risk * (1.5 - 0.25 * Double(bins[0] + bins[1])) * (isRecent ? change : 1)
      let wasBad = isBad && stream.uniform() < 0.5
      let isMature = isBooked && (!isRecent || stream.uniform() < mature)
      let knowsEarly = isBooked && hasEarly && (isMature || stream.uniform() < early)
      status.append(isBooked ? .booked : .scoreRejected)
      outcome.append(!isBooked ? .none : isMature ? .mature : .immature)
      let values: [Int64] = [
        isBooked ? 100 : 0, requested, isMature && isBad ? requested / 2 : 0, isMature ? 6 * requested : 0, requested,
        knowsEarly && wasBad ? requested / 2 : 0, knowsEarly ? 4 * requested : 0, knowsEarly ? 1 : 0,
        knowsEarly && wasBad ? 1 : 0,
      ]
      for column in values.indices { amounts[column].append(values[column]) }
    }
    let names =
      Amount.standard
      + (hasEarly ? [Amount.earlyNumerator, .earlyDenominator, .earlyRows, .earlyBadRows] : [])
    let own = small.sample.summary
    let decided = zip(status, period).filter { $1 == .main }
    let booked = decided.count { $0.0 == .booked }
    return Sample(
      grid: grid, measure: RiskMeasure(multiplier: 7), cell: cell, month: month, period: period, status: status,
      outcome: outcome, scores: (0..<2).map { axis in cell.map { Double(grid.bins(Int($0))[axis]) + 0.5 } },
      amounts: Dictionary(uniqueKeysWithValues: zip(names, amounts)),
      // The stream depends on the seed, so that hash classes are drawn anew with it.
      key: (0..<rows).map { RandomStream.hash("\(seed)/\($0)".utf8) },
      summary: SampleSummary(
        basis: own.basis,
        account: RowAccount(
          waterfall: [
            .init(.input, "rows in the file", rows), .init(.dropped, "after the main period", recentRows),
            .init(.used, "in the grid", mainRows),
          ], bookedRows: booked, scoreRejectedRows: mainRows - booked, immatureRows: 0),
        stress: own.stress, transformation: own.transformation, qualitySkipped: false,
        recent: RecentPeriod(
          start: "2024-01-01", end: "2024-06-30", months: recentRows > 0 ? 6 : 0, sharedRows: 0)),
      origin: nil)
  }

  /// The same with everything else that the stage is given.
  func inputs() throws -> [String: any Artifact] {
    let small = try SmallPortfolio()
    let sample = try sample()
    return [
      "cube": try Cube(of: sample), "surface": small.surface, "exposure": small.exposure, "cells": small.cells,
      "scenarios": small.scenarios, "sample": sample,
    ]
  }
}
