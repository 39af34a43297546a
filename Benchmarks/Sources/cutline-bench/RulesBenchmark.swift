import CutlineCompute
import CutlineCore
import CutlineRules
import Foundation

extension Benchmark {
  /// Fifty rules over a million records with one and two workers; one record of a table of 10,000 ranges, and its proof.
  static let rules = Benchmark(name: "rules", usage: "[rows] [ranges] [repetitions]") { arguments in
    let rows = arguments.count > 0 ? Int(arguments[0]) ?? 1_000_000 : 1_000_000
    let ranges = arguments.count > 1 ? Int(arguments[1]) ?? 10_000 : 10_000
    let repetitions = arguments.count > 2 ? Int(arguments[2]) ?? 5 : 5
    var random = RandomStream(seed: 1)
    let program = try fifty(&random)
    let numbers = (0..<9).map { _ in
      (0..<rows).map { _ in random.uniform() < 0.02 ? .nan : Double(random.index(below: 1_000_000)) / 1000 }
    }
    let columns = try RuleColumns(program, rows: rows) { field in .number(numbers[Int(field.name.dropFirst()) ?? 0]) }
    for workers in [1, 2] {
      var fired = 0
      let time = Measurement(repetitions: repetitions) { fired = program.decide(columns, workers: workers).count }
      print("50 rules, \(rows) records, \(workers) worker(s): \(time.text), \(fired) decided")
    }
    let table = try ranged(ranges, &random)
    let records = (0..<20_000).map { _ in
      RuleRecord(["x": .number(Double(random.index(below: ranges))), "y": .number(Double(random.index(below: 1000)))])
    }
    var times = try records.map { record -> Double in
      let start = ContinuousClock.now
      let decision = table.decide(record)
      let took = ContinuousClock.now - start
      guard decision.fired.count == 1 else { throw Faults.data("rules", "not one rule is true", "Report it.") }
      return Double(took.components.attoseconds) * 1e-12
    }
    times.sort()
    print(
      "one record of \(ranges) ranges, memory for it included: median \(String(format: "%.2f", times[times.count / 2])) us, p99 \(String(format: "%.2f", times[times.count * 99 / 100])) us"
    )
    let batch = try RuleColumns(table, rows: records.count) { field in
      .number(records.map { record in if case .number(let own)? = record.values[field.name] { own } else { .nan } })
    }
    let all = Measurement(repetitions: repetitions) { _ = table.decide(batch, workers: 1) }
    print("the same as a batch: \(String(format: "%.2f", all.cpu / Double(records.count) * 1e6)) us a record")
    var steps = 0
    let proof = Measurement(repetitions: 1) { steps = RuleProver.proof(of: table).steps }
    print("its proof: \(proof.text), \(steps) evaluations")
  }

  private static func fifty(_ random: inout RandomStream) throws -> RuleProgram {
    var text = "name = \"b\"\nhit = \"priority\"\ndefault = \"pass\"\n[fields]\n"
    for place in 0..<9 { text += "f\(place) = { type = \"number\", domain = [0, 1000] }\n" }
    for place in 0..<50 {
      let (a, b) = (random.index(below: 9), random.index(below: 9))
      let (x, y) = (random.index(below: 50), 900 + random.index(below: 100))
      text += "[[rules]]\nid = \"r\(place)\"\nwhen = \"f\(a) < \(x) and f\(b) > \(y) or f\(b) == \(x)\"\n"
      text += "action = \"\(place % 10 == 0 ? "decline" : "manual")\"\non_missing = \"pass\"\n"
    }
    return RuleProgram(try RuleTable(Array(text.utf8), of: "bench"))
  }

  /// Intervals of x side by side, each halved by y.
  private static func ranged(_ ranges: Int, _ random: inout RandomStream) throws -> RuleProgram {
    var text =
      "name = \"b\"\nhit = \"unique\"\n[fields]\nx = { type = \"integer\", domain = [0, \(ranges - 1)], missing = false }\n"
    text += "y = { type = \"number\", domain = [0, 1000], missing = false }\n"
    for place in 0..<ranges / 2 {
      let cut = random.index(below: 1000)
      for (half, cell) in ["< \(cut + 1)", ">= \(cut + 1)"].enumerated() {
        text +=
          "[[rules]]\nid = \"r\(place)_\(half)\"\ncells = { x = \"[\(2 * place)..\(2 * place + 1)]\", y = \"\(cell)\" }\naction = \"approve\"\n"
      }
    }
    return RuleProgram(try RuleTable(Array(text.utf8), of: "bench"))
  }
}
