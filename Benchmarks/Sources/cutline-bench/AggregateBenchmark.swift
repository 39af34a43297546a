import CutlineCompute
import Foundation

extension Benchmark {
  /// Ten million records, five one-byte keys (72,000 cells), six columns: what `peer_agg.py` does with numpy.
  static let aggregate = Benchmark(
    name: "aggregate", usage: "[repetitions] [workers] [FOLDER to write the peer's input to]"
  ) {
    arguments in
    let repetitions = arguments.count > 0 ? Int(arguments[0]) ?? 5 : 5
    let workers = arguments.count > 1 ? Int(arguments[1]) ?? 1 : 1
    let records = 10_000_000
    let sizes = [5, 24, 3, 10, 20]
    var random = RandomStream(seed: 1)
    let codes = sizes.map { size in (0..<records).map { _ in UInt8((random.next32() >> 8) % UInt32(size)) } }
    let values = (0..<6).map { _ in (0..<records).map { _ in Int64(random.next32() >> 12) } }
    if arguments.count > 2 {
      let folder = URL(fileURLWithPath: arguments[2])
      try Data(codes.joined()).write(to: folder.appending(path: "agg_keys.bin"))
      var bytes = Data()
      for column in values { column.map(Double.init).withUnsafeBytes { bytes.append(contentsOf: $0) } }
      try bytes.write(to: folder.appending(path: "agg_vals.bin"))
    }
    var counted: Int64 = 0
    for set in InstructionSet.supported {
      let time = try Measurement(repetitions: repetitions) {
        let sums = try CellAggregate.fast(
          keys: .codes(codes, sizes: sizes), cellCount: 72_000, values: values, workers: workers, instructionSet: set)
        counted = sums.counts.reduce(0, +)
      }
      print(
        "\(records) records by five codes to 72000 cells, 6 columns, \(workers) worker(s), \(set.rawValue): \(time.text)",
        String(format: "(%.0f M records/cpu-s), counted \(counted)", Double(records) / time.cpu * 1e-6))
    }
    let cells = (0..<records).map { record in
      Int32(zip(codes, sizes).reduce(0) { $0 * $1.1 + Int($1.0[record]) })
    }
    let time = try Measurement(repetitions: repetitions) {
      counted = try sumByCell(cell: cells, cellCount: 72_000, values: values, workers: workers).counts.reduce(0, +)
    }
    print("  the same with cell indices ready: \(time.text), counted \(counted)")
  }
}
