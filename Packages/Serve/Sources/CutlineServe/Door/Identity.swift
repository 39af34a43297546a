internal import CutlineDecide

/// Who asks, as far as it is known.
struct Identity: Sendable {
  /// How it was shown.
  enum Proof: Sendable {
    /// By nothing: somebody on this machine.
    case none
    /// `Authorization: Bearer`: no browser sends it by itself.
    case token
    /// A cookie: writes need the page's token, too.
    case session(Sessions.Session)
  }
  /// Of the log: `-` for nobody in particular.
  let name: String
  let role: Role
  let proof: Proof
  /// For the store's actions; nil where there is no store.
  let caller: Caller?

  /// Somebody on this machine, who sees what a viewer does.
  static let somebodyHere = Identity(name: "-", role: .viewer, proof: .none, caller: nil)

  /// - Throws: `Problem` (unauthenticated) for somebody whom the store does not know.
  func known() throws -> Caller {
    guard let caller else { throw Problem(.unauthenticated, "This needs a token of the store's.") }
    return caller
  }
}
