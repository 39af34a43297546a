internal import CutlineCore
internal import Foundation

/// What a decision was, by what, and of whom: canonical JSON, kept for as long as the store.
///
/// Everything but the input is open. The input is sealed with a key of this record (`RecordKey`): once that is destroyed nobody can read
/// it any more, while the receipt keeps its digest and stays in its tree.
public struct Receipt: Sendable, Codable {
  /// The form of receipts.
  static let version = 1

  /// What decided.
  public struct Policy: Sendable, Codable, Hashable {
    public let version, sha256: String

    public init(version: String, sha256: String) { (self.version, self.sha256) = (version, sha256) }
  }

  /// What was decided about.
  public struct Input: Sendable, Codable, Hashable {
    /// HMAC-SHA-256 under the record's key: whether an input is the same, to whoever has the key.
    let digest: String
    /// Nonce ‖ hidden text ‖ tag, in Base64.
    let sealed: String
  }

  let receipt: Int
  public let decisionID, product, applicationID, requestKey, receivedAt: String
  public let policy: Policy
  /// The program that decided.
  public let engine: String
  /// In hundredths of the product's currency.
  public let amount: Int?
  /// What was answered, as canonical JSON: decision, stage, path, rules, reasons.
  public let answer: String
  let input: Input

  enum CodingKeys: String, CodingKey {
    case receipt, product, policy, engine, amount, answer, input
    case decisionID = "decision_id"
    case applicationID = "application_id"
    case requestKey = "request_key"
    case receivedAt = "received_at"
  }

  /// - Throws: `Faults` (integrity) for what is no receipt.
  init(_ bytes: [UInt8], of id: String) throws {
    do { self = try CanonicalJSON.decode(Receipt.self, from: Data(bytes)) } catch {
      throw Faults.integrity("decision \(id)", "has a receipt that cannot be read", "Run cutline audit verify.")
    }
    guard receipt == Self.version, decisionID == id else {
      throw Faults.integrity("decision \(id)", "has the receipt of another one", "Run cutline audit verify.")
    }
  }

  init(
    _ draft: DecisionDraft, id: String, product: String, policy: Policy, engine: String, at moment: Instant,
    key: RecordKey
  ) throws {
    receipt = Self.version
    (decisionID, self.product, applicationID) = (id, product, draft.applicationID)
    (requestKey, receivedAt) = (draft.requestKey, moment.text)
    (self.policy, self.engine, amount, answer) = (policy, engine, draft.amount, draft.answer)
    input = Input(
      digest: key.digest(of: draft.input), sealed: Data(try key.seal(draft.input, about: id)).base64EncodedString())
  }

  /// Whether it is about this input.
  func isAbout(_ input: [UInt8], by key: RecordKey) -> Bool { key.digest(of: input) == self.input.digest }

  /// Canonical JSON.
  public var text: String { get throws { String(decoding: try bytes, as: UTF8.self) } }

  var bytes: [UInt8] { get throws { Array(try CanonicalJSON.encode(self)) } }

  /// The input; nil where the key or the text is another one.
  func open(_ key: RecordKey) -> [UInt8]? {
    guard let sealed = Data(base64Encoded: input.sealed), let text = key.unseal(Array(sealed), about: decisionID),
      key.digest(of: text) == input.digest
    else { return nil }
    return text
  }
}

/// A decision that is to be kept.
public struct DecisionDraft: Sendable {
  public let applicationID: String
  /// By which the same request comes again.
  public let requestKey: String
  /// What was given, as canonical JSON; it is sealed.
  public let input: [UInt8]
  /// What is answered, as canonical JSON.
  public let answer: String
  /// approve, decline or review.
  public let decision: String
  /// Where it was decided.
  public let stage: String
  /// In hundredths of the product's currency.
  public let amount: Int?

  public init(
    applicationID: String, requestKey: String, input: [UInt8], answer: String, decision: String, stage: String,
    amount: Int? = nil
  ) {
    (self.applicationID, self.requestKey, self.input, self.answer) = (applicationID, requestKey, input, answer)
    (self.decision, self.stage, self.amount) = (decision, stage, amount)
  }
}
