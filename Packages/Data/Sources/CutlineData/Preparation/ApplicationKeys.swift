internal import CutlineCompute
internal import CutlineCore

/// A number per row that stands for the application, so that nothing drawn or ordered by it depends on the order of the
/// file: the hash of its id, or the row's number where the file has no ids. With a column of groups it stands for the
/// group: what is drawn by it (folds, resamples) takes all of one customer or dealer, or nothing.
struct ApplicationKeys {
  let values: [UInt64]
  /// Rows without a value in the column of groups; each is a group of its own.
  let ungrouped: Int

  /// - Throws: `Faults` (data) where the column of groups is not there, or empty in every row.
  init(_ table: Table, groupedBy column: String? = nil) throws {
    let ids = Self.hashes(table[ApplicationColumns.id], rows: table.rowCount)
    let own = ids.enumerated().map { $1 ?? UInt64($0) }
    guard let column else {
      (values, ungrouped) = (own, 0)
      return
    }
    let groups = Self.hashes(try table.column(column), rows: table.rowCount)
    ungrouped = groups.count { $0 == nil }
    guard ungrouped < table.rowCount else {
      throw Faults.data(
        "column \(column)", "is empty in every row, and group_by names it", "Name the column of the groups.")
    }
    values = zip(groups, own).map { $0 ?? $1 }
  }

  /// Those of some rows, without the others'.
  consuming func kept(_ rows: RowSet) -> [UInt64] {
    let own = values
    _ = consume self
    return (consume own).kept(rows)
  }

  private static func hashes(_ column: Column?, rows: Int) -> [UInt64?] {
    switch column?.values {
    case .text(let text):
      let hashes = text.bytes.withUnsafeBufferPointer { bytes in
        (0..<text.distinctCount).map { code in
          RandomStream.hash(UnsafeBufferPointer(rebasing: bytes[text.offsets[code]..<text.offsets[code + 1]]))
        }
      }
      return text.codes.map { $0 < 0 ? nil : hashes[Int($0)] }
    case .number(let numbers), .moment(let numbers, _):
      return numbers.map { $0.isNaN ? nil : RandomStream.hash(NumberText.shortest($0).utf8) }
    case nil: return Array(repeating: nil, count: rows)
    }
  }
}
