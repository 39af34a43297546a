import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation
import TestSupport
import Testing

@testable import CutlineModels

/// Explanations against their definition, and the laws of Shapley values.
@Suite struct ExplanationTests {
  typealias Fixture = ExplanationFixture

  @Test(arguments: [(2, 2, 5), (3, 4, 4), (5, 3, 6), (1, 6, 3)])
  func interventionalTreesAreWhatTheDefinitionSays(_ size: (trees: Int, depth: Int, features: Int)) async throws {
    var random = RandomStream(seed: 7, label: "\(size)")
    let form = ModelForm.trees(
      try Fixture.trees(size.trees, depth: size.depth, features: size.features, &random))
    let rows = Fixture.rows(6, size.features, &random, missing: true)
    let background = Fixture.rows(7, size.features, &random, missing: true)
    let weights = (0..<7).map { _ in Double(random.index(below: 4)) }
    let ours = try await Fixture.explain(
      form, rows: rows, background: background, weights: weights, by: .treeInterventional)
    let exact = try await Fixture.explain(form, rows: rows, background: background, weights: weights, by: .exact)
    for row in rows.indices {
      let expected = Fixture.interventional(form, rows[row], background, weights)
      #expect(Fixture.nearest(ours.row(row), expected) < 1e-12)
      #expect(Fixture.nearest(exact.row(row), expected) < 1e-12)
    }
    #expect(ours.background.weighted && ours.background.ofRows == 7)
  }

  @Test(arguments: [(2, 2, 5), (3, 4, 4), (5, 3, 6), (1, 6, 3)])
  func pathDependentTreesAreWhatTheDefinitionSays(_ size: (trees: Int, depth: Int, features: Int)) async throws {
    var random = RandomStream(seed: 8, label: "\(size)")
    let trees = try Fixture.trees(size.trees, depth: size.depth, features: size.features, &random)
    let rows = Fixture.rows(8, size.features, &random, missing: true)
    let ours = try await Fixture.explain(.trees(trees), rows: rows, background: rows, by: .treePathDependent)
    func mean(_ node: Int, _ row: [Double], _ known: Set<Int>) -> Double {
      let nodes = trees.nodes
      guard nodes.left[node] >= 0 else { return nodes.value[node] }
      let (left, right) = (Int(nodes.left[node]), Int(nodes.right[node]))
      let feature = Int(nodes.feature[node])
      if known.contains(feature) {
        return mean(nodes.goesLeft(row[feature], at: node) ? left : right, row, known)
      }
      let (a, b) = (nodes.cover[left], nodes.cover[right])
      let share = a + b == 0 ? 0.5 : a / (a + b)
      return share * mean(left, row, known) + (1 - share) * mean(right, row, known)
    }
    for row in rows.indices {
      let expected = Fixture.shapley(size.features) { known in
        trees.base + trees.scale * trees.roots.reduce(0) { $0 + mean(Int($1), rows[row], known) }
      }
      #expect(Fixture.nearest(ours.row(row), expected) < 1e-12)
    }
  }

