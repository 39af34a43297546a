/// What a client may take of the server.
public struct ServerLimits: Sendable {
  /// Threads that answer.
  public var threads = 8
  /// Open connections; those beyond are told to come again.
  public var connections = 1000
  /// Without a byte for so long, a connection ends.
  public var idleSeconds = 10
  /// A request, from its first byte to its last, and an answer as well.
  public var requestSeconds = 60
  /// How long requests that run are waited for at the end.
  public var stopSeconds = 10
  /// Of a body, where the route does not say otherwise.
  public var bodyBytes = 1 << 20
  /// Of a body that is refused and read to its end all the same, so that the client gets to read why.
  public var droppedBytes = 8 << 20
  /// Levels of JSON.
  public var depth = 32

  public init() {}
}
