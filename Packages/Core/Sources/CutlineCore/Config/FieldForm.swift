/// What may stand at a key, for programs: editors that complete and check a configuration.
public indirect enum FieldForm: Sendable, Hashable {
  case number(ClosedRange<Double>)
  case integer(ClosedRange<Int>)
  case boolean
  case text
  case date
  case choice([String])
  case list(of: FieldForm, atLeast: Int)
  /// A table with any keys whose values have one form.
  case map(of: FieldForm)
  /// A table with these keys, each with its form and what it means.
  case table([Key])
  /// One of several forms.
  case oneOf([FieldForm])
  /// A stage of a kind: its name, or a table with `use` and `with`.
  case stage(String)
  /// A form of its own, which only the stage can check.
  case any
  /// No value at all.
  case nothing

  /// Whether a stage of `kind` may stand there, alone or in a list.
  public func holds(_ kind: String) -> Bool {
    switch self {
    case .stage(let own): own == kind
    case .list(let element, _): element.holds(kind)
    default: false
    }
  }

  /// A key of a table.
  public struct Key: Sendable, Hashable {
    public let name, sentence: String
    public let form: FieldForm

    public init(_ name: String, _ form: FieldForm, _ sentence: String) {
      self.name = name
      self.form = form
      self.sentence = sentence
    }
  }
}
