public import CutlineCore
public import CutlineCredit

/// The applications that a scorecard is learnt from and tested on: values as of the decision, and whether they went bad.
public struct TrainingTable: Artifact {
  public static let typeName = "training table"

  public let variables: [CardVariable]
  /// Per variable, per application.
  public let columns: [CardColumn]
  public let isBad: [Bool]
  /// Held back from learning.
  public let isTest: [Bool]
  /// How the test was parted off: `time` (the latest decisions) or `random`, within good and bad.
  public let split: String
  /// The labels that it was made from.
  public let labels: LabelSet.Summary
  /// Days of decision of the applications that are learnt from; nil where they are not all known.
  public let period: ClosedRange<CalendarDate>?

  public init(
    variables: [CardVariable], columns: [CardColumn], isBad: [Bool], isTest: [Bool], split: String,
    labels: LabelSet.Summary, period: ClosedRange<CalendarDate>? = nil
  ) {
    (self.variables, self.columns, self.isBad, self.isTest) = (variables, columns, isBad, isTest)
    (self.split, self.labels, self.period) = (split, labels, period)
  }

  public var rowCount: Int { isBad.count }
  public var badCount: Int { isBad.count { $0 } }
  /// The values of one application.
  public func values(_ row: Int) -> [CardValue] { columns.map { $0[row] } }
}

/// Puts labels and features together.
public enum Assemble: Kind {
  public struct Input: Sendable {
    public let source: SourceTable
    public let labels: LabelSet
  }
  public typealias Output = TrainingTable
  public static let name = "assemble"
  public static let summary = "Puts the labels of applications beside what was known of them when they were decided."
  public static let ports = Ports(Input.init, .one("source", \.source), .one("labels", \.labels))

  public static func check(_ output: TrainingTable, against input: Input) throws {
    guard output.columns.count == output.variables.count, output.isTest.count == output.rowCount,
      output.columns.allSatisfy({ $0.count == output.rowCount })
    else { throw Faults.data("training table", "its columns differ in length", "Give each variable one value a row.") }
    let used = input.labels.labels.count { $0 == .good || $0 == .bad }
    guard output.rowCount <= used else {
      throw Faults.data("training table", "has more rows than labels", "Take each labelled row once.")
    }
  }
}
