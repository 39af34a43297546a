internal import CutlineCore
internal import CutlineFlow
internal import Foundation

/// What a decision is about, as receipts seal it.
struct Given: Encodable {
  /// By column; what is missing is not there.
  let fields: [String: FlowValue]
  let asOf: CalendarDate?
  let language: String?

  private enum Key: String, CodingKey {
    case fields, language
    case asOf = "as_of"
  }

  init(fields: [String: FlowValue], asOf: CalendarDate?, language: String?) {
    (self.fields, self.asOf, self.language) = (fields, asOf, language)
  }

  /// What a receipt holds, for a policy that may read other fields: those that it does not read are left out.
  /// - Throws: `Faults` (integrity) for what is no sealed input, (data) for a value that the policy reads otherwise.
  init(_ bytes: [UInt8], for flow: DecisionFlow) throws {
    struct Head: Decodable {
      let fields: [String: ApplicationReader.Value]
      let asOf, language: String?

      enum CodingKeys: String, CodingKey {
        case fields, language
        case asOf = "as_of"
      }
    }
    let head: Head
    do { head = try CanonicalJSON.decode(Head.self, from: Data(bytes)) } catch {
      throw Faults.integrity("a sealed input", "cannot be read", "Run cutline audit verify.")
    }
    fields = try ApplicationReader.values(head.fields, flow, passesOver: true)
    asOf = head.asOf.flatMap { CalendarDate(iso: $0) }
    language = head.language
  }

  func decide(_ flow: DecisionFlow) throws -> FlowDecision {
    var application = fields
    if let asOf { application["as_of"] = .day(asOf) }
    return try flow.decide(application)
  }

  func answer(_ decision: FlowDecision) throws -> String {
    String(decoding: try CanonicalJSON.encode(decision.answer(language: language)), as: UTF8.self)
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(fields.mapValues(Scalar.init), forKey: .fields)
    try values.encodeIfPresent(asOf?.iso, forKey: .asOf)
    try values.encodeIfPresent(language, forKey: .language)
  }

  private struct Scalar: Encodable {
    let value: FlowValue
    init(_ value: FlowValue) { self.value = value }
    func encode(to encoder: any Encoder) throws {
      var own = encoder.singleValueContainer()
      switch value {
      case .number(let number): try own.encode(number)
      case .day(let day): try own.encode(day.iso)
      case .text(let text): try own.encode(text)
      }
    }
  }
}
