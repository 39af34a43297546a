public import Foundation

/// Writes and reads a stored artefact: JSON with sorted keys or its binary form, so that equal artefacts are equal bytes.
@_spi(Run) public struct ArtifactCodec: Sendable {
  /// Of the file: `json` or `bin`.
  public let fileExtension: String
  public let encode: @Sendable (any Artifact) throws -> Data
  public let decode: @Sendable (Data) throws -> any Artifact

  public init(_ type: any StoredArtifact.Type) {
    if let binary = type as? any BinaryArtifact.Type {
      self = Self.make(binary: binary)
    } else {
      self = Self.make(type)
    }
  }

  /// Where the output of `stage` lies in the run folder.
  public func path(of stage: String) -> String { "stages/\(stage).\(fileExtension)" }

  private init<A: StoredArtifact>(of type: A.Type) {
    fileExtension = "json"
    encode = { artifact in
      try CanonicalJSON.encode(
        Envelope(type: A.typeName, version: A.formatVersion, value: Self.typed(artifact, A.self)))
    }
    decode = { data in
      let head = try CanonicalJSON.decode(EnvelopeHead.self, from: data)
      guard head.type == A.typeName else {
        throw Faults.integrity(A.typeName, "the stored file holds a \(head.type)", "Name another stage.")
      }
      try StoredFormat(A.exchangeName, A.formatVersion, A.typeName).check(head.version, at: A.typeName)
      return try CanonicalJSON.decode(Envelope<A>.self, from: data).value
    }
  }

  private init<A: BinaryArtifact>(binary type: A.Type) {
    fileExtension = "bin"
    encode = { artifact in Data(try BinaryForm.encode(Self.typed(artifact, A.self))) }
    decode = { data in try BinaryForm.decode(A.self, from: data) }
  }

  private static func typed<A: Artifact>(_ artifact: any Artifact, _ type: A.Type) throws -> A {
    guard let typed = artifact as? A else {
      throw Faults.integrity(A.typeName, "the stage gave a \(Swift.type(of: artifact).typeName)", "Report this stage.")
    }
    return typed
  }

  private static func make<A: StoredArtifact>(_ type: A.Type) -> ArtifactCodec { ArtifactCodec(of: type) }
  private static func make<A: BinaryArtifact>(binary type: A.Type) -> ArtifactCodec { ArtifactCodec(binary: type) }
}

private struct EnvelopeHead: Decodable {
  let type: String
  let version: Int
}

private struct Envelope<A: StoredArtifact>: Codable {
  let type: String
  let version: Int
  let value: A
}

/// JSON whose bytes depend on the value only: sorted keys, shortest round-trip numbers, infinities by name.
public enum CanonicalJSON {
  public static func encode(_ value: some Encodable, pretty: Bool = false) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting =
      pretty ? [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try encoder.encode(value)
  }

  /// The deepest nesting that is read; nothing that is written here comes near it.
  public static let depthLimit = 200

  /// - Throws: `DecodingError`, also for JSON that nests deeper than `depthLimit`, before anything follows it down.
  public static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
    guard depth(of: data) <= depthLimit else {
      throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "nests deeper than \(depthLimit)"))
    }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(type, from: data)
  }

  /// How deep brackets nest outside of texts, as far as `depthLimit` and one. O(bytes).
  static func depth(of data: Data) -> Int {
    data.withUnsafeBytes { bytes in
      var (depth, deepest, isText, isEscaped) = (0, 0, false, false)
      for byte in bytes {
        if isText {
          if isEscaped {
            isEscaped = false
          } else if byte == 0x5C {
            isEscaped = true
          } else if byte == 0x22 {
            isText = false
          }
          continue
        }
        switch byte {
        case 0x22: isText = true
        case 0x5B, 0x7B:
          depth += 1
          if depth > deepest { deepest = depth }
          if deepest > depthLimit { return deepest }
        case 0x5D, 0x7D: depth -= 1
        default: break
        }
      }
      return deepest
    }
  }
}
