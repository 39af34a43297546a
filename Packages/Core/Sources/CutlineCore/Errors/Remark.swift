/// A sentence about a run, which the run folder keeps. What is put into it must say what it is, so that no value of an
/// application gets into a log by accident:
///
/// ```swift
/// context.note("\(rows) rows of \(word: column) are empty, the first holds \(personal: value)")
/// ```
public struct Remark: Sendable, Hashable, ExpressibleByStringInterpolation {
  /// For the console.
  public let shown: String
  /// For files: what is personal is left out.
  public let masked: String

  public init(stringLiteral text: String) {
    shown = text
    masked = text
  }

  public init(stringInterpolation text: Interpolation) {
    shown = text.shown
    masked = text.masked
  }

  /// Text that a program has made of its own words and numbers.
  public init(word text: String) { self.init(stringLiteral: text) }

  /// An error; what of it is personal is shown and not kept.
  public init(_ error: some EndingError) {
    shown = error.description
    masked = error.masked
  }

  /// Text of which it is not known what it holds, such as what a program prints.
  public init(personal text: String) {
    shown = text
    masked = Self.mask
  }

  public static func + (a: Remark, b: Remark) -> Remark {
    Remark(masked: a.masked + b.masked, shown: a.shown + b.shown)
  }

  init(masked: String, shown: String) {
    self.shown = shown
    self.masked = masked
  }

  static let mask = "(not kept)"

  /// Takes numbers, `word:` and `personal:`, and nothing else.
  public struct Interpolation: StringInterpolationProtocol {
    fileprivate var shown = ""
    fileprivate var masked = ""

    public init(literalCapacity: Int, interpolationCount: Int) {}

    public mutating func appendLiteral(_ literal: String) {
      shown += literal
      masked += literal
    }

    public mutating func appendInterpolation(_ number: some BinaryInteger) { appendLiteral(String(number)) }
    public mutating func appendInterpolation(_ number: some BinaryFloatingPoint & CustomStringConvertible) {
      appendLiteral(number.description)
    }

    /// A name of the configuration, the schema or the program, or a number that was rounded for people.
    public mutating func appendInterpolation(word: some CustomStringConvertible) { appendLiteral(word.description) }

    /// A value that may be of a person.
    public mutating func appendInterpolation(personal: some CustomStringConvertible) {
      shown += personal.description
      masked += Remark.mask
    }
  }
}
