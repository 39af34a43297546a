internal import CutlineCompute
internal import CutlineCore

/// A number per row that stands for the application, so that nothing drawn or ordered by it depends on the order of the
/// file: the hash of its id, or the row's number where the file has no ids.
struct ApplicationKeys {
  let values: [UInt64]

  init(_ table: Table) {
    switch table[ApplicationColumns.id]?.values {
    case .text(let text):
      let hashes = (0..<text.distinctCount).map { code in
        RandomStream.hash(text.bytes[text.offsets[code]..<text.offsets[code + 1]])
      }
      values = text.codes.enumerated().map { $1 < 0 ? UInt64($0) : hashes[Int($1)] }
    case .number(let numbers), .moment(let numbers, _):
      values = numbers.enumerated().map { $1.isNaN ? UInt64($0) : RandomStream.hash(NumberText.shortest($1).utf8) }
    case nil: values = (0..<table.rowCount).map { UInt64($0) }
    }
  }
}
