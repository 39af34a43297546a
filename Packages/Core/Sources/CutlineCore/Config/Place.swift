/// Where something stands: a file with line and column, a column of a table with its row, a stage, the command line.
public struct Place: Sendable, Hashable, CustomStringConvertible {
  /// A file, a column, a stage, an option.
  public let source: String
  /// From 1; 0 where there is none.
  public let line, column: Int
  /// The row of a table, from 1; 0 where there is none.
  public let row: Int

  public init(source: String, line: Int = 0, column: Int = 0) {
    self.source = source
    self.line = line
    self.column = column
    row = 0
  }

  /// A value of a table.
  /// - Parameter row: from 0.
  public init(column name: String, row: Int) {
    source = "column \(name)"
    line = 0
    column = 0
    self.row = row + 1
  }

  /// The place of a value that nobody wrote.
  public static let `default` = Place(source: "default")

  public var description: String {
    if line > 0 { return "\(source):\(line):\(column)" }
    return row > 0 ? "\(source), row \(row)" : source
  }
}

extension Place: ExpressibleByStringInterpolation {
  public init(stringLiteral source: String) { self.init(source: source) }
}

/// What an error can name as its place.
public protocol Location {
  var place: Place { get }
}

extension Place: Location {
  public var place: Place { self }
}

extension String: Location {
  public var place: Place { Place(source: self) }
}
