import CutlineCompute
import Foundation
import TestSupport
import Testing

/// What the forms compute, held against identities and against a second program.
@Suite struct FormsTests {
  private struct Case: Decodable {
    var model: ModelForm
    var exact: Bool
    var rows: [[String]]
    var values: [String]
  }

  private func fixture<Contents: Decodable>(_ name: String, as type: Contents.Type) throws -> Contents {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/forms/\(name)")
    return try JSONDecoder().decode(type, from: Data(contentsOf: file))
  }

  // Tests/Oracles/forms.py made the models, rows and values.
  @Test func modelsEqualTheIndependentComputation() throws {
    let cases = try fixture("forms.json", as: [Case].self)
    #expect(cases.count == 80)
    #expect(Set(cases.flatMap { Self.names(in: $0.model) }) == Set(ModelForm.names))
    for (number, test) in cases.enumerated() {
      let rows = test.rows.map { $0.compactMap(Double.init) }
      let columns = (0..<test.model.inputCount).map { feature in rows.map { $0[feature] } }
      let batch = try test.model.evaluate(columns: columns, rows: rows.count)
      for (row, text) in test.values.enumerated() {
        let expected = try #require(Double(text))
        let value = try test.model.value(of: rows[row])
        #expect(value.bitPattern == batch[row].bitPattern)
        if expected.isNaN || !expected.isFinite || test.exact {
          #expect(value == expected || value.isNaN && expected.isNaN, "model \(number), row \(row)")
        } else {
          #expect(abs(value - expected) <= 1e-12 * max(1, abs(expected)), "model \(number), row \(row)")
        }
      }
    }
  }

  private static func names(in form: ModelForm) -> [String] {
    switch form {
    case .blend(let blend): [form.name] + blend.models.flatMap(names)
    case .product(let product): [form.name] + product.models.flatMap(names)
    case .then(let then): [form.name] + names(in: then.first) + names(in: then.after)
    default: [form.name]
    }
  }

  @Test func aModelSurvivesItsFile() throws {
    var source = RandomForms(seed: 41)
    for depth in 0..<40 {
      let form = try source.model(inputs: 1 + depth % 4, depth: depth % 4)
      let data = try JSONEncoder().encode(form)
      #expect(try JSONDecoder().decode(ModelForm.self, from: data) == form)
    }
  }

  @Test func linksAndTheirInversesMeet() throws {
    var source = RandomForms(seed: 42)
    for _ in 0..<20_000 {
      let sum = source.number(5)
      for link in Link.allCases {
        let mean = link.mean(of: sum)
        #expect(abs(link.sum(of: mean) - sum) < 1e-9, "\(link) at \(sum)")
      }
      for link in [Link.logit, .probit] {
        #expect(abs(link.mean(of: sum) + link.mean(of: -sum) - 1) <= 0x1p-52, "\(link) at \(sum)")
        #expect(link.sum(of: 0.5) == 0)
      }
    }
    for link in [Link.logit, .probit] {
      #expect(link.mean(of: -.infinity) == 0 && link.mean(of: .infinity) == 1 && link.mean(of: 0) == 0.5)
      #expect(link.sum(of: 0) == -.infinity && link.sum(of: 1) == .infinity)
      #expect(link.sum(of: -0.1).isNaN && link.sum(of: 1.1).isNaN)
    }
    #expect(Link.log.mean(of: -.infinity) == 0 && Link.log.sum(of: 0) == -.infinity && Link.log.sum(of: -1).isNaN)
    #expect(Link.allCases.allSatisfy { $0.mean(of: .nan).isNaN && $0.sum(of: .nan).isNaN })
  }

