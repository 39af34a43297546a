public import Foundation

/// Keys that stand twice in one object of a JSON file. Readers take the first, the last, or refuse; what one program wrote and
/// another checked would then not be what a third one reads.
public enum DuplicateKeys {
  /// The first key that stands twice in an object of `data`, which is JSON; nil where there is none.
  ///
  /// - Complexity: O(size), with a set of keys for each object that is open.
  public static func first(in data: Data) -> String? {
    var open: [Set<String>?] = []
    // A text is a key where an object expects one: after its brace and after each comma.
    var expectsKey = false
    return data.withUnsafeBytes { bytes -> String? in
      var place = 0
      while place < bytes.count {
        let byte = bytes[place]
        place += 1
        switch byte {
        case UInt8(ascii: "{"):
          open.append([])
          expectsKey = true
        case UInt8(ascii: "["):
          open.append(nil)
          expectsKey = false
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          _ = open.popLast()
          expectsKey = false
        case UInt8(ascii: ","):
          expectsKey = open.last.map { $0 != nil } ?? false
        case UInt8(ascii: "\""):
          let start = place - 1
          var isEscaped = false
          while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
            if bytes[place] == UInt8(ascii: "\\") {
              isEscaped = true
              place += 1
            }
            place += 1
          }
          let end = min(place, bytes.count)
          place += 1
          guard expectsKey, let depth = open.indices.last else { continue }
          expectsKey = false
          let key = text(UnsafeRawBufferPointer(rebasing: bytes[(start + 1)..<max(start + 1, end)]), isEscaped)
          if open[depth]?.insert(key).inserted == false { return key }
        default: break
        }
      }
      return nil
    }
  }

  private static func text(_ bytes: UnsafeRawBufferPointer, _ isEscaped: Bool) -> String {
    let plain = String(decoding: bytes, as: UTF8.self)
    guard isEscaped else { return plain }
    // One that no reader can make sense of is refused by the reader that comes next.
    return (try? JSONDecoder().decode(String.self, from: Data("\"\(plain)\"".utf8))) ?? plain
  }
}
