/// Why numbers are no model. A form that exists is valid: every way to make one, decoding included, throws this instead.
public enum FormError: ComputeFailure, Hashable {
  /// Contents that are no model of their form; `place` is the way to it in a file, empty where it came from a program.
  case invalid(form: String, problem: String, place: String = "")
  /// A form that this version does not know.
  case unknown(form: String, place: String = "")

  public var origin: String { "model" }
  public var cause: ComputeCause { .data }

  /// What is wrong and what was found; no full stop.
  public var problem: String {
    switch self {
    case .invalid(let form, let problem, let place): "\(Self.at(place))the model of form '\(form)' \(problem)"
    case .unknown(let form, let place): "\(Self.at(place))'\(form)' is no form of a model"
    }
  }

  /// What to do, as a sentence.
  public var advice: String {
    switch self {
    case .invalid: "Fit or export the model again; its file was damaged or written by hand."
    case .unknown:
      "The forms are \(ModelForm.names.joined(separator: ", ")); a newer version may have written the model."
    }
  }

  /// The same, at a place of a file unless it names one already.
  func placed(at path: [any CodingKey]) -> FormError {
    let place = path.map { key in key.intValue.map { "[\($0)]" } ?? ".\(Self.shortened(key.stringValue))" }.joined()
    let text = String(place.drop { $0 == "." })
    switch self {
    case .invalid(let form, let problem, ""): return .invalid(form: form, problem: problem, place: text)
    case .unknown(let form, ""): return .unknown(form: form, place: text)
    default: return self
    }
  }

  /// A text of a file, short enough to be printed.
  static func shortened(_ text: String) -> String { text.count > 40 ? "\(text.prefix(40))…" : text }

  private static func at(_ place: String) -> String { place.isEmpty ? "" : "at \(place): " }
}
