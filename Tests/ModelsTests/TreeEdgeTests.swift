import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineTesting
import Foundation
import TestSupport
import Testing

@testable import CutlineModels

/// Directions that are proven, and designs at the edge of what there is.
@Suite struct TreeEdgeTests {
  typealias Fixture = TreeFitFixture

  /// On a lattice of all features, missing included, each pair of neighbours in a constrained one.
  private static func violations(_ model: Model, feature: Int, direction: Double) throws -> Int {
    let steps = (0...24).map { Double($0) / 10 - 1.2 }
    let others = [-0.9, -0.35, 0, 0.4, 0.8, Double.nan]
    let rest = others.flatMap { a in others.flatMap { b in others.map { c in [a, b, c] } } }
    var columns = (0..<4).map { _ in [Double]() }
    for own in rest {
      for step in steps {
        var row = own
        row.insert(step, at: feature)
        for place in 0..<4 { columns[place].append(row[place]) }
      }
    }
    let values = try model.form.evaluate(columns: columns, rows: columns[0].count)
    return values.indices.dropFirst().count {
      $0 % steps.count > 0 && direction * (values[$0] - values[$0 - 1]) < 0
    }
  }

  @Test(.enabled(if: Fixture.isInstalled, "needs the library XGBoost (libxgboost-dev)"))
  func treesKeepTheDirectionsOnAllPairsTried() async throws {
    let design = Fixture.planted(1_500)
    let models = [
      try await Fixture.fit(Fixture.boosting { $0.depth = 5 }, design), try await Fixture.fit(Fixture.forest(), design),
    ]
    for model in models {
      #expect(try Self.violations(model, feature: 0, direction: 1) == 0)
      #expect(try Self.violations(model, feature: 1, direction: -1) == 0)
    }
    let free = try await Fixture.fit(
      Fixture.boosting {
        $0.depth = 5
        $0.monotone = .none
      }, design)
    #expect(try Self.violations(free, feature: 0, direction: 1) > 0)
    guard case .trees(let trees) = free.form else { return #expect(Bool(false)) }
    #expect(MonotoneProof(trees, directions: [1, 0, 0, 0]).violation()?.feature == 0)
    #expect(MonotoneProof(trees, directions: [0, 0, 0, 0]).violation() == nil)
  }

  /// The proof against all pairs of a lattice that meets every cell between thresholds.
  @Test func theProofIsExactForATree() throws {
    var random = RandomStream(seed: 21)
    var (kept, broken) = (0, 0)
    for _ in 0..<400 {
      let tree = try ExplanationFixture.trees(1, depth: 2 + random.index(below: 2), features: 2, &random)
      let inner = tree.nodes.left.indices.filter { tree.nodes.left[$0] >= 0 }
      let cells = (0..<2).map { feature in
        let edges = Set(inner.filter { Int(tree.nodes.feature[$0]) == feature }.map { tree.nodes.threshold[$0] })
        return edges.sorted() + [9]
      }
      let form = ModelForm.trees(tree)
      func value(_ x: Double, _ y: Double) throws -> Double { try form.value(of: [x, y]) }
      var rises = true
      for y in cells[1] + [.nan] {
        let line = try cells[0].map { try value($0, y) }
        rises = rises && zip(line, line.dropFirst()).allSatisfy { $0 <= $1 }
      }
      if rises { kept += 1 } else { broken += 1 }
      #expect((MonotoneProof(tree, directions: [1, 0]).violation() == nil) == rises)
      // Upside down it falls.
      let mirrored = try TreesForm(inputCount: 2, nodes: tree.nodes, roots: tree.roots, scale: -1)
      #expect((MonotoneProof(mirrored, directions: [-1, 0]).violation() == nil) == rises)
    }
    #expect(kept > 50 && broken > 50)
  }

  @Test(.enabled(if: Fixture.isInstalled, "needs the library XGBoost (libxgboost-dev)"))
  func strangeDesignsGiveAResultOrAClearError() async throws {
    func fit(_ design: Design, _ objective: TreeObjective = .squared) async throws -> Model {
      try await Fixture.fit(Fixture.boosting { $0.objective = objective }, design)
    }
    let x = (0..<50).map { Double($0) }
    let half = x.map { $0 < 25 ? 0.0 : 1 }
    // Constants, without the library's help.
    for target in [x.map { _ in 0.0 }, x.map { _ in 0.1 }] {
      let model = try await fit(Fixture.design([x], target))
      #expect(try Fixture.predictions(model, Fixture.design([x], target)).allSatisfy { abs($0 - target[0]) < 1e-15 })
    }
    #expect(try await fit(Fixture.design([[3]], [0.25])).form.value(of: [7]) == 0.25)
    #expect(try await fit(Fixture.design([], [1, 2, 6])).form.value(of: []) == 3)
    _ = try await Fixture.fit(Fixture.forest(), Fixture.design([[3]], [0.25]))
    // Nothing known of any row, nothing that varies, collinear columns, numbers at the ends.
    let empty = x.map { _ in Double.nan }
    for columns in [[empty], [x.map { _ in 1 }], [x, x, x], [empty, x]] {
      let model = try await fit(Fixture.design(columns, half))
      let isKnown = columns.contains { $0 == x }
      let left = try Fixture.r2(model, Fixture.design(columns, half))
      #expect(isKnown ? left > 0.98 : abs(left) < 1e-9)
    }
    let ends = [
      -Double.greatestFiniteMagnitude, -1e300, -Double.leastNonzeroMagnitude, 0, .leastNonzeroMagnitude, 1e300,
      .greatestFiniteMagnitude,
    ]
    let wide = try await Fixture.fit(
      Fixture.boosting {
        $0.minChildWeight = 0
        $0.lambda = 0
        $0.learningRate = 1
      }, Fixture.design([ends], [0, 1, 0, 1, 0, 1, 0]))
    for (value, target) in zip(ends, [0.0, 1, 0, 1, 0, 1, 0]) {
      #expect(abs(try wide.form.value(of: [value]) - target) < 1e-3, "\(value)")
    }
    // One class, zeros, targets out of range, infinities: each says so.
    func problem(_ design: Design, _ objective: TreeObjective) async -> String {
      await expectFaults(.data) { try await fit(design, objective) }?.description ?? ""
    }
    let zeros = Fixture.design([x], x.map { _ in 0 })
    #expect(await problem(zeros, .logistic).contains("one class only: it is 0"))
    #expect(await problem(Fixture.design([x], x.map { _ in 1 }), .logistic).contains("one class only: it is 1"))
    for objective in [TreeObjective.poisson, .tweedie] {
      #expect(await problem(zeros, objective).contains("the target is 0 in every row"))
    }
    #expect(await problem(zeros, .gamma).contains("takes targets above 0"))
    #expect(await problem(Fixture.design([x], x), .logistic).contains("between 0 and 1"))
    #expect(await problem(Fixture.design([x], x.map { -$0 }), .poisson).contains("not negative"))
    let infinite = Fixture.design([x.map { $0 == 7 ? .infinity : $0 }], half)
    #expect(await problem(infinite, .squared).contains("is infinite"))
    let spread = Fixture.design([x], x.map { $0 < 1 ? 1e308 : -1e308 })
    _ = try? await fit(spread)  // a result or an error, and no trap
    #expect(await problem(Fixture.design([x], half, offset: x.map { _ in 1e308 }), .poisson).contains("spans more"))
    // Fractions are targets of a logistic objective, too.
    _ = try await fit(Fixture.design([x], x.map { $0 / 100 }), .logistic)
  }

  @Test func withoutTheLibraryTheErrorSaysHowToGetIt() {
    let missing = expectFaults(.usage) { () throws -> XGBoostLibrary in
      try XGBoostLibrary(candidates: ["/nonexistent/libxgboost.so", "libxgboost-that-no-system-has.so"])
    }
    #expect(missing?.problem.contains("is not installed; looked in /nonexistent/libxgboost.so, lib") == true)
    #expect(missing?.advice.contains("apt-get install libxgboost-dev") == true)
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("libxgboost-\(UUID().uuidString).so")
    defer { try? FileManager.default.removeItem(at: file) }  // best effort in a temporary place
    #expect(FileManager.default.createFile(atPath: file.path, contents: Data("no library".utf8)))
    let broken = expectFaults(.usage) { () throws -> XGBoostLibrary in
      try XGBoostLibrary(candidates: [file.path, "libxgboost.so.0"])
    }
    #expect(broken?.problem.contains("cannot be used: ") == true)
  }

  private static let models = SharedFiles.path("oracles/models", from: #filePath)

  /// AUC on the held-out fold within 0.015 of the best reference of gradient boosting.
  @Test(
    .enabled(if: models != nil, "needs ../shared/oracles/models"),
    .enabled(if: Fixture.isInstalled, "needs the library XGBoost (libxgboost-dev)"))
  func boostingRanksAsWellAsItsPeers() async throws {
    let folder = try #require(Self.models)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/expected.json"))
    let root = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    let references = try #require(
      (root["gbdt_reference_auc_fold0"] as? [String: [String: Double]])?["german"])
    let best = try #require(references.filter { !$0.key.hasPrefix("logistic") }.values.max())
    let lines = try String(contentsOfFile: folder + "/german.csv", encoding: .utf8).split(separator: "\n")
    let names = lines[0].split(separator: ",").map(String.init)
    let rows = try lines.dropFirst().map { try $0.split(separator: ",").map { try #require(Double($0)) } }
    let (y, fold) = (try #require(names.firstIndex(of: "y")), try #require(names.firstIndex(of: "fold")))
    let features = names.indices.filter { !["y", "w", "fold"].contains(names[$0]) }
    func design(_ rows: [[Double]]) -> Design {
      Fixture.design(features.map { feature in rows.map { $0[feature] } }, rows.map { $0[y] })
    }
    let held = design(rows.filter { $0[fold] == 0 })
    for stage in [
      Fixture.boosting {
        $0.objective = .logistic; $0.rounds = 200
      }
    ] {
      let model = try await Fixture.fit(stage, design(rows.filter { $0[fold] != 0 }))
      let auc = Self.auc(held.target, try Fixture.predictions(model, held))
      #expect(auc >= best - 0.015, "\(auc) against \(best)")
    }
    let forest = try await Fixture.fit(Fixture.forest { $0.trees = 300 }, design(rows.filter { $0[fold] != 0 }))
    let auc = Self.auc(held.target, try Fixture.predictions(forest, held))
    #expect(auc >= best - 0.015, "forest: \(auc) against \(best)")
  }

  /// The chance that a bad one is predicted above a good one; ties count half.
  private static func auc(_ target: [Double], _ predicted: [Double]) -> Double {
    let (good, bad) = (target.indices.filter { target[$0] == 0 }, target.indices.filter { target[$0] == 1 })
    let wins = bad.reduce(0.0) { sum, b in
      good.reduce(sum) { $0 + (predicted[b] > predicted[$1] ? 1 : predicted[b] == predicted[$1] ? 0.5 : 0) }
    }
    return wins / Double(good.count * bad.count)
  }
}
