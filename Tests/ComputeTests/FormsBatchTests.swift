import CutlineCompute
import Dispatch
import Synchronization
import TestSupport
import Testing

/// A batch has the bits of the single-record function, whatever the instruction set and the number of workers.
@Suite struct FormsBatchTests {
  /// Every form, nested: expand, trees, scorecard, cells, linear, steps, product, blend and then.
  private func allForms(_ source: inout RandomForms) throws -> ModelForm {
    let bins = try (0..<4).map { _ in try source.bins() }
    let features: [ExpandTerm] = [
      .fill(0, 0.25), .standardised(1, centre: 0.1, scale: 1.75), .bins(2, bins[0]), .missing(3),
      .product([0, 1]), .clamp(2, low: -1, high: 1), .power(3, exponent: 3), .link(0, .logit),
    ]
    let logistic = try ModelForm.expand(inputCount: 4, terms: features)
      .then(.linear(intercept: -0.5, coefficients: (0..<8).map { _ in source.number(0.5) }, link: .logit))
    let boosted = try source.trees(inputs: 4, trees: 12, depth: 4)
    let card = try ModelForm.scorecard(base: 1, characteristics: bins).then(
      .linear(intercept: 0.2, coefficients: [-0.6], link: .probit))
    let grid = try ModelForm.expand(inputCount: 4, terms: [.feature(1), .feature(3)])
      .then(
        .cells(
          axes: [BinEdges([-1, 0, 1]), BinEdges([0.5], closed: .left)], values: (0..<8).map { 0.1 + 0.1 * Double($0) },
          missing: 0.4))
    let hurdle = try ModelForm.product([card, grid])
    return try .blend(
      [logistic, hurdle, boosted.then(.steps(edges: [-0.5, 0.5], values: [0.2, 0.4, 0.7]))], weights: [0.5, 0.3, 0.2],
      link: .probit)
  }

  /// The definition, row by row; threads only save time.
  private func byRecord(_ form: ModelForm, _ columns: [[Double]], rows: Int) -> [Double] {
    let parts = 4
    let results = Mutex([[Double]](repeating: [], count: parts))
    DispatchQueue.concurrentPerform(iterations: parts) { part in
      let values = (rows * part / parts..<rows * (part + 1) / parts)
        .map { row in
          (try? form.value(of: columns.map { $0[row] })) ?? -12345
        }
      results.withLock { $0[part] = values }
    }
    return results.withLock { $0.flatMap { $0 } }
  }

  private func differences(_ a: [Double], _ b: [Double]) -> Int {
    a.count == b.count ? zip(a, b).count { $0.bitPattern != $1.bitPattern } : max(a.count, b.count)
  }

  @Test func noneOf200000RowsOfNestedModelsDiffersInABit() throws {
    let rows = 100_000
    var source = RandomForms(seed: 31)
    let form = try allForms(&source)
    let columns = source.columns(4, rows: rows)
    let expected = byRecord(form, columns, rows: rows)
    for set in InstructionSet.supported {
      for workers in [1, 3] {
        let values = try form.evaluate(columns: columns, rows: rows, workers: workers, instructionSet: set)
        #expect(differences(values, expected) == 0, "\(set), \(workers) workers")
      }
    }
    // Recorded once; the same on every processor and C library (docs/methods/model-forms.md says how to try).
    #expect(expected.digest == 16_481_220_013_995_837_181)
    #expect(expected.count { $0.isFinite } > rows / 4)

    var digests: [Double] = []
    for model in 0..<50 {
      let inputs = 1 + source.random.index(below: 5)
      let form = try source.model(inputs: inputs, depth: model % 4)
      let columns = source.columns(inputs, rows: 2_000)
      let expected = byRecord(form, columns, rows: 2_000)
      digests += expected
      for set in InstructionSet.supported {
        let values = try form.evaluate(columns: columns, rows: 2_000, instructionSet: set)
        #expect(differences(values, expected) == 0, "model \(model) \(form), \(set)")
      }
    }
    #expect(digests.count == 100_000)
    #expect(digests.digest == 1_618_078_322_563_360_108)
  }

