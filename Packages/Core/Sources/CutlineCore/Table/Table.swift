/// A columnar table: equally long named columns of numbers, moments or text.
public struct Table: Sendable {
  /// Columns in the order of the file.
  public let columns: [Column]
  /// Rows in every column.
  public let rowCount: Int
  private let places: [String: Int]

  /// - Throws: `Faults` (data) when two columns share a name or lengths differ.
  public init(columns: [Column], rowCount: Int) throws {
    var places: [String: Int] = [:]
    for (index, column) in columns.enumerated() {
      guard column.count == rowCount else {
        throw Faults.data(
          "column \(column.name)", "has \(column.count) values in a table of \(rowCount) rows",
          "This is a fault of the reader; please report it with the file.")
      }
      if let other = places.updateValue(index, forKey: column.name) {
        throw Faults.data(
          "columns \(other + 1) and \(index + 1)",
          "two columns are called \"\(column.name)\" (in the file: \"\(columns[other].originalName)\" and "
            + "\"\(column.originalName)\")",
          "Rename one of them in the file; names are compared in lower case with spaces as underscores.")
      }
    }
    self.columns = columns
    self.rowCount = rowCount
    self.places = places
  }

  /// The column of that name, or nil.
  public subscript(name: String) -> Column? { places[name].map { columns[$0] } }

  /// The names in order.
  public var names: [String] { columns.map(\.name) }

  /// The column of that name.
  /// - Throws: `Faults` (data) that lists the nearest name.
  public func column(_ name: String) throws -> Column {
    if let column = self[name] { return column }
    let hint = DidYouMean.phrase(for: name, among: names)
    throw Faults.data("column \(name)", "is not in the data\(hint)", "Columns found: \(names.joined(separator: ", ")).")
  }
}

/// One column of a `Table`.
public struct Column: Sendable {
  /// Unique in its table.
  public let name: String
  /// As the file spells it.
  public let originalName: String
  /// The file's description of the column, if it has one.
  public let label: String?
  public let values: ColumnValues

  public init(name: String, originalName: String? = nil, label: String? = nil, values: ColumnValues) {
    self.name = name
    self.originalName = originalName ?? name
    self.label = label
    self.values = values
  }

  public var count: Int {
    switch values {
    case .number(let numbers), .moment(let numbers, _): numbers.count
    case .text(let text): text.codes.count
    }
  }

  /// A column with the same values under another name.
  public func renamed(_ name: String) -> Column {
    Column(name: name, originalName: originalName, label: label, values: values)
  }
}

/// What a column holds.
public enum ColumnValues: Sendable {
  /// Numbers; a missing one is the NaN of its `Missing` reason.
  case number([Double])
  /// Dates, date-times or times, counted from the SAS epoch so that every source gives the same bits.
  case moment([Double], MomentUnit)
  case text(TextColumn)
}

/// How a moment is counted. The epoch is 1960-01-01, as in SAS.
public enum MomentUnit: String, Sendable, Codable {
  /// Days since 1960-01-01.
  case date
  /// Seconds since 1960-01-01T00:00:00.
  case dateTime
  /// Seconds since midnight.
  case time
}
