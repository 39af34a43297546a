import CutlineCompute
import Foundation

extension Benchmark {
  /// A million rows of 20 features: what `peers/numpy_forms.py` does with numpy, and what numpy has no word for.
  static let forms = Benchmark(name: "forms", usage: "[rows] [repetitions] [workers]") { arguments in
    let rows = arguments.count > 0 ? Int(arguments[0]) ?? 1_000_000 : 1_000_000
    let repetitions = arguments.count > 1 ? Int(arguments[1]) ?? 5 : 5
    let workers = arguments.count > 2 ? Int(arguments[2]) ?? 1 : 1
    var random = RandomStream(seed: 1)
    let columns = (0..<20).map { _ in (0..<rows).map { _ in 4 * random.uniform() - 2 } }
    let coefficients = (0..<20).map { _ in random.uniform() - 0.5 }
    let linear = try ModelForm.linear(intercept: 0.25, coefficients: coefficients)
    let logistic = try ModelForm.linear(intercept: 0.25, coefficients: coefficients, link: .logit)
    let trees = try boosted(trees: 100, depth: 6, &random)
    let woe = try (0..<20)
      .map { feature in
        ExpandTerm.bins(
          feature,
          try BinnedValues(
            bins: BinEdges((1..<10).map { Double($0) * 0.4 - 2 }), values: (0..<10).map { _ in random.uniform() - 0.5 })
        )
      }
    let calibration = try ModelForm.steps(
      edges: (1..<50).map { Double($0) * 0.02 }, values: (0..<50).map { (Double($0) + 0.5) * 0.02 })
    let nested = try ModelForm.blend(
      [
        ModelForm.expand(inputCount: 20, terms: woe).then(logistic).then(calibration),
        boosted(trees: 20, depth: 4, &random),
      ],
      weights: [0.6, 0.4], link: .logit)
    for (name, form) in [
      ("linear, 20 features", linear), ("logistic, 20 features", logistic), ("100 trees of depth 6", trees),
      ("WoE, logistic, steps; with 20 trees of depth 4 in a blend", nested),
    ] {
      let evaluator = FormEvaluator(form)
      for set in InstructionSet.supported {
        var sum = 0.0
        let time = try Measurement(repetitions: repetitions) {
          sum = try evaluator.evaluate(columns: columns, rows: rows, workers: workers, instructionSet: set)[0][rows / 2]
        }
        print(
          "\(name), \(rows) rows, \(workers) worker(s), \(set.rawValue): \(time.text)",
          String(format: "(%.1f M rows/cpu-s), row in the middle %.6f", Double(rows) / time.cpu * 1e-6, sum))
      }
    }
    let records = (0..<20_000).map { row in columns.map { $0[row] } }
    for (name, form) in [("logistic", logistic), ("100 trees", trees)] {
      let time = try Measurement(repetitions: repetitions) {
        for record in records { _ = try form.value(of: record) }
      }
      print("\(name), one record at a time: \(String(format: "%.2f", time.cpu / 20_000 * 1e6)) us a record")
    }
  }

  /// Complete trees with random questions.
  private static func boosted(trees: Int, depth: Int, _ random: inout RandomStream) throws -> ModelForm {
    var nodes = TreesForm.Nodes()
    let roots = (0..<trees).map { _ in Int32(grow(&nodes, depth, &random)) }
    return try .trees(inputCount: 20, nodes: nodes, roots: roots, link: .logit)
  }

  private static func grow(_ nodes: inout TreesForm.Nodes, _ depth: Int, _ random: inout RandomStream) -> Int {
    if depth == 0 { return nodes.appendLeaf(0.2 * (random.uniform() - 0.5)) }
    let place = nodes.appendSplit(
      feature: random.index(below: 20), threshold: 2 * random.uniform() - 1, missingLeft: random.index(below: 2) == 0)
    nodes.left[place] = Int32(grow(&nodes, depth - 1, &random))
    nodes.right[place] = Int32(grow(&nodes, depth - 1, &random))
    return place
  }
}