  // Reference values to the nearest double, from 60 digits (mpmath); what is counted are doubles in between.
  @Test func functionsAreAccurate() throws {
    let points = try fixture("functions.json", as: [String: [[String]]].self)
    func worst(_ name: String, _ function: (Double) -> Double) throws -> Int64 {
      try #require(points[name]).map { point in
        let value = function(Double(point[0]) ?? .nan)
        return abs(Int64(bitPattern: value.bitPattern) &- Int64(bitPattern: (Double(point[1]) ?? 0).bitPattern))
      }.max() ?? .max
    }
    #expect(try worst("exp") { Link.log.mean(of: $0) } <= 1)
    #expect(try worst("log") { Link.log.sum(of: $0) } <= 1)
    #expect(try worst("quantile") { Link.probit.sum(of: $0) } <= 8)
    // Φ(x) is compared where x = −√2 z is exact enough: the error of the argument grows as z² in the tail.
    for point in try #require(points["erfc"]) {
      let z = try #require(Double(point[0]))
      let expected = try #require(Double(point[1]))
      let value = 2 * Link.probit.mean(of: -z * 2.0.squareRoot())
      #expect(abs(value / expected - 1) <= (4 + 4 * z * z) * 0x1p-52, "erfc \(z)")
    }
  }

  @Test func aBlendOfOneAndAThenOfNothingAreTheModel() throws {
    var source = RandomForms(seed: 43)
    let identity = try ModelForm.linear(intercept: 0, coefficients: [1])
    for k in 0..<30 {
      let inputs = 1 + k % 4
      let model = try source.model(inputs: inputs, depth: k % 3)
      let columns = source.columns(inputs, rows: 200)
      let values = try model.evaluate(columns: columns, rows: 200)
      let same = [
        try ModelForm.blend([model], weights: [1]), try ModelForm.product([model]), try model.then(identity),
        try ModelForm.expand(inputCount: inputs, terms: (0..<inputs).map { .feature($0) }).then(model),
      ]
      for other in same {
        for (a, b) in zip(values, try other.evaluate(columns: columns, rows: 200)) {
          #expect(a == b || a.isNaN && b.isNaN)
        }
      }
    }
  }

  @Test func stepsRiseWhereTheirValuesDo() throws {
    var source = RandomForms(seed: 44)
    for closed in [BinEdges.Closed.left, .right] {
      let edges = source.edges(atMost: 40)
      let form = try ModelForm.steps(edges: edges, closed: closed, values: (0...edges.count).map(Double.init))
      let points = ((0..<2_000).map { _ in source.number(3) } + edges).sorted()
      let values = try form.evaluate(columns: [points], rows: points.count)
      #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 })
      for (k, edge) in edges.enumerated() {
        #expect(try form.value(of: [edge]) == Double(closed == .right ? k : k + 1))
        #expect(try form.value(of: [edge.nextDown]) == Double(k))
        #expect(try form.value(of: [edge.nextUp]) == Double(k + 1))
      }
    }
  }

  @Test func missingIsWhatEachFormSays() throws {
    let linear = try ModelForm.linear(intercept: 1, coefficients: [0, 1])
    #expect(try linear.value(of: [.nan, 1]).isNaN)
    var nodes = TreesForm.Nodes()
    nodes.appendSplit(feature: 0, threshold: 0, missingLeft: true)
    nodes.left[0] = Int32(nodes.appendLeaf(-1))
    nodes.right[0] = Int32(nodes.appendLeaf(1))
    #expect(try ModelForm.trees(inputCount: 1, nodes: nodes, roots: [0]).value(of: [.nan]) == -1)
    #expect(try ModelForm.trees(inputCount: 1, nodes: nodes, roots: [0]).value(of: [0]) == -1)
    nodes.missingLeft[0] = false
    #expect(try ModelForm.trees(inputCount: 1, nodes: nodes, roots: [0]).value(of: [.nan]) == 1)
    #expect(try ModelForm.steps(edges: [0], values: [1, 2], missing: 7).value(of: [.nan]) == 7)
    #expect(try ModelForm.steps(edges: [0], values: [1, 2]).value(of: [.nan]).isNaN)
    #expect(
      try ModelForm.steps(edges: [0], values: [1, 2], specials: [.init(value: -9, result: 5)]).value(of: [-9]) == 5)
    let expand = try ModelForm.expand(
      inputCount: 1, terms: [.missing(0), .indicators(0, values: [1, 2]), .fill(0, 3), .feature(0)])
    let values = try expand.values(of: [.nan])
    #expect(values[..<4] == [1, 0, 0, 3] && values[4].isNaN)
    let cells = try ModelForm.cells(axes: [BinEdges([0]), BinEdges([])], values: [1, 2])
    #expect(try cells.value(of: [1, .nan]).isNaN)
    #expect(try cells.value(of: [1, 0]) == 2)
  }
}
