internal import CutlineCore

/// How much of a run the console shows. The run folder keeps every event whatever it is.
public enum Verbosity: String, Sendable, CaseIterable, Comparable {
  /// Also devices, phases with their durations, and how inputs were fingerprinted.
  case debug = "DEBUG"
  case info = "INFO"
  /// No notes and no progress.
  case warning = "WARNING"
  /// Not even warnings, whose number is said.
  case error = "ERROR"

  /// Reads a name, in capitals or not.
  init(_ value: ConfigValue, key: String) throws {
    let aliases = ["WARN": "WARNING", "CRITICAL": "ERROR"]
    guard let word = value.string?.uppercased(), let level = Self(rawValue: aliases[word] ?? word) else {
      let names = Self.allCases.map(\.rawValue)
      let found = value.string.map { "\"\($0)\"\(DidYouMean.phrase(for: $0.uppercased(), among: names))" }
      throw Faults.usage(
        value.place, "\(key) is \(found ?? value.typeName)", "It may be \(names.joined(separator: ", ")).")
    }
    self = level
  }

  public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
