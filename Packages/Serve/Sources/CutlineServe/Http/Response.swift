internal import CutlineDecide

/// What is answered: a status, header fields, bytes.
struct Response: Sendable {
  var status: Int
  var fields: [HttpField]
  var body: [UInt8]
  /// Ends the connection.
  var closes = false

  static let json = "application/json"
  static let problem = "application/problem+json"
  static let html = "text/html; charset=utf-8"

  init(_ status: Int, _ mediaType: String, _ body: [UInt8], _ fields: [HttpField] = []) {
    self.status = status
    self.body = body
    self.fields = [HttpField("Content-Type", mediaType)] + fields
  }

  /// The bytes that the command line prints for the same value with `--json`.
  init(_ value: some Encodable, status: Int = 200, _ fields: [HttpField] = []) throws {
    self.init(status, Self.json, try AnswerJSON.bytes(of: value), fields)
  }

  init(_ value: Json, status: Int = 200, mediaType: String = Response.json, _ fields: [HttpField] = []) {
    self.init(status, mediaType, Array((value.text + "\n").utf8), fields)
  }

  func field(_ name: String) -> String? { fields.first { $0.isNamed(name.lowercased()) }?.value }

  mutating func set(_ name: String, _ value: String) {
    fields.removeAll { $0.isNamed(name.lowercased()) }
    fields.append(HttpField(name, value))
  }
}
