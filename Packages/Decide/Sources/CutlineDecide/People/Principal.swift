@_spi(Run) internal import CutlineCore
internal import Foundation

/// Somebody whom the store knows: a person, or a service that acts for nobody's eyes.
public struct Principal: Sendable, Encodable {
  public let name: String
  public let role: Role
  /// A service approves nothing.
  public let isHuman: Bool
  public let createdAt: Instant
  public let createdBy: String
  public let disabledAt, expiresAt: Instant?

  /// Who acts where nobody was asked: migrations and scheduled activations.
  static let tool = "cutline"

  init(_ row: StoredRow) {
    name = row.text("name")
    role = Role(rawValue: row.text("role")) ?? .viewer
    isHuman = row.integer("human") == 1
    createdAt = row.instant("created_at")
    createdBy = row.text("created_by")
    disabledAt = row.optionalInstant("disabled_at")
    expiresAt = row.optionalInstant("expires_at")
  }

  enum CodingKeys: String, CodingKey {
    case name, role
    case isHuman = "human"
    case createdAt = "created_at"
    case createdBy = "created_by"
    case disabledAt = "disabled_at"
    case expiresAt = "expires_at"
  }

  /// - Throws: `Refusal` (forbidden) for who may less than that role.
  func check(atLeast needed: Role) throws {
    guard role >= needed else {
      throw Refusal(
        .forbidden, name, "has the role \(role.rawValue), and this needs \(needed.rawValue)",
        "Ask somebody who has it (\(needed.rawValue): \(needed.may)).")
    }
  }

  /// - Throws: `Refusal` for what is no name of a person.
  static func check(name: String) throws {
    guard name.wholeMatch(of: /[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}/) != nil, name.lowercased() != tool,
      Array(name.precomposedStringWithCanonicalMapping.utf8) == Array(name.utf8)
    else {
      throw Refusal(
        .invalid, "\"\(name)\"", "is no name of a person",
        "Use up to 64 letters (each one character, in Unicode's form NFC), digits, dots, dashes, underscores and @; \"\(tool)\" is the tool's own."
      )
    }
  }
}

/// What somebody shows to be known: 256 random bits. The store keeps its SHA-256 only.
public struct AccessToken: Sendable {
  /// 64 hexadecimal digits.
  public let text: String

  /// - Returns: nil for what is no token.
  public init?(_ text: String) {
    let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard trimmed.utf8.count == 64, SHA256.bytes(hex: trimmed) != nil else { return nil }
    self.text = trimmed
  }

  /// What a file holds.
  /// - Returns: also what others may do with the file, where they may do anything, such as 0644.
  /// - Throws: `Faults` (io), (usage) for a file that holds none.
  public static func read(_ path: String) throws -> (token: AccessToken, openness: String?) {
    let bytes = try FileSystem.read(path, limit: 4096)
    guard let token = AccessToken(String(decoding: bytes, as: UTF8.self)) else {
      throw Faults.usage(
        path, "holds no token (64 hexadecimal digits)", "Name the file with the token that was shown once.")
    }
    return (token, StorePlace.openness(of: path))
  }

  static func make() throws -> AccessToken { AccessToken(bytes: try Store.randomBytes(32)) }

  private init(bytes: [UInt8]) { text = SHA256.hexText(bytes) }

  var sha256: [UInt8] { SHA256.bytes(SHA256.bytes(hex: text) ?? []) }
}

/// Somebody who has shown a token. Every action looks at the store again: who was disabled since may do no more.
public struct Caller: Sendable {
  public let name: String
  let tokenSHA256: String
}
