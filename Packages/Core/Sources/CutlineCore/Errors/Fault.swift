/// One thing that is wrong: *where: what is wrong, what was found. What to do.*
public struct Fault: Sendable, Hashable, CustomStringConvertible {
  /// What was found where something else was expected.
  public enum Found: Sendable, Hashable {
    /// A name of the configuration, the schema or the program: may be logged.
    case word(String)
    /// A value that may be of a person: shown on a console that asks for it, else its form; never written to a log.
    case personal(String)
    /// The words of a column that sorts applications into kinds: shown on the console, never written to a log.
    case vocabulary(String)
    /// Lines that a program has printed, which may hold anything: shown below the sentence on a console that asks for values.
    case printed([String])
  }

  /// A file with line and column, a column with its row, a stage, an option.
  public let place: Place
  /// What is wrong; no full stop.
  public let problem: String
  public let found: Found?
  /// What to do, as a sentence.
  public let advice: String
  /// Decides how the program ends.
  public let code: ExitCode
  /// Who gave what is wrong, where place and problem may hold anything: then a log keeps only that.
  let giver: String?

  public init(_ code: ExitCode, _ place: Place, _ problem: String, found: Found? = nil, _ advice: String) {
    self.init(code, place, problem, found: found, advice, giver: nil)
  }

  init(_ code: ExitCode, _ place: Place, _ problem: String, found: Found?, _ advice: String, giver: String?) {
    self.giver = giver
    self.code = code
    self.place = place
    self.problem = problem
    self.found = found
    self.advice = advice
  }

  public var description: String { text(.full) }

  /// How a value is written, without what it says: digits are 9, letters A or a, signs beyond ASCII a question mark.
  static func shape(_ value: String) -> String {
    String(
      value.prefix(40).map { $0.isNumber ? "9" : $0.isUppercase ? "A" : $0.isLetter ? "a" : $0.isASCII ? $0 : "?" })
  }

  /// The sentence with as much of what was found as may be told.
  public func text(_ disclosure: Disclosure) -> String {
    let isLog = disclosure == .log
    if isLog, let giver {
      return "\(giver): gave what cannot be used; what it was is not kept. Run again to see it on the console."
    }
    var end = ""
    var below = ""
    switch found {
    case nil: break
    case .word(let word): end = ", found \(word)"
    case .personal(let value):
      let shapes = ["\"\(value)\"", "a value like \(Self.shape(value))", "a value that is not kept"]
      end = ", found " + shapes[disclosure == .full ? 0 : isLog ? 2 : 1]
    case .vocabulary(let words): end = isLog ? ", found words that are not kept" : ", found \(words)"
    case .printed(let lines):
      switch disclosure {
      case .full: below = lines.map { "\n  | " + TerminalText.escaped($0) }.joined()
      case .discreet: below = "\n  | \(lines.count) line\(lines.count == 1 ? "" : "s") that a program printed"
      case .log: break
      }
    }
    return TerminalText.escaped("\(place): \(problem)\(end). \(advice)") + below
  }
}
