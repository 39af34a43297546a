internal import CutlineCore
public import CutlineFlow
internal import Foundation
internal import Synchronization

/// Decides by the policy that is in force, and keeps what it decides.
///
/// A decision is a function of what was given and of the policy: the day on which rules of a time are asked is part of what was
/// given, so that it can be made again. Policies are made ready once.
public final class DecisionDesk: Sendable {
  /// One application.
  public struct Request: Sendable {
    public var applicationID: String
    /// By which the same request comes again; nil for one that never does.
    public var requestKey: String?
    /// What begins the keys of rows of tables: no other request has such a key.
    public static let tablePrefix = "table:"
    let fields: Fields
    /// In hundredths of the product's currency.
    public var amount: Int?
    /// Of names and sentences; nil = en.
    public var language: String?

    enum Fields {
      case json([UInt8])
      case values([String: FlowValue])
    }

    /// - Parameter json: an object of what was given, by column.
    public init(applicationID: String, json: [UInt8]) {
      (self.applicationID, fields) = (applicationID, .json(json))
    }

    /// - Parameter fields: what was given, by column.
    public init(applicationID: String, fields: [String: FlowValue]) {
      (self.applicationID, self.fields) = (applicationID, .values(fields))
    }
  }

  private let engine: String
  private let flows = Mutex<[String: DecisionFlow]>([:])
  /// Policies that are kept ready; beyond that it begins anew.
  private static let most = 32

  /// - Parameter engine: what receipts call the program.
  public init(engine: String) { self.engine = engine }

  /// Decides about applications and keeps their receipts; what is returned is on the disk.
  ///
  /// - Returns: by request, what is answered, or why it cannot be decided; the others are kept all the same.
  /// - Throws: `Refusal` (not found) where no policy is in force, (forbidden); as reading the policy does.
  public func decide(
    _ requests: [Request], product: String, in store: Store, by caller: Caller
  ) throws -> [Result<Store.KeptDecision, any Error>] {
    let (policy, flow) = try inForce(product, in: store)
    let today = try flow.policy.rules.isDated ? CalendarDate(iso: store.moment().date) : nil
    var drafts: [DecisionDraft] = []
    let read = requests.map { request -> Result<Int, any Error> in
      do {
        drafts.append(try Self.draft(request, flow, today))
        return .success(drafts.count - 1)
      } catch { return .failure(error) }
    }
    let kept = try store.keep(
      drafts, product: product, policy: policy, engine: engine, by: caller)
    return read.map { $0.flatMap { kept[$0] } }
  }

  /// The policy that is in force, ready to decide.
  /// - Throws: `Refusal` (not found) where there is none; as reading it does.
  public func inForce(_ product: String, in store: Store) throws -> (policy: Receipt.Policy, flow: DecisionFlow) {
    let name = try store.resolve("@active", product: product, kind: .policy)
    let sheet = try store.sheet(of: name)
    return (
      .init(version: name.version, sha256: sheet.sha256), try flow(sheet.sha256) { try store.policy(of: name) }
    )
  }

  /// Made ready once for each content.
  private func flow(_ sha256: String, _ policy: () throws -> DecisionPolicy) throws -> DecisionFlow {
    if let known = flows.withLock({ $0[sha256] }) { return known }
    let made = try DecisionFlow(policy())
    flows.withLock { flows in
      if flows.count >= Self.most { flows = [:] }
      flows[sha256] = made
    }
    return made
  }

  private static func draft(_ request: Request, _ flow: DecisionFlow, _ today: CalendarDate?) throws -> DecisionDraft {
    let fields =
      switch request.fields {
      case .json(let bytes): try ApplicationReader.read(bytes, flow)
      case .values(let values): values
      }
    let given = Given(fields: fields, asOf: today, language: request.language)
    let decision = try given.decide(flow)
    return DecisionDraft(
      applicationID: request.applicationID, requestKey: try request.requestKey ?? Secret.text(Secret.random(16)),
      input: Array(try CanonicalJSON.encode(given)), answer: try given.answer(decision),
      decision: decision.decision.word, stage: decision.stage.word, amount: request.amount)
  }

  /// What decides again by a policy.
  /// - Throws: `Faults` (integrity) where the version has another content; as reading the policy does.
  public func replaying(_ name: VersionName, sha256: String, in store: Store) throws -> Store.ReplayPolicy {
    guard try store.sheet(of: name).sha256 == sha256 else {
      throw Faults.integrity(
        name.description, "has another content than decided", "Restore a backup; cutline audit verify says more.")
    }
    return Self.replaying(name.version, try flow(sha256) { try store.policy(of: name) })
  }

  /// The same by a policy that is in no store.
  public static func replaying(_ name: String, _ flow: DecisionFlow) -> Store.ReplayPolicy {
    let columns = flow.fields.filter { $0.name != "as_of" }.map(\.column)
    return Store.ReplayPolicy(name, reads: columns) { inputs in
      // What a receipt holds was read once: another policy may read other fields.
      try Concurrently.map(inputs.count) { place in
        let given = try Given(inputs[place], for: flow)
        return Store.ReplayPolicy.Answer(text: try given.answer(given.decide(flow)), given: Array(given.fields.keys))
      }
    }
  }
}
