/// A sentence about a run, which the run folder keeps. What is put into it must say what it is, so that no value of an
/// application gets into a log by accident:
///
/// ```swift
/// context.note("\(rows) rows of \(word: column) are empty, the first holds \(personal: value)")
/// ```
public struct Remark: Sendable, Hashable, ExpressibleByStringInterpolation {
  /// All of it, for a console that asks for values.
  public let shown: String
  /// For a console: what is personal is left out.
  public let discreet: String
  /// For files: what is personal or printed by programs is left out.
  public let masked: String

  public init(stringLiteral text: String) { self.init(shown: text, discreet: text, masked: text) }

  public init(stringInterpolation text: Interpolation) {
    self.init(shown: text.shown, discreet: text.discreet, masked: text.masked)
  }

  private init(shown: String, discreet: String, masked: String) {
    self.shown = shown
    self.discreet = discreet
    self.masked = masked
  }

  /// Text that a program has made of its own words and numbers.
  public init(word text: String) { self.init(stringLiteral: TerminalText.escaped(text)) }

  /// An error; what of it is personal is shown and not kept.
  public init(_ error: some EndingError) {
    self.init(shown: error.text(.full), discreet: error.text(.discreet), masked: error.text(.log))
  }

  /// What a program has printed, of which it is not known what it holds.
  public init(printed text: String) { self = "\(printed: text)" }

  public static func + (a: Remark, b: Remark) -> Remark {
    Remark(shown: a.shown + b.shown, discreet: a.discreet + b.discreet, masked: a.masked + b.masked)
  }

  static let mask = "(not kept)"
  static let unshown = "(not shown)"

  /// Takes numbers, `word:`, `printed:` and `personal:`, and nothing else.
  public struct Interpolation: StringInterpolationProtocol {
    fileprivate var shown = ""
    fileprivate var discreet = ""
    fileprivate var masked = ""

    public init(literalCapacity: Int, interpolationCount: Int) {}

    public mutating func appendLiteral(_ literal: String) {
      shown += literal
      discreet += literal
      masked += literal
    }

    public mutating func appendInterpolation(_ number: some BinaryInteger) { appendLiteral(String(number)) }
    public mutating func appendInterpolation(_ number: some BinaryFloatingPoint & CustomStringConvertible) {
      appendLiteral(number.description)
    }

    /// A name of the configuration, the schema or the program, or a number that was rounded for people.
    public mutating func appendInterpolation(word: some CustomStringConvertible) {
      appendLiteral(TerminalText.escaped(word.description))
    }

    /// A value that `rows` rows share: a word where they are enough for `Vocabulary`, else personal.
    public mutating func appendInterpolation(value: String, sharedBy rows: Int) {
      if Vocabulary.isShared(by: rows) {
        appendInterpolation(word: value)
      } else {
        appendInterpolation(personal: value)
      }
    }

    /// A value that may be of a person.
    public mutating func appendInterpolation(personal: some CustomStringConvertible) {
      shown += TerminalText.escaped(personal.description)
      discreet += TerminalText.escaped(Fault.shape(personal.description))
      masked += Remark.mask
    }

    /// What a program has printed, which may hold anything.
    public mutating func appendInterpolation(printed: String) {
      shown += TerminalText.escaped(printed)
      discreet += Remark.unshown
      masked += Remark.mask
    }
  }
}
