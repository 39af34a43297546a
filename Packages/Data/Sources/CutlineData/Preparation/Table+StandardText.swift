internal import CutlineCore

extension Table {
  /// A text column, as its values are compared.
  /// - Throws: `Faults` (data) when the column is missing, is not text, or two spellings collide.
  func standardText(_ name: String, merging: Bool) throws -> StandardText {
    let column = try column(name)
    switch column.values {
    case .text(let text): return try StandardText(text, name: name, merging: merging)
    case .number(let numbers):
      // A column of codes such as 1 and 2, or an empty one, is compared by its printed form.
      return try StandardText(
        TextColumn(numbers.map { $0.isNaN ? nil : NumberText.shortest($0) }), name: name, merging: merging)
    case .moment: throw Faults.data("column \(name)", "holds dates, but text is needed", "Name another column.")
    }
  }
}
