/// What a request wants to be done. Others than these are met by no route.
enum HttpMethod: String, Sendable, CaseIterable {
  case get = "GET"
  case head = "HEAD"
  case post = "POST"
  case put = "PUT"
  case delete = "DELETE"

  /// Whether it only looks.
  var isReading: Bool { self == .get || self == .head }
}
