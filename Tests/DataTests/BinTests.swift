import CutlineCore
import CutlineCredit
import TestSupport
import Testing

@testable import CutlineData

/// Proposed edges: the methods, and what preparation makes of them.
@Suite struct BinTests {
  private static let context = RunContext(stageID: "bin", seed: 1)

  private static func evidence(
    closed: GridAxis.Closed = .right, direction: Direction? = .higherIsSafer, most: Int? = nil,
    rows: [Int64] = [10, 10, 10, 10, 10, 10, 10, 10, 10, 10], bad: [Int64] = [5, 4, 4, 3, 4, 2, 2, 1, 1, 1]
  ) -> BinEvidence {
    BinEvidence(
      variable: "score", source: "raw", direction: direction, closed: closed,
      values: rows.indices.map { 100 + 10 * Double($0) },
      sums: zip(rows, bad).map { .init(rows: $0, good: $0 - $1, bad: $1, numerator: $1 * 100, denominator: $0 * 600) },
      apart: [], mostBins: most)
  }

  private func cuts<S: Stage>(_ stage: S, _ evidence: BinEvidence) async throws -> [Double] where S.Kind == Bin {
    let input = Bin.Input(evidence: evidence)
    let proposal = try await stage.run(input, in: Self.context)
    try Bin.check(proposal, against: input)
    return proposal.cuts
  }

  private func optimal(_ change: (inout OptimalBins.Config) -> Void = { _ in }) -> OptimalBins {
    var config = OptimalBins.Config()
    change(&config)
    return OptimalBins(config: config)
  }

  @Test func quantilesAndWidths() async throws {
    var five = QuantileBins.Config()
    five.bins = 5
    let even = Self.evidence()
    #expect(try await cuts(QuantileBins(config: five), even) == [110, 130, 150, 170])
    #expect(try await cuts(QuantileBins(config: five), Self.evidence(closed: .left)) == [120, 140, 160, 180])
    #expect(try await cuts(QuantileBins(config: five), Self.evidence(most: 2)) == [140])
    // One value that most share makes fewer bins.
    let shared = Self.evidence(rows: [1, 1, 90, 1, 1, 1, 1, 1, 2, 1], bad: [1, 0, 9, 0, 0, 0, 0, 0, 0, 0])
    #expect(try await cuts(QuantileBins(config: five), shared) == [120])
    #expect(try await cuts(EqualWidthBins(config: five), even) == [110, 130, 150, 170])
    var three = five
    three.bins = 3
    #expect(try await cuts(EqualWidthBins(config: three), even) == [130, 160])
  }

