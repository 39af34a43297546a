internal import CutlineCore
internal import Foundation

/// What a reader of JSON does not say by itself: that an object names a member twice. Of two values readers take one or the other.
enum JsonMembers {
  /// - Throws: `Faults` (data) with the line and the name of a member that its object has twice. What is no JSON is not told here.
  /// - Complexity: O(bytes).
  static func check(_ bytes: [UInt8], of file: String) throws {
    var (open, line, place) = ([Set<String>?](), 1, 0)
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "{"): open.append([])
      case UInt8(ascii: "["): open.append(nil)
      case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = open.popLast()
      case UInt8(ascii: "\n"): line += 1
      case UInt8(ascii: "\""):
        let start = place
        place += 1
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
          place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard place < bytes.count else { return }
        // A text before a colon is a name.
        let next = bytes[(place + 1)...].first { ![9, 10, 13, 32].contains($0) }
        guard next == UInt8(ascii: ":"), let name = text(bytes[start...place]), let last = open.last, last != nil else {
          break
        }
        guard open[open.count - 1]?.insert(name).inserted == true else {
          throw Faults.data(
            Place(source: file, line: line, column: 1), "names \(name.prefix(60).debugDescription) twice in one object",
            "Keep one of them.")
        }
      default: break
      }
      place += 1
    }
  }

  /// A name with its escapes read.
  private static func text(_ quoted: ArraySlice<UInt8>) -> String? {
    guard quoted.contains(UInt8(ascii: "\\")) else {
      return String(validating: quoted.dropFirst().dropLast(), as: UTF8.self)
    }
    // What is no text is told by whoever reads the whole.
    return try? CanonicalJSON.decode(String.self, from: Data(quoted))
  }
}
