extension Table {
  /// The first `count` rows, or all where there are fewer. O(count · columns).
  public func prefix(_ count: Int) throws -> Table {
    guard count < rowCount else { return self }
    let columns = columns.map { column in
      let values: ColumnValues =
        switch column.values {
        case .number(let numbers): .number(Array(numbers.prefix(count)))
        case .moment(let numbers, let unit): .moment(Array(numbers.prefix(count)), unit)
        case .text(let text):
          .text(TextColumn(codes: Array(text.codes.prefix(count)), bytes: text.bytes, offsets: text.offsets))
        }
      return Column(name: column.name, originalName: column.originalName, label: column.label, values: values)
    }
    return try Table(columns: columns, rowCount: count)
  }
}