  @Test func optimalKeepsDirectionAndSizes() async throws {
    let falling = try await cuts(optimal { $0.share = 0.1 }, Self.evidence())
    #expect(!falling.isEmpty && falling.count <= 5)
    let two = try await cuts(optimal { $0.bins = 2 }, Self.evidence())
    #expect(two.count == 1)
    let most = try await cuts(optimal { $0.share = 0 }, Self.evidence(most: 3))
    #expect(most.count == 2)
    let wide = try await cuts(optimal { $0.rows = 50 }, Self.evidence())
    #expect(wide == [140])
    // Without a direction the data says; against it one bin is left, and the other direction is worth more.
    let free = try await cuts(optimal(), Self.evidence(direction: nil))
    #expect(free == (try await cuts(optimal(), Self.evidence())))
    let wrong = try await optimal().run(.init(evidence: Self.evidence(direction: .higherIsRiskier)), in: Self.context)
    #expect(wrong.cuts.isEmpty && wrong.contradictsDirection)
    let right = try await optimal().run(.init(evidence: Self.evidence()), in: Self.context)
    #expect(!right.contradictsDirection && right.freeValue == right.value && right.objective == "deviance")
    let iv = try await optimal { $0.objective = .informationValue }.run(
      .init(evidence: Self.evidence()), in: Self.context)
    #expect(iv.objective == "iv" && iv.value != right.value)
    await expectFaults(.gate) { try await cuts(optimal { $0.rows = 101 }, Self.evidence()) }
    await expectFaults(.gate) {
      try await cuts(optimal(), Self.evidence(bad: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]))
    }
  }

  /// A product such as 0.07 · 100 is 7 and not the next whole number.
  @Test func shareIsExact() async throws {
    let evidence = Self.evidence(rows: [7, 43, 43, 7], bad: [5, 20, 10, 1])
    let all = try await cuts(optimal { $0.share = 0.07 }, evidence)
    // Of fewer than ten applications a value is no edge: a number beside it parts them as well.
    #expect(all == [101, 110, 120])
    #expect(try await cuts(optimal { $0.share = 0.0700001 }, evidence) == [110])
  }

  @Test func lawsRefuseOtherEdges() throws {
    let input = Bin.Input(evidence: Self.evidence())
    for cuts in [[95.0], [101, 105], [130, 120], [120, 120], [190], [.nan]] {
      expectFaults(.data) { try Bin.check(BinProposal(cuts: cuts), against: input) }
    }
    expectFaults(.data) { try Bin.check(BinProposal(cuts: [120], value: .infinity), against: input) }
    try Bin.check(BinProposal(cuts: [105, 180]), against: input)
  }

  // MARK: In a preparation

  private static func proposed(_ inner: String, _ more: String = "") -> String {
    """
    [bins.inner]
    source = "score_rf"
    direction = "higher-is-safer"
    missing = "drop"
    edges = "\(inner)"
    \(more)
    """
  }

  private func sample(_ applications: Applications, _ settings: String) async throws -> Sample {
    try await applications.sample(settings)
  }

  @Test func preparationCutsAsProposed() async throws {
    let applications = Applications.plausible()
    let sample = try await sample(applications, Self.proposed("quantile", "max_bins = 4"))
    #expect(sample.grid.axes[0].edges == [-.infinity, 21, 46, 71, .infinity])
    // As if they had been typed.
    let typed = try await self.sample(
      applications, Self.proposed("x").replacing("\"x\"", with: "[-inf, 21, 46, 71, inf]"))
    #expect(typed.cell == sample.cell && typed.grid == sample.grid)
    let said = try await applications.said(Self.proposed("optimal"), only: .note)
    #expect(said.contains { $0.contains("inner: 6 bins by optimal from 400 outcomes") && $0.contains("edges = [-inf") })
  }

  /// What becomes known later must not move an edge, nor must the segment that a run looks at.
  @Test func edgesComeFromTheMainPeriodOfTheFile() async throws {
    var applications = Applications.plausible()
    let before = try await sample(applications, Self.proposed("optimal"))
    applications.add(200) {
      $0.month = "2023-02-01"; $0.internalScore = 96; $0.todu = 500
    }
    let recent = "date_ini_book_obs_mr = \"2023-01-01\"\ndate_fin_book_obs_mr = \"2023-06-01\"\n"
    let after = try await sample(applications, recent + Self.proposed("optimal"))
    #expect(after.grid == before.grid)
    // A month of which most outcomes are unknown says nothing, whatever the rest of it says.
    applications.add(20) {
      $0.month = "2022-11-01"; $0.todu = nil
    }
    applications.add(5) {
      $0.month = "2022-11-01"; $0.internalScore = 96; $0.todu = 600
    }
    let immature = try await sample(applications, recent + Self.proposed("optimal"))
    #expect(immature.grid == before.grid)
    // Another segment, where risk rises with the score.
    applications.add(300) {
      $0.segment = "other"; $0.internalScore = 21; $0.todu = 0
    }
    let all = try await sample(applications, Self.proposed("optimal"))
    let standard = "segment_filter = \"std\"\n"
    let ofFile = try await sample(applications, standard + Self.proposed("optimal"))
    let ofSegment = try await sample(
      applications, standard + "bins_scope = \"segment\"\n" + Self.proposed("optimal"))
    #expect(ofFile.grid == all.grid && ofSegment.grid == before.grid && all.grid != before.grid)
  }

  @Test func mistakesAreSaid() async throws {
    let applications = Applications.plausible()
    await expectFaults(.usage) { try await sample(applications, Self.proposed("optimel")) }
    let riskier = Self.proposed("optimal").replacing("higher-is-safer", with: "higher-is-riskier")
    await expectFaults(.gate) { try await sample(applications, riskier) }
    // What a method throws keeps its code and says whose it is.
    var harmless = Applications()
    harmless.add(100) { $0.todu = 0 }
    do {
      _ = try await sample(harmless, Self.proposed("optimal"))
      Issue.record("bins were proposed where nothing went bad")
    } catch let error as any EndingError {
      #expect(error.exitCode == .gate && error.text(.log).contains("bin_methods[1] optimal: variable inner: no bins"))
    }
    expectFaults(.usage) {
      try Applications.config("", bins: Self.proposed("x", "max_bins = 3").replacing("\"x\"", with: "[0, 1]"))
    }
    do {
      _ = try Applications.config(
        "variables = [\"inner\"]", bins: "[bins.inner]\nsource = \"score_rf\"\ndirection = \"higher-is-safer\"")
      Issue.record("a score without edges was taken")
    } catch let faults as Faults {
      let text = faults.text(.log)
      #expect(text.contains("bins.inner has no edges") && text.contains("cutline bins"), "\(text)")
    }
    #expect(
      try await applications.said("bins_scope = \"segment\"").contains { $0.hasPrefix("bins_scope has no effect") })
  }

  /// Rows in another order give the same sums.
  @Test func evidenceIsOfRowsAndNotOfTheirOrder() throws {
    let values: [Double] = [3, 1, .nan, 9999, 1, -0.0, 0]
    let bins = VariableBins(
      source: "raw", direction: .higherIsSafer, edges: [], special: [(9999, .drop)])
    func evidence(_ order: [Int]) throws -> BinEvidence {
      try BinEvidence(
        "score", bins, direction: nil, values: order.map { values[$0] }, rows: .all(7)
      ) { order[$0] == 0 ? nil : (Int64(order[$0] % 2) * 10, 100) }
    }
    let own = try evidence([0, 1, 2, 3, 4, 5, 6])
    #expect(try evidence([6, 5, 4, 3, 2, 1, 0]) == own)
    #expect(own.values == [0, 1, 3] && own.sums.map(\.rows) == [2, 2, 1])
    #expect(own.sums.map(\.bad) == [1, 1, 0] && own.sums.map(\.good) == [1, 1, 0])
    #expect(own.apart.map(\.name) == ["special code 9999", "missing"] && own.total.rows == 7)
    #expect(own.total.denominator == 600)
  }
}
