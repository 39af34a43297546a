import CutlineCompute
import CutlineCore
import CutlineDecide
import Foundation

extension Benchmark {
  /// A million rows of 20 characteristics of numbers, what `peers/numpy_scorecard.py` does; the same with five of words; and one
  /// record at a time.
  static let scorecard = Benchmark(name: "scorecard", usage: "[rows] [repetitions] [workers]") { arguments in
    let rows = arguments.count > 0 ? Int(arguments[0]) ?? 1_000_000 : 1_000_000
    let repetitions = arguments.count > 1 ? Int(arguments[1]) ?? 5 : 5
    let workers = arguments.count > 2 ? Int(arguments[2]) ?? 1 : 1
    var random = RandomStream(seed: 1)
    for words in [0, 5] {
      let card = try card(words: words, &random)
      let columns = (0..<20).map { place -> CardColumn in
        guard place >= words else {
          let levels = (0..<12).map { "level \($0)" }
          return .words(
            TextColumn((0..<rows).map { _ in random.uniform() < 0.02 ? nil : levels[random.index(below: 12)] }))
        }
        return .numbers((0..<rows).map { _ in random.uniform() < 0.02 ? .nan : 4 * random.uniform() - 2 })
      }
      var sum: Int64 = 0
      let batch = try ScorecardBatch(card, workers: workers)
      let time = try Measurement(repetitions: repetitions) { sum = try batch.scores(columns).reduce(0, +) }
      print(
        "scorecard, \(rows) rows, 20 characteristics, \(words) of words, \(workers) worker(s): \(time.text), sum \(sum)"
      )
      let records = (0..<min(rows, 20_000)).map { row in columns.map { $0[row] } }
      var other: Int64 = 0
      let single = try Measurement(repetitions: repetitions) {
        other = 0
        for record in records { other += try card.score(record).score }
      }
      print(
        "one record at a time, \(words) of words: \(String(format: "%.2f", single.cpu / Double(records.count) * 1e6)) us a record, sum \(other)"
      )
    }
  }

  private static func card(words: Int, _ random: inout RandomStream) throws -> Scorecard {
    let characteristics = try (0..<20).map { place -> Characteristic in
      let bins =
        try place < words
        ? CharacteristicBins(
          groups: (0..<4).map { group in (0..<2).map { "level \(group * 2 + $0)" } }, of: "c\(place)")
        : CharacteristicBins(edges: (0..<7).map { _ in 4 * random.uniform() - 2 }.sorted(), of: "c\(place)")
      let attributes = (0..<bins.count).map { _ in
        let points = Int64(random.index(below: 100)) - 40
        return Characteristic.Attribute(good: 1, bad: 1, woe: 0, exact: Double(points), points: points)
      }
      return try Characteristic(name: "c\(place)", bins: bins, attributes: attributes, coefficient: -1)
    }
    return try Scorecard(scale: PointScale(), characteristics: characteristics)
  }
}
