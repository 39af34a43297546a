internal import CutlineCore
internal import CutlineFormats
public import Foundation

/// A scorecard as a file that other programs score by.
///
/// Every format gives the same whole number for the same record, and the same reason codes (`ScorecardAnswer`);
/// docs/methods/scorecard-exchange.md has an example of each and its limits.
public enum ScorecardExport {
  public enum Format: String, Sendable, CaseIterable {
    /// A Scorecard of PMML 4.4.
    case pmml
    /// One SELECT with CASE.
    case sql
    /// The card itself, as runs and versions have it.
    case json
    /// One C99 file.
    case c
    /// The table of points.
    case csv
    /// The same as a spreadsheet.
    case xlsx
  }

  public enum Dialect: String, Sendable, CaseIterable { case sqlite, postgres }

  public struct Options: Sendable {
    /// What the card is called in the file.
    public var name = "scorecard"
    /// sql: the table that is read.
    public var table = "applications"
    /// sql: columns that are handed through; none = those of the characteristics.
    public var keys: [String] = []
    public var dialect = Dialect.sqlite
    /// c: the name of the function.
    public var function = "cutline_score"
    public init() {}
  }

  /// - Throws: `Faults` (data) where the format cannot carry the card, (usage) for names that it cannot have, or a library that is
  ///   not installed.
  /// - Complexity: O(size of the card).
  public static func bytes(of card: Scorecard, as format: Format, _ options: Options = Options()) throws -> Data {
    switch format {
    case .pmml: Data(try PmmlScorecard(card, options.name).text.utf8)
    case .sql: Data(try SqlScorecard(card, options).text.utf8)
    case .json: try CanonicalJSON.encode(card, pretty: true) + Data("\n".utf8)
    case .c: Data(try CScorecard(card, options).text.utf8)
    case .csv: Data(PointsTable(card).csv)
    case .xlsx: try PointsTable(card).spreadsheet(options.name)
    }
  }

  /// Control characters and line ends that a comment or an attribute cannot hold are left out.
  static func line(_ text: String) -> String {
    String(text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : Character($0) })
  }

  /// The points of units, as decimals: `12` or `12.5`.
  static func points(_ units: Int64, of card: Scorecard) -> String {
    guard card.scale.unitsPerPoint > 1 else { return "\(units)" }
    let (whole, rest) = units.magnitude.quotientAndRemainder(dividingBy: UInt64(card.scale.unitsPerPoint))
    return "\(units < 0 ? "-" : "")\(whole)\(rest == 0 ? "" : ".\(rest)")"
  }
}
