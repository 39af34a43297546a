/// What is wrong with a log, and where: the first fault.
public struct AuditFault: Sendable, Hashable, Encodable {
  public enum Reason: String, Sendable, CaseIterable, Encodable {
    /// A number is missing, doubled or out of order.
    case sequence
    /// `prev` is not the hash of the record before.
    case link
    /// `hash` is not that of the record.
    case hash
    /// What a record vouches for is not what stands in the tables.
    case payload
    /// The tree is not that of the records.
    case tree
    /// Records that a head knows are missing at the end.
    case truncated
    /// A head knows another record, or another root.
    case head
    /// The tables do not follow from the events, or hold what no record vouches for.
    case state
  }
  /// The number of the record, from 1.
  public let index: Int
  public let reason: Reason
  /// What was met, in names and digests.
  public let detail: String

  init(_ index: Int, _ reason: Reason, _ detail: String) {
    (self.index, self.reason, self.detail) = (index, reason, detail)
  }
}

/// The records one after the other, without their tree.
public enum AuditChain {
  /// A record that was seen at the end once.
  public struct Head: Sendable, Hashable {
    public let seq: Int
    public let hash: String
    public init(seq: Int, hash: String) { (self.seq, self.hash) = (seq, hash) }
  }

  /// The first fault of the record that follows `last`: by its number, its link, its hash.
  static func fault(of record: AuditRecord, after last: AuditRecord?) -> AuditFault? {
    let index = (last?.seq ?? 0) + 1
    guard record.seq == index else {
      return AuditFault(index, .sequence, "record \(record.seq) stands where \(index) should be")
    }
    guard record.prev == last?.hash ?? AuditRecord.start else {
      return AuditFault(index, .link, "prev is not the hash of the record before")
    }
    guard record.hash == record.computedHash else { return AuditFault(index, .hash, "hash is not that of the record") }
    return nil
  }

  /// The first fault of all records, in their order, then of their end against a head.
  ///
  /// - Complexity: O(bytes).
  public static func firstFault(_ records: [AuditRecord], head: Head? = nil) -> AuditFault? {
    var last: AuditRecord?
    for record in records {
      if let fault = fault(of: record, after: last) { return fault }
      last = record
    }
    return head.flatMap { fault(of: $0, count: records.count) { records[$0 - 1].hash } }
  }

  static func fault(of head: Head, count: Int, hash: (Int) -> String) -> AuditFault? {
    if count < head.seq {
      return AuditFault(count + 1, .truncated, "the head knows \(head.seq) records, the log has \(count)")
    }
    guard head.seq < 1 || hash(head.seq) == head.hash else {
      return AuditFault(head.seq, .head, "the head knows it by hash \(head.hash), the log by \(hash(head.seq))")
    }
    return nil
  }
}
