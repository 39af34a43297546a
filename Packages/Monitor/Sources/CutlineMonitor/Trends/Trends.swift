internal import CutlineCore
internal import CutlineCredit

/// Looks at the months of a sample one after the other.
enum Trends: ExchangedKind {
  struct Input: Sendable {
    let cube: Cube
  }
  typealias Output = MonthlyTrends
  static let name = "trends"
  static let summary = "Monthly metrics, and which months are out of control."
  static let ports = Ports(Input.init, .one("cube", \.cube))

  static func check(_ output: MonthlyTrends, against input: Input) throws {
    let rows = try input.cube.sumsByMonth(of: .rows, ApplicationState.all).map { $0.reduce(0, +) }
    let own = Dictionary(output.months.map { ($0.month, $0.applications) }, uniquingKeysWith: { a, _ in a })
    guard zip(input.cube.months, rows).allSatisfy({ own[$0] == $1 }) else {
      throw Faults.data("trends", "its months do not hold the applications of the cube", "Count every month once.")
    }
  }

  static func specimens() throws -> [Input] { [Input(cube: try SmallPortfolio().cube)] }
}

/// The metrics of every month of the file, and the charts made of them.
struct MonthlyTrends: StoredArtifact {
  static let typeName = "monthly trends"

  /// Whether a month of a metric could be charted, and how it stands.
  enum Status: String, Sendable, Codable {
    case inControl = "in control"
    case anomaly
    /// Fewer earlier months than the chart needs: nothing is said about this one.
    case insufficient
    /// The month has no value.
    case noData = "no data"
    /// Most of its outcomes are not known yet.
    case immature
  }

  /// One month of one metric.
  struct Point: Sendable, Codable, Hashable {
    let metric: String
    let month: Month
    let value: Double?
    let centre, low, high: Double?
    /// Two-sided, of this month alone; nil where the chart has none.
    let p: Double?
    /// The same held against all months and metrics that were charted (Holm).
    let adjusted: Double?
    let baselineMonths: Int
    let status: Status
  }

  /// A metric over all its months: whether it rises or falls.
  struct Slope: Sendable, Codable, Hashable {
    let metric: String
    let months: Int
    /// Per month: the median of all pairs, and the least squares.
    let theilSen, leastSquares: Double?
    /// Of no trend, by Mann and Kendall.
    let p: Double?
  }

  let months: [MonthMetrics]
  let points: [Point]
  let slopes: [Slope]
  /// Share of months that noise alone puts out of control, each chart by itself; nil for rules that state none.
  let level: Double?
}
