internal import CutlineCore
public import Foundation

/// Reading and writing in pieces: points are most of a large certificate, and a JSON reader takes many times their size.
extension Certificate {
  /// Bytes of points that are read or written at a time.
  private static let pieceBytes = 1 << 18
  private static let piecePoints = 256
  private static let list = Array("\"points\":[".utf8)

  /// The text of a file without its points: what says of which format it is.
  public static func head(of data: Data) -> Data {
    guard let place = points(in: data) else { return data }
    return data[..<place.lowerBound] + data[place.upperBound...]
  }

  /// The certificate in a file.
  ///
  /// - Throws: `DecodingError` for what is none.
  /// - Complexity: O(bytes) time; memory of the points, not of their text as JSON.
  public init(from data: Data) throws {
    guard let place = Self.points(in: data) else {
      self = try CanonicalJSON.decode(Certificate.self, from: data)
      return
    }
    var certificate = try CanonicalJSON.decode(Certificate.self, from: Self.head(of: data))
    var points: [Point] = []
    try Self.pieces(of: data[place]) { piece in
      var text = Data("[".utf8)
      text.append(piece)
      text.append(UInt8(ascii: "]"))
      points += try CanonicalJSON.decode([Point].self, from: text)
    }
    certificate.points = points
    self = certificate
  }

  /// The certificate as a file holds it.
  public func encoded() throws -> Data {
    var data = Data()
    try write { data.append($0) }
    return data
  }

  /// Whether a file holds this certificate in the form in which it is written.
  public func isForm(of data: Data) throws -> Bool {
    var (place, isSame) = (data.startIndex, true)
    try write { piece in
      let end = min(place + piece.count, data.endIndex)
      isSame = isSame && data[place..<end] == piece
      place = end
    }
    return isSame && place == data.endIndex
  }

  /// Hands out the text in pieces: what `CanonicalJSON.encode` gives, without a tree of all of it.
  func write(_ take: (Data) throws -> Void) throws {
    var rest = self
    rest.points = []
    let text = try CanonicalJSON.encode(rest)
    guard !points.isEmpty, let place = Self.points(in: text) else {
      try take(points.isEmpty ? text : CanonicalJSON.encode(self))
      return
    }
    try take(Data(text[..<place.lowerBound]))
    for first in stride(from: 0, to: points.count, by: Self.piecePoints) {
      let some = try CanonicalJSON.encode(Array(points[first..<min(first + Self.piecePoints, points.count)]))
      if first > 0 { try take(Data(",".utf8)) }
      try take(Data(some.dropFirst().dropLast()))
    }
    try take(Data(text[place.upperBound...]))
  }

  /// What stands between the brackets of the list of points, on the first level; nil where there is none.
  private static func points(in data: Data) -> Range<Data.Index>? {
    data.withUnsafeBytes { bytes in
      var (depth, isText, isEscaped, first) = (0, false, false, Int?.none)
      for (place, byte) in bytes.enumerated() {
        if isText {
          if isEscaped {
            isEscaped = false
          } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
          } else if byte == UInt8(ascii: "\"") {
            isText = false
          }
          continue
        }
        switch byte {
        case UInt8(ascii: "\""):
          if depth == 1, first == nil, bytes[place...].starts(with: list) { first = place + list.count }
          isText = true
        case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
          depth -= 1
          if depth == 1, let first, byte == UInt8(ascii: "]"), place >= first {
            return data.startIndex + first..<data.startIndex + place
          }
        default: break
        }
      }
      return nil
    }
  }

  /// The elements of a list without its brackets, some at a time.
  private static func pieces(of list: Data, _ take: (Data) throws -> Void) throws {
    var (depth, first, place) = (0, list.startIndex, list.startIndex)
    while place < list.endIndex {
      let end = min(place + pieceBytes, list.endIndex)
      // Points hold no texts, so that brackets are brackets; where they are not, what is cut is refused.
      let cut: Data.Index? = list[place..<end].withUnsafeBytes { bytes in
        var last: Int?
        for (offset, byte) in bytes.enumerated() {
          switch byte {
          case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
          case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
          case UInt8(ascii: ",") where depth == 0: last = offset
          default: break
          }
        }
        return last.map { place + $0 }
      }
      if let cut {
        try take(list[first..<cut])
        first = cut + 1
      }
      place = end
    }
    if first < list.endIndex { try take(list[first..<list.endIndex]) }
  }
}
