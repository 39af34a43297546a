/// Which version is meant: its product, its kind, its own name.
public struct VersionName: Sendable, Hashable, CustomStringConvertible {
  public let product, kind, version: String

  public init(product: String, kind: String, version: String) {
    (self.product, self.kind, self.version) = (product, kind, version)
  }

  init(_ row: StoredRow) {
    self.init(product: row.text("product"), kind: row.text("kind"), version: row.text("version"))
  }

  public var description: String { "\(product)/\(kind)/\(version)" }
  var key: [StoredValue] { [.text(product), .text(kind), .text(version)] }
  var pair: [StoredValue] { [.text(product), .text(kind)] }

  static func isName(_ text: String) -> Bool { text.wholeMatch(of: /[a-z0-9][a-z0-9._\-]{0,63}/) != nil }
  static let rule = "Use up to 64 small letters, digits, dots, dashes and underscores; begin with a letter or digit."
}

/// What versions are of: all have the same states, approvals and log.
public enum VersionKind: String, Sendable, CaseIterable {
  /// Points of bins.
  case scorecard
  /// An ordered table of rules.
  case rules
  /// A preprocessor and models.
  case modelSet = "model-set"
  /// The decision flow of a product.
  case policy
  /// What is accepted, in raw scores.
  case strategy
}

/// Where a version stands.
public enum VersionState: String, Sendable, CaseIterable, Codable {
  case draft
  case inReview = "in_review"
  case approved, active, retired, rejected, archived
}
