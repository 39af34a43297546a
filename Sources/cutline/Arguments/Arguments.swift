internal import CutlineCore

/// The parsed words behind a command's name.
struct Arguments: Sendable {
  private var values: [String: [String]] = [:]
  private var flags: Set<String> = []
  private(set) var operands: [String] = []

  /// Parses `words`: `--name value`, `--name=value`, `-n value`; `--` ends the options.
  ///
  /// - Throws: `Faults` (usage) for an unknown option, a missing or doubled value, or a wrong number of operands.
  init(_ words: [String], for command: any Command.Type) throws {
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        operands += rest
        break
      }
      guard word.hasPrefix("-"), word.count > 1, Double(word) == nil else {
        operands.append(word)
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let option = try Self.option(parts[0], of: command)
      guard option.value != nil else {
        guard parts.count == 1 else { throw Self.error(word, "takes no value", command) }
        flags.insert(option.name)
        continue
      }
      let value: String
      if parts.count == 2 {
        value = parts[1]
      } else if let next = rest.popFirst() {
        value = next
      } else {
        throw Self.error(word, "needs a value (\(option.value ?? ""))", command)
      }
      if value.isEmpty, ["PATH", "FILE", "DIR", "RUN", "PREFIX"].contains(option.value) {
        throw Self.error("--\(option.name)", "is empty where a path should be", command)
      }
      if !option.repeats, values[option.name] != nil { throw Self.error(word, "is given twice", command) }
      values[option.name, default: []].append(value)
      while option.takesList, let next = rest.first, !next.hasPrefix("-") {
        values[option.name, default: []].append(next)
        rest.removeFirst()
      }
    }
    let names = command.operands
    let least = names.count { !$0.hasPrefix("[") }
    if operands.count > names.count, names.last?.contains("…") != true {
      throw Self.error("\"\(operands[names.count])\"", "is one word too many", command)
    }
    if let empty = operands.firstIndex(of: "") {
      throw Self.error(names[min(empty, names.count - 1)], "is empty", command)
    }
    if operands.count < least { throw Self.error(names[operands.count], "is missing", command) }
  }

  subscript(_ name: String) -> String? { values[name]?.last }

  func all(_ name: String) -> [String] { values[name] ?? [] }

  func has(_ name: String) -> Bool { flags.contains(name) }

  /// A whole number in a range.
  func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let text = self[name] else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw Faults.usage(
        "--\(name)", "\"\(text)\" is not a whole number in \(range.lowerBound)...\(range.upperBound)",
        "Give one, such as --\(name) \(range.lowerBound).")
    }
    return number
  }

  /// A finite number, not negative, or above a bound.
  func number(_ name: String, above bound: Double? = nil) throws -> Double? {
    guard let text = self[name] else { return nil }
    guard let number = Double(text), number.isFinite, bound.map({ number > $0 }) ?? (number >= 0) else {
      throw Faults.usage(
        "--\(name)", "\"\(text)\" is not a number \(bound.map { "above \($0)" } ?? "from 0 on")", "Give one, such as 7."
      )
    }
    return number
  }

  /// One of a list of words.
  func choice<C: RawRepresentable<String> & CaseIterable>(_ name: String, _: C.Type) throws -> C? {
    guard let text = self[name] else { return nil }
    if let choice = C(rawValue: text) { return choice }
    let names = C.allCases.map(\.rawValue)
    throw Faults.usage(
      "--\(name)", "\"\(text)\" is not known\(DidYouMean.phrase(for: text, among: names))",
      "It may be \(names.joined(separator: ", ")).")
  }

  private static func option(_ word: String, of command: any Command.Type) throws -> Option {
    let options = command.accepted
    if word.hasPrefix("--") {
      let name = String(word.dropFirst(2))
      if let option = options.first(where: { $0.name == name }) { return option }
      let hint = DidYouMean.nearest(to: name, among: options.map(\.name)).map { "; did you mean --\($0)" } ?? ""
      throw error(word, "is not an option of cutline \(command.name)\(hint)", command)
    }
    if let option = options.first(where: { $0.short == String(word.dropFirst()) }) { return option }
    throw error(word, "is not an option of cutline \(command.name)", command)
  }

  private static func error(_ word: String, _ problem: String, _ command: any Command.Type) -> Faults {
    Faults.usage(word, problem, "See cutline \(command.name) --help.")
  }
}
