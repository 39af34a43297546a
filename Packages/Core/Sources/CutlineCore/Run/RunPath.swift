/// Paths of files inside a run folder, relative to it.
public enum RunPath {
  /// What the run keeps for itself.
  public static let reserved = [manifest, events, "stages"]
  @_spi(Run) public static let manifest = "manifest.json"
  @_spi(Run) public static let events = "events.jsonl"

  /// Whether `path` stays inside the folder: no part is empty, `.` or `..`, and there are no control characters.
  public static func isInside(_ path: String) -> Bool {
    !path.split(separator: "/", omittingEmptySubsequences: false).contains {
      $0.isEmpty || $0 == "." || $0 == ".." || $0.utf8.contains { $0 < 32 || $0 == 127 }
    }
  }

  /// Whether a file shows results and is none itself: a picture or a page, which another converter may draw otherwise.
  @_spi(Run) public static func isView(_ path: String) -> Bool {
    [".html", ".svg", ".png"].contains { path.hasSuffix($0) }
  }

  /// Whether a stage may write there.
  public static func isFree(_ path: String) -> Bool {
    isInside(path) && !reserved.contains(String(path.prefix { $0 != "/" }))
  }
}

extension String {
  /// The path of the folder that holds this path, empty for a bare name: POSIX `dirname` without the `.`. Foundation's
  /// `deletingLastPathComponent` traps on paths of one character.
  public var parentFolder: String {
    var parts = utf8[...]
    while parts.count > 1, parts.last == UInt8(ascii: "/") { parts.removeLast() }
    guard let slash = parts.lastIndex(of: UInt8(ascii: "/")) else { return "" }
    parts = parts[..<slash]
    while parts.last == UInt8(ascii: "/") { parts.removeLast() }
    return parts.isEmpty ? "/" : String(Substring(parts))
  }
}

/// Names of files that hold a segment's.
@_spi(Run) public enum SegmentName {
  /// Letters, digits and `._+-` stay, everything else is `_`; no leading dot, at most 80 characters.
  public static func file(_ segment: String) -> String {
    let safe = segment.lowercased().map { character in
      character.isASCII && (character.isLetter || character.isNumber) || "._+-".contains(character) ? character : "_"
    }
    let name = String(String(safe).drop { $0 == "." }.prefix(80))
    return name.isEmpty ? "segment" : name
  }
}
