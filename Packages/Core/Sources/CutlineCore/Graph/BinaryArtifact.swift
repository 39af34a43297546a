public import Foundation

/// A stored artefact with a binary form, for what would be large or slow as JSON: `stages/<id>.bin`.
///
/// The file is a head (the mark `CUTLINE` and a zero byte, the format's number, the type's name and version, the length
/// of the rest) and the body that `encode(to:)` writes. All numbers are little-endian; equal artefacts are equal bytes.
public protocol BinaryArtifact: StoredArtifact {
  /// Writes the body.
  /// - Throws: what it takes to make it, such as the errors of JSON parts.
  func encode(to writer: inout BinaryWriter) throws
  /// Reads the body. Whatever the bytes are, it ends in a value that is sound or in an error, and allocates no more than
  /// the bytes that are there account for.
  /// - Throws: `Faults` (integrity).
  init(decoding reader: inout BinaryReader) throws
}

extension BinaryArtifact {
  /// As a part of something that is JSON: the binary form in base 64.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(Data(BinaryForm.encode(self)))
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    self = try BinaryForm.decode(Self.self, from: try container.decode(Data.self))
  }
}

/// The file of a binary artefact.
enum BinaryForm {
  private static let mark: [UInt8] = Array("CUTLINE\0".utf8)
  private static let format: UInt32 = 1

  static func encode<A: BinaryArtifact>(_ artifact: A) throws -> [UInt8] {
    var body = BinaryWriter()
    try artifact.encode(to: &body)
    var writer = BinaryWriter()
    writer.bytes.reserveCapacity(body.bytes.count + 64)
    writer.bytes.append(contentsOf: mark)
    writer.append(format)
    writer.append(A.typeName)
    writer.append(UInt32(clamping: A.formatVersion))
    writer.append(UInt64(body.bytes.count))
    writer.bytes.append(contentsOf: body.bytes)
    return writer.bytes
  }

  /// - Throws: `Faults` (integrity).
  static func decode<A: BinaryArtifact>(_ type: A.Type, from data: Data) throws -> A {
    let advice = "Run with --fresh."
    var reader = BinaryReader(data, of: A.typeName)
    guard try reader.bytes(mark.count) == mark else {
      throw Faults.integrity(A.typeName, "the stored file is no binary artefact", advice)
    }
    let found = try reader.uint32()
    guard found == format else {
      throw Faults.integrity(A.typeName, "the stored file has the binary format \(found), not \(format)", advice)
    }
    let (name, version) = (try reader.text(), try reader.uint32())
    guard name == A.typeName, Int(version) == A.formatVersion else {
      throw Faults.integrity(A.typeName, "the stored file holds another type or version", advice)
    }
    let length = try reader.uint64()
    guard length == UInt64(reader.remaining) else {
      throw Faults.integrity(
        A.typeName, "the stored file says that \(length) bytes follow, there are \(reader.remaining)", advice)
    }
    let artifact = try A(decoding: &reader)
    guard reader.remaining == 0 else {
      throw Faults.integrity(A.typeName, "the stored file has \(reader.remaining) bytes too many", advice)
    }
    return artifact
  }
}

/// Writes the parts of a binary form, little-endian.
public struct BinaryWriter: Sendable {
  public internal(set) var bytes: [UInt8] = []

  public init() {}

  public mutating func append(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  public mutating func append(_ value: Double) { append(value.bitPattern) }

  /// Length in bytes, UTF-8.
  public mutating func append(_ text: String) {
    append(UInt32(clamping: text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  /// Count, then the numbers.
  public mutating func append<Number: FixedWidthInteger>(column: [Number]) {
    append(UInt64(column.count))
    // Swift runs on little-endian machines only where this program does; the loop is the definition for others.
    if 1.littleEndian == 1 {
      column.withUnsafeBytes { bytes.append(contentsOf: $0) }
    } else {
      for value in column { append(value) }
    }
  }

  /// Count, then the bit patterns.
  public mutating func append(column: [Double]) { append(column: column.map(\.bitPattern)) }

  /// JSON with sorted keys, for the parts that are said once.
  public mutating func append(json value: some Encodable) throws {
    append(column: Array(try CanonicalJSON.encode(value)))
  }
}

/// Reads the parts of a binary form. Every length is checked against what is left before anything is allocated.
public struct BinaryReader: Sendable {
  private let data: Data
  private var place: Int
  private let name: String

  /// - Parameter name: what is read, for errors.
  public init(_ data: Data, of name: String) {
    self.data = data
    self.name = name
    place = data.startIndex
  }

  /// Bytes that are left.
  public var remaining: Int { data.endIndex - place }

  /// An error of these bytes.
  public func refusal(_ problem: String) -> Faults {
    Faults.integrity(name, "the stored file is damaged: \(problem)", "Run with --fresh.")
  }

  /// - Throws: `Faults` (integrity) where the bytes end; so do all that follow.
  public mutating func bytes(_ count: Int) throws -> [UInt8] { Array(try slice(count)) }

  public mutating func uint8() throws -> UInt8 { try number() }
  public mutating func uint32() throws -> UInt32 { try number() }
  public mutating func uint64() throws -> UInt64 { try number() }
  public mutating func int64() throws -> Int64 { try number() }
  public mutating func double() throws -> Double { Double(bitPattern: try number()) }

  /// - Throws: `Faults` (integrity) where it is not UTF-8, too.
  public mutating func text() throws -> String {
    let count = try uint32()
    guard let text = String(validating: try slice(Int(count)), as: UTF8.self) else {
      throw refusal("a text is no UTF-8")
    }
    return text
  }

  /// A column of numbers with their count.
  public mutating func column<Number: FixedWidthInteger>(of type: Number.Type) throws -> [Number] {
    let width = MemoryLayout<Number>.size
    let count = try uint64()
    guard count <= UInt64(remaining / width) else {
      throw refusal("it promises \(count) numbers of \(width) bytes, \(remaining) bytes are left")
    }
    let part = try slice(Int(count) * width)
    return [Number](unsafeUninitializedCapacity: Int(count)) { values, filled in
      part.withUnsafeBytes { bytes in
        for index in 0..<Int(count) {
          let raw = bytes.loadUnaligned(fromByteOffset: index * width, as: Number.self)
          values.initializeElement(at: index, to: Number(littleEndian: raw))
        }
      }
      filled = Int(count)
    }
  }

  /// A column of bit patterns with their count.
  public mutating func doubles() throws -> [Double] { try column(of: UInt64.self).map(Double.init(bitPattern:)) }

  /// A part that is JSON.
  public mutating func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let count = try uint64()
    guard count <= UInt64(remaining) else { throw refusal("it promises \(count) bytes, \(remaining) are left") }
    let part = try slice(Int(count))
    do { return try CanonicalJSON.decode(type, from: part) } catch let error as Faults {
      throw refusal("\(error.location): \(error.problem)")
    } catch { throw refusal("a part is not what it should be") }
  }

  private mutating func slice(_ count: Int) throws -> Data {
    guard count >= 0, count <= remaining else {
      throw refusal("it ends where \(count) more bytes are needed, \(remaining) are left")
    }
    defer { place += count }
    return data[place..<place + count]
  }

  private mutating func number<Number: FixedWidthInteger>() throws -> Number {
    let part = try slice(MemoryLayout<Number>.size)
    return Number(littleEndian: part.withUnsafeBytes { $0.loadUnaligned(as: Number.self) })
  }
}
