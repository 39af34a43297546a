/// What is kept of a request: never its path with its values, its parameters, its header or its body.
public struct AccessRecord: Sendable {
  /// RFC 3339 in UTC, when it was answered.
  public let time: String
  public let method: String
  /// The route's pattern, such as `/api/scoring/versions/{version}`; `-` where nothing is at its path.
  public let route: String
  public let status, bytes, milliseconds: Int
  /// The name by which the store knows who asked; `-` for nobody in particular.
  public let principal: String

  /// One line, without its end.
  public var text: String { "\(time) \(method) \(route) \(status) \(bytes) \(milliseconds) \(principal)" }
}
