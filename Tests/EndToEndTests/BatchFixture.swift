import Foundation
import Testing

/// A simulated portfolio with a coarse grid, few resamples and a file of segments.
struct BatchFixture {
  let place: Workplace
  /// As they were at first.
  let segments: String

  /// Of the simulated segments, without the smallest, NEW_CUSTOMER and the rows that have none.
  static let segments = """
    [supersegments.consumer]
    segment_filters = ["CONSUMER_STD", "CONSUMER_PLUS"]

    [segments.std]
    segment_filter = "CONSUMER_STD"
    supersegment = "consumer"
    optimum_risk = 4.5
    min_risk = 3.5
    max_risk = 5.5

    [segments.plus]
    segment_filter = "CONSUMER_PLUS"
    supersegment = "consumer"
    optimum_risk = 8

    [segments.existing]
    segment_filter = "EXISTING_CUSTOMER"
    optimum_risk = 3.5

    """

  init(rows: Int = 9000, resamples: Int = 24, segments: String = segments) throws {
    place = try Workplace()
    self.segments = segments
    try place.simulate(rows: rows)
    try place.write(
      "base.toml",
      """
      extends = "config.toml"
      [preprocessing]
      resamples = \(resamples)
      audit_tables = false
      [preprocessing.bins.score_bin]
      edges = [-inf, 485, 510, inf]
      [preprocessing.bins.bureau_bin]
      edges = [-inf, 600, 650, 700, inf]
      [stages.draws]
      with = { groups = 4 }

      """)
    try place.write("segments.toml", segments)
  }

  /// `cutline batch -c base.toml` with more words.
  func batch(_ words: String...) throws -> Tool.Outcome { try place.tool.run(["batch", "-c", "base.toml"] + words) }

  /// The rows of a CSV file by their columns.
  func rows(_ path: String) throws -> [[String: String]] {
    let lines = try place.read(path).split(separator: "\n").map(Self.fields)
    let head = try #require(lines.first)
    return lines.dropFirst().map { Dictionary(zip(head, $0), uniquingKeysWith: { first, _ in first }) }
  }

  private static func fields(_ line: Substring) -> [String] {
    var fields = [""]
    var isQuoted = false
    for character in line {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: fields.append("")
      default: fields[fields.count - 1].append(character)
      }
    }
    return fields
  }

  func line(_ group: String, _ scenario: String = "base", in output: String = "output") throws -> [String: String] {
    let lines = try rows("\(output)/consolidated_risk_production.csv")
    return try #require(
      lines.first { $0["group"] == group && $0["scenario"] == scenario && $0["period"] == "main" })
  }
}
