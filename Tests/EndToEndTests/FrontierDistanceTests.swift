import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineReport
import Testing

/// What a stated strategy misses of a frontier.
@Suite struct FrontierDistanceTests {
  private static let nothing = Strategy(accepted: [])

  private static func frontier(
    _ sums: [CellSums], open: [Frontier.OpenInterval] = [], answers: [Frontier.Answer] = [], statedBy: String? = nil,
    constraints: [String]? = nil, isFixed: Bool = false
  ) -> Frontier {
    Frontier(
      points: sums.map {
        Frontier.Point(
          production: $0.production, numerator: $0.numerator, denominator: $0.denominator, strategy: nothing)
      }, strategyCount: nil, search: "frontier", open: open, answers: answers, statedBy: statedBy,
      constraints: constraints, isFixed: isFixed)
  }

  /// The points that no other one dominates, of random sums, against a look at all of them.
  @Test func distancesAreThoseOfAllStrategies() throws {
    var random = RandomStream(seed: 11)
    let measure = RiskMeasure(multiplier: 7)
    for _ in 0..<20 {
      let all =
        (0..<40).map { _ in
          CellSums(
            numerator: Int64(random.index(below: 30)), denominator: Int64(1 + random.index(below: 60)),
            production: Int64(random.index(below: 50)))
        } + [.zero]
      func risk(_ sums: CellSums) -> Double { measure.strategyPercent(sums) ?? .infinity }
      let best = all.filter { own in
        !all.contains { other in
          risk(other) <= risk(own) && other.production >= own.production
            && (risk(other) < risk(own) || other.production > own.production)
        }
      }.sorted { ($0.production, risk($0)) < ($1.production, risk($1)) }
      let frontier = Self.frontier(best)
      for own in all {
        let found = FrontierDistance(of: own, to: frontier)
        #expect(found.knowledge == .complete)
        #expect(found.mostProduction == all.filter { risk($0) <= risk(own) }.map(\.production).max())
        let least = all.filter { $0.production >= own.production }.map(risk).min()
        #expect(found.leastRisk.map(risk) == least)
      }
    }
  }

  @Test func whatIsKnownIsSaid() throws {
    let points = [CellSums.zero, CellSums(numerator: 1, denominator: 10, production: 5)]
    let own = CellSums(numerator: 2, denominator: 10, production: 4)
    func knowledge(_ frontier: Frontier) -> FrontierDistance.Knowledge {
      FrontierDistance(of: own, to: frontier).knowledge
    }
    #expect(knowledge(Self.frontier(points, constraints: ["production_floor = 1"])) == .constrained)
    #expect(knowledge(Self.frontier(points, statedBy: "a program")) == .incomplete)
    #expect(knowledge(Self.frontier(points, open: [.init(from: nil, to: nil)])) == .incomplete)
    let answer = Frontier.Answer(limit: try DecimalNumber(5), status: .optimal, point: 1, bound: nil)
    for unknown in [Self.frontier(points, answers: [answer]), Self.frontier(points, isFixed: true)] {
      let found = FrontierDistance(of: own, to: unknown)
      #expect(found.knowledge == .unknown && found.mostProduction == nil && found.leastRisk == nil)
    }
    // A strategy without a risk is compared by production alone; one that brings more than any, not at all.
    let broken = FrontierDistance(
      of: CellSums(numerator: 1, denominator: 0, production: 9), to: Self.frontier(points))
    #expect(broken.mostProduction == nil && broken.leastRisk == nil)
  }
}
