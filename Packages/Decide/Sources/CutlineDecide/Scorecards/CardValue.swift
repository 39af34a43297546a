public import CutlineCore

/// What a record holds of a characteristic.
public enum CardValue: Sendable, Hashable {
  /// NaN is missing.
  case number(Double)
  case word(String)
  case missing
}

/// What many records hold of a characteristic, in their order.
public enum CardColumn: Sendable {
  /// NaN is missing.
  case numbers([Double])
  /// The text of each row, missing where it has none.
  case words(TextColumn)

  public var count: Int {
    switch self {
    case .numbers(let numbers): numbers.count
    case .words(let words): words.codes.count
    }
  }

  public subscript(row: Int) -> CardValue {
    switch self {
    case .numbers(let numbers): numbers[row].isNaN ? .missing : .number(numbers[row])
    case .words(let words): words[row].map(CardValue.word) ?? .missing
    }
  }

  /// Some of the rows, in the order of `rows`.
  public func taken(_ rows: [Int]) -> CardColumn {
    switch self {
    case .numbers(let numbers): return .numbers(rows.map { numbers[$0] })
    case .words(var words):
      words.codes = rows.map { [codes = words.codes] in codes[$0] }
      return .words(words)
    }
  }
}
