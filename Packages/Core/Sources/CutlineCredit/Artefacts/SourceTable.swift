public import CutlineCore

/// The table as read, with standardised column names.
public struct SourceTable: Artifact {
  public static let typeName = "source table"
  public let table: Table
  /// What the reader has to say: format, encoding, anything unusual.
  public let notes: [String]

  public init(table: Table, notes: [String]) {
    self.table = table
    self.notes = notes
  }
}
