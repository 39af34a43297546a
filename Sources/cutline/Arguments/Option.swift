/// One option of a command: its names, what its value is called, and what it does.
struct Option: Sendable {
  let name: String
  let short: String?
  /// What stands for the value in the help; nil for a switch.
  let value: String?
  let help: String
  let repeats: Bool
  /// Whether all words up to the next option are its values.
  var takesList = false

  static func flag(_ name: String, short: String? = nil, _ help: String) -> Option {
    Option(name: name, short: short, value: nil, help: help, repeats: false)
  }

  static func value(_ name: String, short: String? = nil, _ value: String, repeats: Bool = false, _ help: String)
    -> Option
  {
    Option(name: name, short: short, value: value, help: help, repeats: repeats)
  }

  static func list(_ name: String, short: String? = nil, _ value: String, _ help: String) -> Option {
    Option(name: name, short: short, value: value, help: help, repeats: true, takesList: true)
  }

  /// Of every command: see `Command.accepted`.
  static let showValues = flag(
    "show-values",
    "Show values at fault, which may be of a person, and what programs print, on the console; files never hold them.")

  /// As it stands in the help: `-c, --config PATH`.
  var usage: String {
    (short.map { "-\($0), " } ?? "    ") + "--\(name)" + (value.map { " \($0)" } ?? "") + (repeats ? " …" : "")
  }
}
