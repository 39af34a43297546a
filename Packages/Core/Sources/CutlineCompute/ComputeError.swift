/// Why an operation on arrays has no result. Callers add where it happened.
public enum ComputeError: ComputeFailure, Hashable {
  /// Arrays that do not fit together.
  case shape(String)
  /// Absolute values of a grid's cells add up to 2⁵³ or more, where sums would no longer be exact.
  case sumsTooLarge(String)
  /// More strategies than the limit; the count is exact, or the number of those met with "at least" before it.
  case tooManyStrategies(count: String, limit: UInt64)
  /// The grid is so long and narrow that its partial sums do not fit in memory.
  case partialSumsTooLarge(count: UInt64, limit: UInt64)
  /// The processor lacks an instruction set that was asked for by name.
  case unsupported(InstructionSet)
  /// The system gave no memory.
  case outOfMemory
  /// A record's cell (or code) is not one of the stated ones.
  case cellOutside(record: Int, found: String)
  /// The sum of a column over a cell is not an Int64.
  case sumOverflow(column: Int, cell: Int)

  /// What is wrong and what was found; no full stop.
  public var problem: String {
    switch self {
    case .shape(let text): text
    case .sumsTooLarge(let name): "the absolute \(name) of all cells add up to 2^53 or more"
    case .tooManyStrategies(let count, let limit): "the grid has \(count) strategies, more than the limit of \(limit)"
    case .partialSumsTooLarge(let count, let limit):
      "the grid is long and narrow: it needs \(count) partial sums, more than the limit of \(limit)"
    case .unsupported(let set): "this processor does not have the instruction set \(set.rawValue)"
    case .outOfMemory: "the system refused memory"
    case .cellOutside(let record, let found): "record \(record + 1) belongs to \(found), which does not exist"
    case .sumOverflow(let column, let cell):
      "the sum of value column \(column + 1) over cell \(cell + 1) exceeds 64 bits"
    }
  }

  /// What to do, as a sentence.
  public var advice: String {
    switch self {
    case .shape, .cellOutside: "This is a fault of the calling stage; please report it."
    case .sumsTooLarge: "Check the amounts for values that cannot be, or state them in a larger unit."
    case .tooManyStrategies: "Use fewer bins, or the exact pruned search."
    case .partialSumsTooLarge: "Use fewer bins in the longer direction, or the exact pruned search."
    case .unsupported: "Leave the choice to the program."
    case .outOfMemory: "Allow more, or use fewer threads or fewer bins."
    case .sumOverflow: "Check the amounts for values that cannot be."
    }
  }

  public var origin: String { "computation" }
  public var cause: ComputeCause { self == .outOfMemory ? .system : .data }
}
