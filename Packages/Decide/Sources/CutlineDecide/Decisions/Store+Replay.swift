internal import CutlineCore
internal import Foundation

/// Decisions made again from their receipts.
extension Store {
  /// Which decisions are made again.
  public struct ReplayRequest: Sendable {
    public var product: String
    /// Both ends of when they were asked for; nil = open. The upper one is not included.
    public var from, to: Instant?
    /// What decides instead of the policies of the receipts; nil for these.
    public var policy: ReplayPolicy?

    public init(product: String) { self.product = product }
  }

  /// A policy that decides again: from what was given, the answer as canonical JSON.
  public struct ReplayPolicy: Sendable {
    /// What is answered, and which columns were given.
    public struct Answer: Sendable {
      public let text: String
      public let given: [String]

      public init(text: String, given: [String]) { (self.text, self.given) = (text, given) }
    }
    public let name: String
    /// The columns that it reads.
    public let reads: [String]
    public let decide: @Sendable (_ inputs: [[UInt8]]) throws -> [Answer]

    public init(
      _ name: String, reads: [String], decide: @escaping @Sendable (_ inputs: [[UInt8]]) throws -> [Answer]
    ) { (self.name, self.reads, self.decide) = (name, reads, decide) }
  }

  /// What became of one decision under another policy.
  public struct ReplayChange: Sendable, Hashable, Encodable, Comparable {
    public let before, after: String

    public static func < (a: Self, b: Self) -> Bool { (a.before, a.after) < (b.before, b.after) }
  }

  public struct ReplayReport: Sendable, Encodable {
    public let product: String
    /// What decided; nil for each receipt's own policy.
    public let policy: String?
    public internal(set) var decisions = 0
    /// The same answer, byte for byte.
    public internal(set) var equal = 0
    public internal(set) var different = 0
    /// Nobody can make them again.
    public internal(set) var erased = 0
    /// Whose key is gone, or opens something else.
    public internal(set) var unreadable = 0
    /// By member of the answer, how many decisions differ in it.
    public internal(set) var members: [String: Int] = [:]
    /// By decision before and after.
    public internal(set) var changes: [Cell] = []
    /// Columns that the other policy reads and no decision was given: they count as missing, so that the answers say little.
    public internal(set) var missing: [String] = []
    /// The first decisions that differ, at most 20.
    public internal(set) var examples: [String] = []

    public struct Cell: Sendable, Encodable {
      public let before, after: String
      public internal(set) var decisions: Int
      /// In hundredths of the product's currency, of those that have an amount.
      public internal(set) var amount: Int
      public internal(set) var withoutAmount: Int

      enum CodingKeys: String, CodingKey {
        case before, after, decisions, amount
        case withoutAmount = "without_amount"
      }
    }
  }

  /// Makes decisions again, from what was given then, and compares. Nothing is written.
  ///
  /// - Parameter policy: by the version and digest of a receipt, what decided.
  /// - Throws: `Refusal` (forbidden, not found), `Faults` (integrity) where a receipt, a key or a policy is not what it was.
  /// - Complexity: O(decisions); memory of 10,000 of them.
  public func replay(
    _ request: ReplayRequest, by caller: Caller, policy: (Receipt.Policy) throws -> ReplayPolicy
  ) throws -> ReplayReport {
    try principal(of: caller).check(atLeast: .analyst)
    try checkProduct(request.product)
    var report = ReplayReport(product: request.product, policy: request.policy?.name)
    let keys = try recordKeys()
    let erased = try erasedDecisions()
    var known: [Receipt.Policy: ReplayPolicy] = [:]
    var cells: [ReplayChange: ReplayReport.Cell] = [:]
    var given: Set<String> = []
    var last = ""
    while true {
      let rows = try database.query(
        """
        SELECT decision_id, decision, receipt FROM decisions WHERE product = ? AND decision_id > ? AND received_at >= ?
          AND received_at < ? ORDER BY decision_id LIMIT 10000
        """,
        [
          .text(request.product), .text(last), .integer(request.from?.microseconds ?? .min),
          .integer(request.to?.microseconds ?? .max),
        ])
      guard let end = rows.last?.text("decision_id") else { break }
      last = end
      let found = try rows.map { row -> RecordKeys.Found in
        let id = row.text("decision_id")
        return try erased.contains(id) ? .destroyed(now) : keys?.find(id) ?? .missing
      }
      // Reading receipts takes longer than fetching them.
      let opened = try Concurrently.map(rows.count) { place -> Opened? in
        let receipt = try Receipt(rows[place].bytes("receipt"), of: rows[place].text("decision_id"))
        guard case .key(let key) = found[place], let input = receipt.open(key) else { return nil }
        return Opened(receipt: receipt, decision: rows[place].text("decision"), input: input)
      }
      report.decisions += opened.count
      for (own, found) in zip(opened, found) where own == nil {
        if case .destroyed = found { report.erased += 1 } else { report.unreadable += 1 }
      }
      let groups = Dictionary(grouping: opened.compactMap { $0 }, by: \.receipt.policy)
      for (own, group) in groups {
        let decider = try request.policy ?? known[own] ?? policy(own)
        known[own] = decider
        let answers = try decider.decide(group.map(\.input))
        guard answers.count == group.count else {
          throw Faults.integrity(
            "policy \(own.version)", "gave \(answers.count) answers to \(group.count) questions",
            "This is a fault of the program; please report it.")
        }
        for (item, answer) in zip(group, answers) { try report.compare(item, answer.text, &cells) }
        if request.policy != nil { for answer in answers { given.formUnion(answer.given) } }
      }
    }
    if report.equal + report.different > 0, let policy = request.policy {
      report.missing = policy.reads.filter { !given.contains($0) }
    }
    report.changes = cells.sorted { $0.key < $1.key }.map(\.value)
    return report
  }
}

/// A receipt and what it was about.
private struct Opened: Sendable {
  let receipt: Receipt
  let decision: String
  let input: [UInt8]
}

extension Store.ReplayReport {
  fileprivate mutating func compare(
    _ item: Opened, _ answer: String, _ cells: inout [Store.ReplayChange: Cell]
  ) throws {
    let receipt = item.receipt
    let isSame = receipt.answer == answer
    if isSame { equal += 1 } else { different += 1 }
    let after = isSame ? [:] : try Self.members(answer, receipt.decisionID)
    let change = Store.ReplayChange(
      before: item.decision, after: isSame ? item.decision : after["decision"] as? String ?? "")
    var cell =
      cells[change] ?? Cell(before: change.before, after: change.after, decisions: 0, amount: 0, withoutAmount: 0)
    cell.decisions += 1
    if let amount = receipt.amount { cell.amount += amount } else { cell.withoutAmount += 1 }
    cells[change] = cell
    guard !isSame else { return }
    let before = try Self.members(receipt.answer, receipt.decisionID)
    if examples.count < 20 { examples.append(receipt.decisionID) }
    for name in Set(before.keys).union(after.keys) where (before[name] as? NSObject) != (after[name] as? NSObject) {
      members[name, default: 0] += 1
    }
  }

  private static func members(_ answer: String, _ id: String) throws -> [String: Any] {
    // Why it cannot be read does not matter.
    guard let members = try? JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any] else {
      throw Faults.integrity("decision \(id)", "has an answer that cannot be read", "Run cutline audit verify.")
    }
    return members
  }
}
