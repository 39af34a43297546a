public import CutlineCore

/// Brings a table of applications.
public enum Source: Kind {
  public typealias Input = NoInput
  public typealias Output = SourceTable
  public static let name = "source"
  public static let summary = "Reads a table of applications from a file."
}

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
