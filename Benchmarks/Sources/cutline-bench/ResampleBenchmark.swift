import CutlineCompute
import Foundation

extension Benchmark {
  /// Three sums by cell of Poisson-weighted records, resample by resample; `peers/numpy_resample.py` does the same.
  static let resample = Benchmark(name: "resample", usage: "[records] [resamples] [repetitions]") { arguments in
    let records = arguments.count > 0 ? Int(arguments[0]) ?? 1_000_000 : 1_000_000
    let resamples = arguments.count > 1 ? Int(arguments[1]) ?? 80 : 80
    let repetitions = arguments.count > 2 ? Int(arguments[2]) ?? 5 : 5
    let cells = 200
    var stream = RandomStream(seed: 1)
    let cell = (0..<records).map { _ in Int32(stream.index(below: cells)) }
    let amount = (0..<records).map { _ in Int64(stream.index(below: 3_000_000)) }
    let owed = amount.map { $0 * 43 / 50 }
    let bad = owed.map { stream.uniform() < 0.06 ? $0 * 3 / 4 : 0 }
    let keys = (0..<records).map { _ in stream.next64() }
    var sums: WeightedSums?
    let sorting = try Measurement(repetitions: repetitions) {
      sums = try WeightedSums(group: cell, groupCount: cells, keys: keys, measures: [amount, bad, owed])
    }
    guard let sums else { return }
    print("\(records) records, \(cells) cells, 3 sums: sorted once in \(sorting.text)")
    let weights = PoissonWeights(RandomStream(seed: 42, label: "resample"))
    for set in InstructionSet.supported {
      let time = try Measurement(repetitions: repetitions) {
        for block in 0..<(resamples / PoissonWeights.perBlock) {
          _ = try sums.block(block, weights, instructionSet: set)
        }
      }
      let each = time.cpu / Double(resamples / PoissonWeights.perBlock * PoissonWeights.perBlock)
      print(
        "  \(set.rawValue): \(Measurement.milliseconds(each)) a resample, 1,000 in \(String(format: "%.2f s", 1000 * each)) of CPU"
      )
    }
    let one = try Measurement(repetitions: 1) { _ = try sums.scalar { weights.weight(of: $0, in: 0) } }
    print("  the definition: \(one.text) a resample")
  }
}
