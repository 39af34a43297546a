internal import CRuleTables
internal import CutlineCore

/// The tables of rules that come with the program.
public enum BuiltInRules {
  private static var all: [(name: String, bytes: [UInt8])] {
    var count = 0
    guard let first = cutline_rule_tables(&count) else { return [] }
    return (0..<count).map { place in
      let own = first[place]
      return (
        String(cString: own.name), Array(UnsafeRawBufferPointer(start: own.text, count: own.length))
      )
    }
  }

  public static var names: [String] { all.map(\.name) }

  /// - Throws: `Faults` (usage) for a name that none has.
  public static func table(_ name: String) throws -> RuleTable {
    guard let own = all.first(where: { $0.name == name }) else {
      throw Faults.usage(
        name, "is no table that comes with the program\(DidYouMean.phrase(for: name, among: names))",
        "There is \(names.joined(separator: ", ")).")
    }
    return try RuleTable(own.bytes, of: "\(name).toml")
  }
}
