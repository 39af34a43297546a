internal import CutlineCore

/// What SAS allows as names and values.
enum SasNames {
  private static let reserved: Set<String> = ["_N_", "_ERROR_", "_NUMERIC_", "_CHARACTER_", "_ALL_"]

  /// - Throws: `Faults` (data) that lists the names which a SAS file cannot have.
  static func check(_ names: [String], longest: Int, path: String) throws {
    var problems: [String] = []
    var seen: [String: String] = [:]
    for name in names {
      if let other = seen.updateValue(name, forKey: name.uppercased()) {
        problems.append("\(name) differs from \(other) in case only")
      }
      if let problem = problem(name, longest: longest) { problems.append("\(name) \(problem)") }
    }
    guard !problems.isEmpty else { return }
    let more = problems.count > 20 ? " and \(problems.count - 20) more" : ""
    throw Faults.data(
      path, "SAS cannot name these columns: \(problems.prefix(20).joined(separator: "; "))\(more)",
      "Rename them, or write CSV.")
  }

  private static func problem(_ name: String, longest: Int) -> String? {
    let bytes = Array(name.utf8)
    guard let first = bytes.first else { return "is empty" }
    let isLetter = { (byte: UInt8) in byte == UInt8(ascii: "_") || (byte | 0x20) &- 97 < 26 }
    if !isLetter(first) { return "does not begin with a letter" }
    if !bytes.allSatisfy({ isLetter($0) || $0 &- 48 < 10 }) { return "holds more than letters, digits and _" }
    if bytes.count > longest { return "is longer than \(longest) characters" }
    return reserved.contains(name.uppercased()) ? "is reserved" : nil
  }
}
