import CutlineCompute
import CutlineSearch

/// Random grids of any dimension and the frontier by enumeration of all closed regions.
enum NdOracle {
  enum Family: Int, CaseIterable {
    case small, amounts, zeroCells, negativeNumerators, equalDenominators, large, equalCells, zeroDenominators
    case extremeRisks, riskless, collinear, hugeTies
  }

  /// Shapes of 1 to 5 dimensions with at most some thousand regions.
  static let shapes: [[Int]] = [
    [6], [4, 4], [3, 3, 2], [2, 2, 2, 2], [2, 3, 2], [4, 3, 2], [3, 3, 3], [3, 2, 2, 2], [5, 4], [1, 5, 1, 2], [7, 3],
    [12], [1], [1, 1, 3], [4, 2, 3], [2, 2, 2, 2, 2],
  ]

  static func grid(_ family: Family, shape: [Int], random: inout RandomStream) throws -> GridSumsND {
    let cells = shape.reduce(1, *)
    func value(_ range: ClosedRange<Int64>) -> Int64 {
      range.lowerBound + Int64(random.index(below: Int(range.upperBound - range.lowerBound) + 1))
    }
    var p: [Int64] = []
    var n: [Int64] = []
    var d: [Int64] = []
    for _ in 0..<cells {
      var cell: (p: Int64, n: Int64, d: Int64)
      switch family {
      case .small: cell = (value(0...3), value(0...3), value(0...3))
      case .amounts: cell = (value(0...1_000_000), value(0...60_000), value(1...1_000_000))
      case .zeroCells: cell = random.index(below: 2) == 0 ? (0, 0, 0) : (value(0...30), value(0...9), value(1...30))
      case .negativeNumerators: cell = (value(0...20), value(-5...9), value(1...20))
      case .equalDenominators: cell = (10, value(0...2), 10)
      case .large: cell = (value(0...100_000_000_000), value(0...9_000_000_000), value(0...200_000_000_000))
      case .equalCells: cell = (7, 3, 20)
      case .zeroDenominators: cell = (value(0...3), value(0...2), value(0...1))
      case .extremeRisks: cell = (value(0...1_000_000_000_000), value(0...200_000_000_000_000), value(0...1))
      case .riskless: cell = (value(0...9), random.index(below: 8) == 0 ? 3 : 0, value(0...9))
      case .collinear:
        let amount = value(0...1000)
        cell = (amount, 3 * amount, 40 * amount)
      case .hugeTies: cell = (value(0...2) * 90_000_000_000_000, value(0...1) * 5_000_000_000_000, 80_000_000_000_000)
      }
      if cell.d == 0, cell.n < 0 { cell.n = 0 }
      p.append(cell.p)
      n.append(cell.n)
      d.append(cell.d)
    }
    return try GridSumsND(shape: shape, production: p, numerator: n, denominator: d)
  }

  /// Sums of all closed regions with some cells and without others; `accepted` stays empty.
  static func regions(
    of grid: GridSumsND, accepting: Set<Int> = [], rejecting: Set<Int> = []
  ) -> [FrontierPoint] {
    let cells = grid.cellCount
    var safer: [[Int]] = []
    for cell in 0..<cells {
      var stride = cells
      safer.append(
        grid.shape.compactMap { size in
          stride /= size
          return (cell / stride) % size > 0 ? cell - stride : nil
        })
    }
    var regions: [FrontierPoint] = []
    var accepted = [Bool](repeating: false, count: cells)
    func visit(_ cell: Int, _ p: Int64, _ n: Int64, _ d: Int64) {
      guard cell < cells else {
        regions.append(FrontierPoint(production: p, numerator: n, denominator: d, accepted: []))
        return
      }
      if !accepting.contains(cell) { visit(cell + 1, p, n, d) }
      if !rejecting.contains(cell), safer[cell].allSatisfy({ accepted[$0] }) {
        accepted[cell] = true
        visit(cell + 1, p + grid.production[cell], n + grid.numerator[cell], d + grid.denominator[cell])
        accepted[cell] = false
      }
    }
    visit(0, 0, 0, 0)
    return regions
  }

  /// Whether two points have the same production and the same risk.
  static func agree(_ a: FrontierPoint, _ b: FrontierPoint) -> Bool {
    a.production == b.production && FrontierPoint.compareRisk(a, b) == 0
  }

  /// Whether risk is at most numerator / denominator.
  static func fits(_ point: FrontierPoint, _ numerator: Int64, _ denominator: Int64) -> Bool {
    let threshold = FrontierPoint(production: 0, numerator: numerator, denominator: denominator, accepted: [])
    return FrontierPoint.compareRisk(point, threshold) <= 0
  }
}
