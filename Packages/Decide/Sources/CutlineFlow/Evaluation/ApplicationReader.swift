internal import CutlineCore
internal import CutlineFormats
internal import Foundation

/// One application as JSON: an object of fields, by name or by column.
public enum ApplicationReader {
  /// What a field may hold.
  public enum Value: Sendable, Decodable {
    case number(Double), text(String), bool(Bool), null

    public init(from decoder: any Decoder) throws {
      let values = try decoder.singleValueContainer()
      if values.decodeNil() {
        self = .null
      } else if let own = try? values.decode(Double.self) {
        // First, as most are numbers and what is not takes long to be told.
        self = .number(own)
      } else if let own = try? values.decode(Bool.self) {
        self = .bool(own)
      } else {
        // Neither a number nor a flag: a text, or what is refused.
        self = .text(try values.decode(String.self))
      }
    }
  }

  /// By column; what is missing in it, or null, is not there.
  ///
  /// - Throws: `Faults` (data) with all mistakes: no object, a field that nobody reads, one that comes twice, a value of another form.
  public static func read(_ bytes: [UInt8], _ flow: DecisionFlow) throws -> [String: FlowValue] {
    let place = "the application"
    let data = Data(bytes)
    let object: [String: Value]
    do { object = try CanonicalJSON.decode([String: Value].self, from: data) } catch {
      throw Faults.data(
        place, "is no object of JSON whose values are numbers, texts, true, false or null",
        "Write {\"age\": 40, …}, each field once.")
    }
    if DuplicateKeys.first(in: data) != nil {
      throw Faults.data(place, "has a field twice: readers would differ", "Keep one of them.")
    }
    return try values(object, flow)
  }

  /// - Parameter passesOver: whether a field that the flow does not read is left out, and not refused.
  public static func values(
    _ object: [String: Value], _ flow: DecisionFlow, passesOver: Bool = false
  ) throws -> [String: FlowValue] {
    var found: [String: FlowValue] = [:]
    var seen: Set<String> = []
    var reading = Reading()
    for (key, value) in object.sorted(by: { $0.key < $1.key }) {
      try reading.attempt {
        guard let field = flow.field(named: key) else {
          if passesOver { return }
          let names = flow.fields.map(\.column) + flow.fields.map(\.name)
          throw Faults.data(
            "field \(key.prefix(60))", "is read by nothing\(DidYouMean.phrase(for: key, among: names))",
            "The policy reads \(flow.fields.map(\.column).joined(separator: ", ")).")
        }
        guard seen.insert(field.column).inserted else {
          throw Faults.data("field \(field.column)", "comes twice, by its name and by its column", "Keep one of them.")
        }
        if let own = try self.value(value, field) { found[field.column] = own }
      }
    }
    try reading.finish()
    return found
  }

  private static func value(_ value: Value, _ field: DecisionFlow.Field) throws -> FlowValue? {
    switch (value, field.kind) {
    case (.null, _): return nil
    case (.number(let own), .number), (.number(let own), .integer), (.number(let own), .bool): return .number(own)
    case (.bool(let own), .bool): return .number(own ? 1 : 0)
    case (.text(let own), .text): return own.isEmpty ? nil : .text(own)
    case (.text(let own), .date):
      if let day = CalendarDate(iso: own) { return .day(day) }
    default: break
    }
    throw Faults.data(
      "field \(field.column)", "holds no \(field.kind.rawValue)",
      field.kind == .date
        ? "Write a day as \"2026-01-31\"." : "Give a \(field.kind.rawValue), or null where it is missing.")
  }
}