  /// exp, ln and erfc, at any double: subnormal ones, infinities and both zeros among them.
  @Test func functionsHaveTheSameBitsInOneLaneAndInMany() throws {
    let count = 500_000
    var random = RandomStream(seed: 34)
    var points: [Double] = [
      0, -0.0, .infinity, -.infinity, .nan, 0x1p-1074, -0x1p-1074, 0x1.fp-1023, 709.782712893384, -745.2, 38,
    ]
    while points.count < count {
      switch points.count % 4 {
      case 0: points.append(Double(bitPattern: random.next64()))
      case 1: points.append((random.uniform() - 0.5) * 1_500)
      case 2: points.append((random.uniform() - 0.5) * 60)
      default: points.append(random.uniform() * 0x1p-1020)
      }
    }
    let forms: [(ModelForm, (Double) -> Double)] = [
      (try .linear(intercept: 0, coefficients: [1], link: .log), { Link.log.mean(of: 0 + 1 * $0) }),
      (try .expand(inputCount: 1, terms: [.link(0, .log)]), { Link.log.sum(of: $0) }),
      (try .linear(intercept: 0, coefficients: [1], link: .probit), { Link.probit.mean(of: 0 + 1 * $0) }),
    ]
    for (form, function) in forms {
      let expected = points.map { point in
        let value = function(point)
        return value.isNaN ? .nan : value
      }
      for set in InstructionSet.supported {
        let values = try form.evaluate(columns: [points], rows: count, instructionSet: set)
        #expect(differences(values, expected) == 0, "\(form) \(set)")
      }
    }
  }

  @Test func sizesAtTheEdgesOfBlocksAreWhole() throws {
    var source = RandomForms(seed: 32)
    let form = try allForms(&source)
    for rows in [0, 1, 2, 7, 15, 16, 17, 31, 33, 511, 512, 513, 1025, 4097] {
      let columns = source.columns(4, rows: rows)
      let expected = byRecord(form, columns, rows: rows)
      for set in InstructionSet.supported {
        for workers in [0, 1, 2, 7] {
          let values = try form.evaluate(columns: columns, rows: rows, workers: workers, instructionSet: set)
          #expect(differences(values, expected) == 0, "\(rows) rows, \(set), \(workers) workers")
        }
      }
    }
  }

  @Test func severalOutputsKeepTheirOrder() throws {
    var source = RandomForms(seed: 33)
    let form = try ModelForm.expand(
      inputCount: 3, terms: source.terms(inputs: 3) + [.indicators(2, values: [0, 1]), .link(0, .log)])
    let columns = source.columns(3, rows: 1_500)
    let values = try FormEvaluator(form).evaluate(columns: columns, rows: 1_500, workers: 2)
    #expect(values.count == form.outputCount)
    for row in 0..<1_500 {
      let expected = try form.values(of: columns.map { $0[row] })
      #expect(differences(values.map { $0[row] }, expected) == 0)
    }
    #expect(throws: ComputeError.self) { try form.value(of: [0, 0, 0]) }
    #expect(throws: ComputeError.self) { try form.evaluate(columns: columns, rows: 1_500) }
  }

  @Test func wideAndEmptyFormsAreEvaluated() throws {
    let constant = try ModelForm.linear(intercept: 3, coefficients: [])
    #expect(try constant.value(of: []) == 3)
    #expect(try constant.evaluate(columns: [], rows: 5) == [3, 3, 3, 3, 3])
    let wide = try ModelForm.expand(inputCount: 1, terms: [.indicators(0, values: (0..<65_536).map(Double.init))])
      .then(.linear(intercept: 0, coefficients: (0..<65_536).map(Double.init)))
    #expect(
      try wide.evaluate(columns: [[7, 65_535, 0.5] + [Double](repeating: 3, count: 30)], rows: 33)[..<4] == [
        7, 65_535, 0, 3,
      ])
  }

  @Test func columnsThatDoNotFitAreRefused() throws {
    let form = try ModelForm.linear(intercept: 0, coefficients: [1, 2])
    #expect(throws: ComputeError.shape("1 features for a form that takes 2")) { try form.value(of: [1]) }
    #expect(throws: ComputeError.shape("1 columns for a form that takes 2 features")) {
      try form.evaluate(columns: [[1]], rows: 1)
    }
    #expect(throws: ComputeError.shape("columns of other lengths than the 2 rows stated")) {
      try form.evaluate(columns: [[1, 2], [1]], rows: 2)
    }
    #expect(throws: ComputeError.self) { try form.evaluate(columns: [[], []], rows: -1) }
  }
}
