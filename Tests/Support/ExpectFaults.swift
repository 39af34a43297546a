public import CutlineCore
public import Testing

/// Expects `body` to throw faults of `code`, and returns them.
@discardableResult
public func expectFaults<Value>(
  _ code: ExitCode, _ comment: @autoclosure () -> Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Value
) -> Faults? {
  do {
    _ = try body()
    Issue.record(comment() ?? "nothing was thrown", sourceLocation: sourceLocation)
    return nil
  } catch { return checked(error, code, comment(), sourceLocation) }
}

@discardableResult
public func expectFaults<Value>(
  _ code: ExitCode, _ comment: @autoclosure () -> Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation,
  isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
) async -> Faults? {
  do {
    _ = try await body()
    Issue.record(comment() ?? "nothing was thrown", sourceLocation: sourceLocation)
    return nil
  } catch { return checked(error, code, comment(), sourceLocation) }
}

private func checked(
  _ error: any Error, _ code: ExitCode, _ comment: Comment?, _ sourceLocation: SourceLocation
) -> Faults? {
  let faults = error.faults(code)
  if faults == nil {
    Issue.record(
      "expected faults of \(code), found \(error) \(comment?.rawValue ?? "")", sourceLocation: sourceLocation)
  }
  return faults
}

extension Error {
  /// This error where it is made of faults of `code`.
  public func faults(_ code: ExitCode) -> Faults? { (self as? Faults).flatMap { $0.code == code ? $0 : nil } }
}
