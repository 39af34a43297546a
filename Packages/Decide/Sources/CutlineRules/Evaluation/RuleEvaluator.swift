/// Asks a table of rules about one record after the other, with the memory of the first; one a thread.
public final class RuleEvaluator {
  private let program: RuleProgram
  private let scratch: RuleScratch
  private var columns: RuleColumns?
  private var rows = RuleColumns.Rows()

  public init(_ program: RuleProgram) { (self.program, scratch) = (program, RuleScratch(program)) }

  public func decide(_ record: RuleRecord) -> RuleDecision {
    program.put(record, scratch)
    return program.told(program.decide(scratch), scratch)
  }

  /// Takes rows from these columns from now on.
  package func read(_ columns: RuleColumns) { (self.columns, rows) = (columns, columns.addresses) }

  /// Decides about a row of the columns, and keeps what is found.
  /// - Returns: its outcome, among the table's.
  package func decide(row: Int, into found: inout RuledRecords) -> Int {
    rows.put(row, scratch)
    let verdict = program.decide(scratch)
    found.add(verdict, scratch, false)
    return Int(verdict.outcome)
  }
}

extension RuledRecords {
  /// Of one record: what the rules say; failures by their fields.
  package func told(_ row: Int, _ program: RuleProgram) -> RuleDecision {
    let (own, table) = (verdicts[row], program.table)
    func ids(_ lists: Lists) -> [String] { lists[row].map { table.rules[Int($0)].id } }
    return RuleDecision(
      outcome: table.outcomes[Int(own.outcome)], rule: own.rule < 0 ? nil : table.rules[Int(own.rule)].id,
      cause: own.cause.word, queue: program.queue(own), points: nil, fired: ids(fired), unknown: ids(unknown),
      failed: ids(failed), failures: failures[row].map { table.text(Int($0)) })
  }

  package func cause(_ row: Int) -> String { verdicts[row].cause.word }
  package func queue(_ row: Int, _ program: RuleProgram) -> String? { program.queue(verdicts[row]) }

  /// The rule whose reason is told first; nil where none is the cause.
  package func rule(_ row: Int, _ program: RuleProgram) -> RuleTable.Rule? {
    verdicts[row].rule < 0 ? nil : program.table.rules[Int(verdicts[row].rule)]
  }
}