  /// Rows of a grid share their values: each combination is evaluated once, and the values are the same.
  @Test func cellsOfAGridAreWhatTheDefinitionSays() async throws {
    var random = RandomStream(seed: 17)
    let values = [[-0.6, 0.2, .nan], [-0.9, -0.1, 0.3, 0.8], [-0.5, 0.5]]
    func cells(_ count: Int) -> [[Double]] {
      (0..<count).map { _ in values.map { $0[random.index(below: $0.count)] } }
    }
    let (rows, background) = (cells(40), cells(30))
    let weights = (0..<30).map { _ in Double(random.index(below: 4)) }
    let trees = ModelForm.trees(try Fixture.trees(9, depth: 4, features: 3, &random))
    let product = try ModelForm.product([trees, .trees(try Fixture.trees(2, depth: 2, features: 3, &random))])
    for form in [trees, product] {
      let game = try Enumeration(form, features: [0, 1, 2])
      let others = WeightedRows(rows: background, weights: weights)
      #expect(DistinctEnumeration(game, rows: rows, background: others) != nil)
      let strangers = WeightedRows(rows: Fixture.rows(30, 3, &random), weights: weights)
      #expect(DistinctEnumeration(game, rows: Fixture.rows(40, 3, &random), background: strangers) == nil)
      let ours = try await Fixture.explain(form, rows: rows, background: background, weights: weights)
      let more = try await Fixture.explain(form, rows: rows, background: background, weights: weights, workers: 5)
      #expect(ours.values == more.values)
      for row in rows.indices {
        let expected = Fixture.interventional(form, rows[row], background, weights)
        #expect(Fixture.nearest(ours.row(row), expected) < 1e-12)
      }
      guard form == trees else { continue }
      let walked = try await Fixture.explain(
        form, rows: rows, background: background, weights: weights, by: .treeInterventional)
      #expect(ours.method == "tree-interventional" && walked.method == ours.method)
      for row in rows.indices { #expect(Fixture.nearest(ours.row(row), walked.row(row)) < 1e-12) }
    }
  }

  @Test func rulesOfGaussAreExact() {
    for (n, rule) in GaussLegendre.rules(upTo: 33).enumerated() where n > 0 {
      for power in 0..<2 * n {
        let sum = rule.reduce(0.0) { sum, node in sum + node.weight * (0..<power).reduce(1) { p, _ in p * node.point } }
        #expect(abs(sum * Double(power + 1) - 1) < 1e-12, "\(n) points, power \(power)")
      }
    }
  }

  /// All other forms, each against the definition.
  @Test func everyFormIsWhatTheDefinitionSays() async throws {
    var random = RandomStream(seed: 9)
    let trees = ModelForm.trees(try Fixture.trees(3, depth: 3, features: 3, &random))
    let linked = ModelForm.trees(try Fixture.trees(3, depth: 2, features: 3, &random, link: .logit))
    let linear = try ModelForm.linear(intercept: 0.3, coefficients: [1, -2, 0.5])
    let logistic = try ModelForm.linear(intercept: -0.3, coefficients: [1, 0.2, 0.5], link: .logit)
    let bins = try BinnedValues(bins: BinEdges([-0.3, 0.4]), values: [1, -1, 2], missing: 0.5)
    let scorecard = try ModelForm.scorecard(base: 3, characteristics: [bins, bins, bins])
    let square = try ModelForm.expand(
      inputCount: 3, terms: [.feature(0), .power(1, exponent: 2), .product([0, 2]), .product([1, 2, 0]), .missing(2)])
    let woe = try ModelForm.expand(inputCount: 3, terms: [.bins(0, bins), .bins(1, bins), .fill(2, 0.25)])
    let cells = try ModelForm.cells(
      axes: [BinEdges([0]), BinEdges([-0.5, 0.5]), BinEdges([0.1])], values: (0..<12).map { Double($0 * $0 % 7) })
    let five = try ModelForm.linear(intercept: 1, coefficients: [1, 2, -1, 3, 0.5])
    let forms: [(ModelForm, String)] = [
      (linear, "linear"), (scorecard, "linear"), (trees, "tree-interventional"),
      (try woe.then(linear), "linear"), (try woe.then(trees), "tree-interventional"),
      (try square.then(five), "exact"), (cells, "exact"), (try .product([logistic, scorecard]), "exact"),
      (try .blend([trees, linear], weights: [0.25, 0.75]), "tree-interventional + linear"),
      (try .blend([logistic, linear, linked], weights: [0.2, 0.3, 0.5]), "exact + linear"),
      (try woe.then(.blend([trees, linear], weights: [1, 2])), "tree-interventional + linear"),
    ]
    let rows = Fixture.rows(4, 3, &random)
    let background = Fixture.rows(6, 3, &random)
    let weights = (0..<6).map { Double($0 % 4) }
    for (form, method) in forms {
      for choice in [Explainer.Method.auto, .exact] {
        let ours = try await Fixture.explain(form, rows: rows, background: background, weights: weights, by: choice)
        #expect(ours.method == (choice == .auto ? method : "exact") && ours.scale == .prediction)
        for row in rows.indices {
          let expected = Fixture.interventional(form, rows[row], background, weights)
          #expect(Fixture.nearest(ours.row(row), expected) < 1e-11, "\(form.name) by \(choice)")
        }
      }
    }
  }

  /// What is calibrated or linked is explained before, and says so.
  @Test func calibrationAndLinkAreLeftOut() async throws {
    var random = RandomStream(seed: 10)
    let logistic = try ModelForm.linear(intercept: -0.3, coefficients: [1, 0.2, 0.5], link: .logit)
    let plain = try ModelForm.linear(intercept: -0.3, coefficients: [1, 0.2, 0.5])
    let linked = try Fixture.trees(3, depth: 2, features: 3, &random, link: .logit)
    let steps = try ModelForm.steps(edges: [0.2, 0.6], values: [0.1, 0.3, 0.7])
    let expand = try ModelForm.expand(inputCount: 3, terms: (0..<3).map { .standardised($0, centre: 1, scale: 2) })
    let platt = try ModelForm.expand(inputCount: 1, terms: [.link(0, .logit)])
      .then(.linear(intercept: 0.1, coefficients: [1.2], link: .logit))
    let cases: [(ModelForm, ModelForm, String)] = [
      (logistic, plain, "log-odds, before link"),
      (.trees(linked), try linked.withoutLink, "log-odds, before link"),
      (try logistic.then(steps), plain, "log-odds, before link and calibration"),
      (try logistic.then(platt), plain, "log-odds, before link and calibration"),
      (try expand.then(logistic).then(steps), try expand.then(plain), "log-odds, before link and calibration"),
      (try expand.then(logistic.then(steps)), try expand.then(plain), "log-odds, before link and calibration"),
      (try plain.then(steps), plain, "the model's value, before calibration"),
      (
        try .blend([logistic, .trees(linked)], weights: [0.5, 0.5], link: .logit),
        try .blend([plain, linked.withoutLink], weights: [0.5, 0.5]), "log-odds, before link"
      ),
    ]
    let rows = Fixture.rows(3, 3, &random)
    for (form, core, phrase) in cases {
      let ours = try await Fixture.explain(form, rows: rows, background: rows)
      #expect(ours.scale.phrase == phrase)
      for row in rows.indices {
        #expect(Fixture.nearest(ours.row(row), Fixture.interventional(core, rows[row], rows, [1, 1, 1])) < 1e-12)
      }
    }
    // Inner models that end in another link are taken to the blend's.
    let mixed = try ModelForm.blend([logistic, plain.then(steps)], weights: [0.5, 0.5], link: .logit)
    let explanation = try await Fixture.explain(mixed, rows: rows, background: rows)
    #expect(explanation.method == "linear + exact" && explanation.scale.beforeLink == .logit)
  }

  /// Features that play no part get exactly 0; equal ones get the same; a background of the row itself gives nothing.
  @Test func lawsOfShapleyValues() async throws {
    var random = RandomStream(seed: 11)
    let trees = try Fixture.trees(4, depth: 4, features: 4, &random)
    var nodes = trees.nodes
    // Feature 2 is asked nothing.
    for node in 0..<nodes.count where nodes.feature[node] == 2 { nodes.feature[node] = 3 }
    let form = try ModelForm.trees(inputCount: 4, nodes: nodes, roots: trees.roots)
    let rows = Fixture.rows(20, 4, &random, missing: true)
    for method in [Explainer.Method.treeInterventional, .treePathDependent, .exact] {
      let ours = try await Fixture.explain(form, rows: rows, background: rows, by: method)
      #expect(ours.values[2].allSatisfy { $0 == 0 } && ours.additivityError < 1e-13)
    }
    let itself = try await Fixture.explain(form, rows: [rows[0]], background: [rows[0]], by: .treeInterventional)
    #expect(itself.row(0).allSatisfy { $0 == 0 })
    let product = try ModelForm.expand(inputCount: 2, terms: [.product([0, 1])])
      .then(.linear(intercept: 0, coefficients: [1]))
    let symmetric = try await Fixture.explain(product, rows: [[2, 2]], background: [[0, 0], [1, 1]])
    #expect(symmetric.values[0] == symmetric.values[1])
  }

  /// A row of weight 2 is two rows, one of weight 0 is none; workers cannot be seen, and a drawn background is the seed's.
  @Test func weightsWorkersAndSeeds() async throws {
    var random = RandomStream(seed: 12)
    let form = ModelForm.trees(try Fixture.trees(4, depth: 3, features: 3, &random))
    let rows = Fixture.rows(30, 3, &random)
    let weights = rows.indices.map { Double($0 % 3) }
    let repeated = rows.indices.flatMap { Array(repeating: rows[$0], count: $0 % 3) }
    let weighted = try await Fixture.explain(form, rows: rows, background: rows, weights: weights)
    let doubled = try await Fixture.explain(form, rows: rows, background: repeated)
    for row in rows.indices { #expect(Fixture.nearest(weighted.row(row), doubled.row(row)) < 1e-13) }
    #expect(weighted.background.rows == 20 && !doubled.background.weighted)
    let one = try await Fixture.explain(form, rows: rows, background: rows, limit: 5)
    let three = try await Fixture.explain(form, rows: rows, background: rows, limit: 5, workers: 3)
    #expect(one.values == three.values && one.background.what == "rows drawn from the design")
    #expect(one.background.rows == 5 && one.background.ofRows == 30)
  }

  @Test func whatCannotBeExplainedIsSaid() async throws {
    let linear = try ModelForm.linear(intercept: 0, coefficients: [1, 1])
    func problem(_ code: ExitCode, _ body: () async throws -> Void) async -> String? {
      await expectFaults(code) { try await body() }?.description
    }
    var text = await problem(.data) {
      _ = try await Fixture.explain(linear, rows: [[1, 2], [1, .nan]], background: [[0, 0]])
    }
    #expect(text?.contains("the model gives no value for it, as x1 is missing") == true)
    text = await problem(.data) {
      _ = try await Fixture.explain(linear, rows: [[1, 2]], background: [[0, 0], [.nan, 1]])
    }
    #expect(text?.contains("background row") == true)
    text = await problem(.usage) {
      _ = try await Fixture.explain(linear, rows: [[1, 2]], background: [[0, 0]], by: .treeInterventional)
    }
    #expect(text?.contains("Use auto.") == true)
    let many = try ModelForm.product([
      .linear(intercept: 0, coefficients: .init(repeating: 1, count: 16)),
      .linear(intercept: 1, coefficients: .init(repeating: 1, count: 16)),
    ])
    let wide = [[Double](repeating: 1, count: 16)]
    text = await problem(.usage) { _ = try await Fixture.explain(many, rows: wide, background: wide) }
    #expect(text?.contains("lets 16 features work together, more than 15") == true)
    var nodes = TreesForm.Nodes()
    nodes.appendLeaf(1)
    let bare = try ModelForm.trees(inputCount: 1, nodes: nodes, roots: [0])
    text = await problem(.data) {
      _ = try await Fixture.explain(bare, rows: [[1]], background: [[1]], by: .treePathDependent)
    }
    #expect(text?.contains("do not carry the training weight") == true)
    let other = Explain.Input(
      model: try Fixture.model(linear), background: ExplanationFixture.design([[1]]), rows: nil)
    text = await problem(.data) {
      _ = try await Explainer(method: .auto, backgroundRows: 9).run(other, in: Fixture.context())
    }
    #expect(text?.contains("lacks the feature x1 of the model") == true)
  }

  /// What a program brings is held to the same.
  @Test func anExplanationThatDoesNotAddUpIsRefused() async throws {
    for input in try Explain.specimens() {
      let good = try await Explainer(method: .auto, backgroundRows: 9).run(input, in: Fixture.context())
      func changed(
        values: [[Double]]? = nil, predictions: [Double]? = nil, features: [String]? = nil,
        scale: Explanation.Scale? = nil
      ) throws {
        let other = try Explanation(
          method: "own", background: good.background, scale: scale ?? good.scale,
          features: features ?? good.features, base: good.base, values: values ?? good.values,
          predictions: predictions ?? good.predictions)
        try Explain.check(other, against: input)
      }
      try changed()
      expectFaults(.data) { try changed(values: good.values.map { $0.map { $0 + 1e-6 } }) }
      expectFaults(.data) { try changed(values: good.values.map { $0.map { _ in Double.nan } }) }
      expectFaults(.data) { try changed(predictions: good.predictions.dropLast()) }
      expectFaults(.data) { try changed(features: ["a", "b"]) }
      expectFaults(.data) { try changed(scale: .init(beforeLink: .log, beforeCalibration: false)) }
      // It adds up, but to something else than the model says.
      let shifted = try Explanation(
        method: "own", background: good.background, scale: good.scale, features: good.features,
        base: good.base.map { $0 + 1 }, values: good.values, predictions: good.predictions.map { $0 + 1 })
      expectFaults(.data) { try Explain.check(shifted, against: input) }
      let stored = try CanonicalJSON.encode(good)
      let back = try CanonicalJSON.decode(Explanation.self, from: stored)
      #expect(try CanonicalJSON.encode(back) == stored)
    }
  }
}
