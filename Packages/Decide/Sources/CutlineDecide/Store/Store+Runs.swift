/// A run that was asked for.
public struct StoredRun: Sendable, Encodable {
  /// The states of pipelines, as the requirement names them.
  public enum State: String, Sendable, CaseIterable, Encodable {
    case queued = "QUEUED"
    case started = "STARTED"
    case success = "SUCCESS"
    case failure = "FAILURE"
    case canceled = "CANCELED"

    var isEnd: Bool { ![.queued, .started].contains(self) }
  }
  public let runID, pipeline, folder, requestedBy: String
  public let product: String?
  public let state: State
  /// What was asked for, as JSON.
  public let parameters: String
  public let requestedAt: Instant
  public let endedAt: Instant?

  init(_ row: StoredRow) {
    (runID, pipeline, folder) = (row.text("run_id"), row.text("pipeline"), row.text("folder"))
    (requestedBy, product) = (row.text("requested_by"), row.optionalText("product"))
    state = State(rawValue: row.text("state")) ?? .failure
    parameters = row.text("parameters")
    (requestedAt, endedAt) = (row.instant("requested_at"), row.optionalInstant("ended_at"))
  }

  enum CodingKeys: String, CodingKey {
    case pipeline, folder, product, state, parameters
    case runID = "run_id"
    case requestedBy = "requested_by"
    case requestedAt = "requested_at"
    case endedAt = "ended_at"
  }
}

extension Store {
  /// Notes a run that is to begin.
  ///
  /// - Parameter parameters: what was asked for, as JSON.
  /// - Returns: its id, which is random.
  public func beginRun(
    _ pipeline: String, product: String?, folder: String, parameters: String = "{}", by caller: Caller
  ) throws -> StoredRun {
    let id = SHA256.hexText(try Self.randomBytes(16))
    return try write { transaction in
      try transaction.principal(caller, atLeast: .analyst)
      if let product { try checkProduct(product) }
      try transaction.insert(
        .runs,
        [
          "run_id": .text(id), "pipeline": .text(pipeline), "product": .init(product), "parameters": .text(parameters),
          "folder": .text(folder), "requested_by": .text(caller.name), "requested_at": .init(transaction.now),
          "state": .text(StoredRun.State.queued.rawValue), "ended_at": .null,
        ])
      try transaction.record("run.start", by: caller.name, on: "run", id)
      return try run(id)
    }
  }

  /// Notes who asks for the end of a run that has not ended.
  public func askForEnd(of id: String, by caller: Caller) throws {
    try write { transaction in
      try transaction.principal(caller, atLeast: .analyst)
      _ = try run(id)
      try transaction.record("run.cancel", by: caller.name, on: "run", id)
    }
  }

  /// Notes how far a run is; one that has ended stays as it is.
  public func moveRun(_ id: String, to state: StoredRun.State) throws -> StoredRun {
    try write { transaction in
      let run = try run(id)
      guard !run.state.isEnd, run.state != state else { return run }
      try transaction.update(
        .runs, key: [.text(id)],
        ["state": .text(state.rawValue), "ended_at": state.isEnd ? .init(transaction.now) : .null])
      try transaction.record(state.isEnd ? "run.end" : "run.move", by: Principal.tool, on: "run", id)
      return try self.run(id)
    }
  }

  /// Who asked for a run, as the store knows them now: what a run makes when it ends is made in their name.
  ///
  /// - Throws: `Refusal` (unauthenticated) where they may act no more.
  public func caller(whoAskedFor run: String) throws -> Caller {
    let name = try self.run(run).requestedBy
    let row = try database.first("SELECT * FROM principals WHERE name = ?", [.text(name)])
    let caller = Caller(name: name, tokenSHA256: row?.text("token_sha256") ?? "")
    _ = try principal(of: caller)
    return caller
  }

  public func run(_ id: String) throws -> StoredRun {
    guard let row = try database.first("SELECT * FROM runs WHERE run_id = ?", [.text(id)]) else {
      throw Refusal(.notFound, "run", "is not known", "See the list of runs.")
    }
    return StoredRun(row)
  }
}
