import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineModels
import Foundation
import Synchronization

extension Benchmark {
  /// Estimators on the matrix that `peers/logistic_fit.py` writes: `rows` and `columns` numbers of 64 bits, column after
  /// column, the target last.
  static let fits = Benchmark(name: "fits", usage: "FILE rows columns [repetitions] [workers]") { arguments in
    guard arguments.count >= 3, let rows = Int(arguments[1]), let count = Int(arguments[2]) else {
      throw Faults.usage("fits", "a file, its rows or its columns are missing", "Run Benchmarks/compare-models.")
    }
    let repetitions = arguments.count > 3 ? Int(arguments[3]) ?? 3 : 3
    let workers = arguments.count > 4 ? Int(arguments[4]) ?? 1 : 1
    let bytes = try Data(contentsOf: URL(fileURLWithPath: arguments[0]))
    guard bytes.count == 8 * rows * (count + 1) else {
      throw Faults.data("fits", "the file has \(bytes.count) bytes", "Give its rows and columns.")
    }
    let columns = bytes.withUnsafeBytes { raw in
      (0...count).map { Array(raw.bindMemory(to: Double.self)[$0 * rows..<($0 + 1) * rows]) }
    }
    let design = Design(
      features: (0..<count).map { "x\($0)" }, columns: Array(columns.dropLast()), target: columns[count],
      targetUnit: "fraction", weights: [Double](repeating: 1, count: rows))
    var registry = Registry()
    try ModelStages.register(in: &registry)
    let alpha = ConfigTable.Entry(
      key: "alpha", place: .default, value: ConfigValue(.float(1 / Double(rows)), at: .default))
    for (name, settings) in [
      ("logistic", [alpha]), ("poisson", [alpha]), ("linear", []), ("ridge", [alpha]), ("elastic-net", [alpha]),
    ] {
      let stage = try registry.stage(kind: Fit.name, name: name, at: .default).instance(settings, registry: registry)
      let result = Mutex<Model?>(nil)
      let time = try Measurement(repetitions: repetitions) {
        let model = try awaited {
          try await stage.run(["design": design], in: RunContext(stageID: "fit", seed: 1, workers: workers))
        }
        result.withLock { $0 = model as? Model }
      }
      guard case .linear(let form)? = result.withLock({ $0 })?.form else { continue }
      let gradient = name == "logistic" ? String(format: ", greatest gradient %.1e", try slope(form, design)) : ""
      print("\(name), \(rows) x \(count), \(workers) worker(s): \(time.text)\(gradient)")
    }
  }

  /// A monotone surface over a square of cells, each with one noisy observation.
  static let monotone = Benchmark(name: "monotone", usage: "[side] [repetitions]") { arguments in
    let side = arguments.count > 0 ? Int(arguments[0]) ?? 100 : 100
    let repetitions = arguments.count > 1 ? Int(arguments[1]) ?? 3 : 3
    var random = RandomStream(seed: 1)
    let cells = 0..<side * side
    let columns = [cells.map { Double($0 / side) }, cells.map { Double($0 % side) }]
    for noise in [0.1, 1, 10] {
      let target = cells.map { (columns[0][$0] + columns[1][$0]) / Double(side) + noise * (random.uniform() - 0.5) }
      let design = Design(
        features: ["a", "b"], columns: columns, target: target, targetUnit: "fraction",
        weights: cells.map { _ in 0.5 + random.uniform() }, directions: [1, 1])
      var registry = Registry()
      try ModelStages.register(in: &registry)
      let stage = try registry.stage(kind: Fit.name, name: "monotone-surface", at: .default).instance()
      let time = try Measurement(repetitions: repetitions) {
        _ = try awaited { try await stage.run(["design": design], in: RunContext(stageID: "fit", seed: 1)) }
      }
      print("monotone-surface, \(side) x \(side) cells, noise \(noise): \(time.text)")
    }
  }

  /// The greatest derivative of the mean log loss + ½ |b|² / n.
  private static func slope(_ form: LinearForm, _ design: Design) throws -> Double {
    let rows = design.rowCount
    let mean = try ModelForm.linear(form).evaluate(columns: design.columns, rows: rows)
    let residual = zip(mean, design.target).map { $0 - $1 }
    return design.columns.indices.reduce(abs(residual.reduce(0, +)) / Double(rows)) { greatest, j in
      let sum = zip(residual, design.columns[j]).reduce(0) { $0 + $1.0 * $1.1 }
      return max(greatest, abs(sum + form.coefficients[j]) / Double(rows))
    }
  }

  static func awaited<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Result<Value, any Error>?>(nil)
    Task {
      do {
        let value = try await body()
        result.withLock { $0 = .success(value) }
      } catch { result.withLock { $0 = .failure(error) } }
      done.signal()
    }
    done.wait()
    guard let value = result.withLock({ $0 }) else { throw CancellationError() }
    return try value.get()
  }
}
