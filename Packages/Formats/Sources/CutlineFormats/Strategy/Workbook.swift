/// Sheets of text and numbers, as a spreadsheet shows them.
struct Workbook {
  enum Form: Hashable, CaseIterable {
    case plain, header
    /// A fraction that is shown as a percentage.
    case percent
    /// With groups of three digits and two decimals.
    case amount
    /// A whole number.
    case count
    /// Accepted and rejected cells.
    case accepted, rejected
  }

  enum Cell {
    case empty
    case text(String, Form = .plain)
    case number(Double, Form)

    /// Nothing where there is no value: never 0.
    static func number(_ value: Double?, _ form: Form) -> Cell {
      guard let value, value.isFinite else { return .empty }
      return .number(value, form)
    }
  }

  struct Sheet {
    let name: String
    var rows: [[Cell]]
    /// How many rows and columns stay in view.
    var frozenRows = 1
    var frozenColumns = 0

    /// Per column, in characters: what its longest text or number needs, within 8 and 48.
    var widths: [Double] {
      (0..<(rows.map(\.count).max() ?? 0)).map { column in
        let longest =
          rows.map { row -> Int in
            guard column < row.count else { return 0 }
            switch row[column] {
            case .empty: return 0
            case .text(let text, _): return text.count
            case .number(let value, .amount):
              return Int(clampedTo: max(1, value.magnitude)).description.count * 4 / 3 + 4
            case .number(_, .percent): return 9
            case .number(let value, _): return Int(clampedTo: value).description.count + 1
            }
          }.max() ?? 0
        return Double(min(48, max(8, longest + 2)))
      }
    }
  }

  let title: String
  let sheets: [Sheet]
}

extension Int {
  /// The whole part of a finite number, at most what fits.
  fileprivate init(clampedTo value: Double) { self = Int(Swift.max(-9e15, Swift.min(9e15, value))) }
}
