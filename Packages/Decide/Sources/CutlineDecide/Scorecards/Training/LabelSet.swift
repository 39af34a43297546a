public import CutlineCore
public import CutlineCredit

/// What is known of the outcome of each application of a source.
public struct LabelSet: Artifact {
  public static let typeName = "label set"

  /// Where the labels come from, and how many there are of each.
  public struct Summary: Sendable, Codable, Hashable {
    /// `flag` or `observation-window`, or what else made them.
    public let method: String
    /// What counts as bad: a type of outcome, or the column that says so; nil where nobody said it.
    public let outcome: String?
    /// Of a window.
    public let windowDays: Int?
    public let asOf: String?
    /// By the name of the label, and `no_outcome` for the others, such as rejected applications.
    public let counts: [String: Int]

    public init(
      method: String, outcome: String? = nil, windowDays: Int? = nil, asOf: String? = nil, counts: [String: Int]
    ) {
      (self.method, self.outcome, self.windowDays) = (method, outcome, windowDays)
      (self.asOf, self.counts) = (asOf, counts)
    }
  }

  /// Per row of the source; nil where it has no outcome.
  public let labels: [ObservationWindow.Label?]
  /// Per row, from 1960; empty where no column says when it was decided. Nil in a row without.
  public let decided: [Int32?]
  public let summary: Summary

  public init(
    method: String, outcome: String? = nil, labels: [ObservationWindow.Label?], decided: [Int32?] = [],
    window: ObservationWindow? = nil
  ) {
    (self.labels, self.decided) = (labels, decided)
    var counts: [String: Int] = [:]
    for label in labels { counts[label?.rawValue ?? "no_outcome", default: 0] += 1 }
    summary = Summary(
      method: method, outcome: outcome, windowDays: window?.days, asOf: window?.asOf.iso, counts: counts)
  }

  /// Good or bad of a row that can be learnt from; nil for others.
  public func isBad(_ row: Int) -> Bool? {
    switch labels[row] {
    case .good: false
    case .bad: true
    default: nil
    }
  }
}

/// Says of each application whether it went bad.
public enum Labels: Kind {
  public struct Input: Sendable {
    public let source: SourceTable
  }
  public typealias Output = LabelSet
  public static let name = "label"
  public static let summary = "Says of each application whether it went bad, or why that is not known."
  public static let ports = Ports(Input.init, .one("source", \.source))

  /// One label a row, and a day for each row or for none.
  public static func check(_ output: LabelSet, against input: Input) throws {
    let rows = input.source.table.rowCount
    guard output.labels.count == rows, output.decided.isEmpty || output.decided.count == rows else {
      throw Faults.data(
        "labels", "are \(output.labels.count) of \(rows) rows", "Give each row of the source one, in its order.")
    }
  }
}
