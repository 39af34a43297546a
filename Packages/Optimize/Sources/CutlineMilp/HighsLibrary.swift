internal import CHighs
package import CutlineCore

/// The functions of a HiGHS library that was found at run time.
///
/// Unchecked, because it points to a C table, which is never changed nor freed.
package struct HighsLibrary: @unchecked Sendable {
  fileprivate let functions: UnsafePointer<cutline_highs>
  /// The file, or the name that the system's dynamic loader knows.
  package let path: String
  /// As the library says it, for example `1.15.1`.
  package let version: String

  /// The library of this installation, looked for when first asked.
  package static let installed = Result { () throws(Faults) in try HighsLibrary(candidates: candidates()) }

  /// Opens the first candidate that is there.
  ///
  /// - Parameter candidates: Paths of files, then names for the system's dynamic loader.
  /// - Throws: `Faults` (usage) where none is there, or the first one cannot be used.
  init(candidates: [String]) throws(Faults) {
    var absent: [String] = []
    for candidate in candidates {
      guard Self.mayBeThere(candidate) else {
        absent.append(candidate)
        continue
      }
      var problem = [CChar](repeating: 0, count: 512)
      if let functions = cutline_highs_load(candidate, &problem, problem.count) {
        self.functions = functions
        path = candidate
        version = String(cString: functions.pointee.version())
        return
      }
      let reason = String(decoding: problem.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      guard candidate.contains("/") else {
        absent.append("\(candidate) of the system (\(reason))")
        continue
      }
      throw Faults.usage(
        "milp", "the solver HiGHS in \(candidate) cannot be used: \(reason)",
        "Remove it and run scripts/setup, or use = \"threshold\".")
    }
    throw Faults.usage(
      "milp",
      "the solver HiGHS is not installed; looked in " + (absent.isEmpty ? "no place" : absent.joined(separator: ", ")),
      "Run scripts/setup, or use = \"threshold\".")
  }
}

/// One problem in the library's hands. Used by one thread.
final class HighsModel {
  /// How a run ended.
  enum Ending: Equatable {
    case optimal, infeasible, timeLimit, interrupted
    /// The only point found breaks a row by more than the tolerance. The library calls this infeasible; it proves nothing.
    case brokenPoint
    case other(String)
  }

  private let functions: UnsafePointer<cutline_highs>
  private let handle: UnsafeMutableRawPointer
  private let columns: Int

  /// Copies a checked problem to the library.
  init(_ problem: MilpProblem, library: HighsLibrary) throws(Faults) {
    functions = library.functions
    guard let handle = functions.pointee.create() else { throw Self.failure("Highs_create", "nothing") }
    self.handle = handle
    columns = problem.objective.count
    try set("output_flag", false)
    var starts: [Int32] = []
    var indices: [Int32] = []
    var values: [Double] = []
    for row in problem.rows {
      starts.append(Int32(indices.count))
      for (index, value) in zip(row.indices, row.values) where value != 0 {
        indices.append(index)
        values.append(value)
      }
    }
    starts.append(Int32(indices.count))
    try check(
      "Highs_passMip",
      functions.pointee.pass_mip(
        handle, Int32(columns), Int32(problem.rows.count), Int32(indices.count), Int32(CUTLINE_HIGHS_BY_ROW),
        Int32(CUTLINE_HIGHS_MAXIMISE), 0, problem.objective, problem.lower, problem.upper, problem.rows.map(\.lower),
        problem.rows.map(\.upper), starts, indices, values,
        [Int32](repeating: Int32(CUTLINE_HIGHS_INTEGER_COLUMN), count: columns)))
  }

  deinit { functions.pointee.destroy(handle) }

  func set(_ option: String, _ value: Bool) throws(Faults) {
    try check(option, functions.pointee.set_bool_option(handle, option, value ? 1 : 0))
  }

  func set(_ option: String, _ value: Int32) throws(Faults) {
    try check(option, functions.pointee.set_int_option(handle, option, value))
  }

  func set(_ option: String, _ value: Double) throws(Faults) {
    try check(option, functions.pointee.set_double_option(handle, option, value))
  }

  /// Gives the run a solution to start from. One that breaks a row is dropped by the library.
  func start(from solution: [Bool]) throws(Faults) {
    try check(
      "Highs_setSolution", functions.pointee.set_solution(handle, solution.map { $0 ? 1 : 0 }, nil, nil, nil))
  }

  /// Solves. `isCancelled` is asked on the calling thread, between the steps of the search.
  func run(isCancelled: @escaping () -> Bool) throws(Faults) -> Ending {
    let question = StopQuestion(isCancelled)
    // The library keeps the pointer, but asks during the run only.
    let status = withExtendedLifetime(question) {
      let given = functions.pointee.set_callback(
        handle,
        { kind, _, _, answer, context in
          guard Int(kind) == Int(CUTLINE_HIGHS_ASK_TO_STOP), let answer, let context else { return }
          let question = Unmanaged<StopQuestion>.fromOpaque(context).takeUnretainedValue()
          if question.isCancelled() { answer.pointee.stop = 1 }
        }, Unmanaged.passUnretained(question).toOpaque())
      if Int(given) != Int(CUTLINE_HIGHS_OK) { return given }
      let started = functions.pointee.start_callback(handle, Int32(CUTLINE_HIGHS_ASK_TO_STOP))
      if Int(started) != Int(CUTLINE_HIGHS_OK) { return started }
      let ran = functions.pointee.run(handle)
      // A run that was stopped, by time for example, ends with a warning; how it ended is asked next.
      return Int(ran) == Int(CUTLINE_HIGHS_WARNING) ? Int32(CUTLINE_HIGHS_OK) : ran
    }
    try check("Highs_run", status)
    let code = Int(functions.pointee.get_model_status(handle))
    switch code {
    case Int(CUTLINE_HIGHS_OPTIMAL): return .optimal
    case Int(CUTLINE_HIGHS_TIME_LIMIT): return .timeLimit
    case Int(CUTLINE_HIGHS_INTERRUPTED): return .interrupted
    // Binary columns are bounded, so that only the other remains.
    case Int(CUTLINE_HIGHS_INFEASIBLE), Int(CUTLINE_HIGHS_UNBOUNDED_OR_INFEASIBLE):
      return hasPoint() ? .brokenPoint : .infeasible
    default: return .other("HiGHS ended with model status \(code)")
    }
  }

  /// The best point found, rounded; nil where there is none. It may break rows.
  func point() -> [Bool]? {
    guard hasPoint() else { return nil }
    var values = [Double](repeating: 0, count: columns)
    guard Int(functions.pointee.get_solution(handle, &values, nil, nil, nil)) == Int(CUTLINE_HIGHS_OK) else {
      return nil
    }
    return values.map { $0 > 0.5 }
  }

  /// No solution has a greater objective; nil where nothing is known.
  func bound() -> Double? {
    var value = 0.0
    let status = functions.pointee.double_info(handle, "mip_dual_bound", &value)
    return Int(status) == Int(CUTLINE_HIGHS_OK) && abs(value) < MilpProblem.infinite ? value : nil
  }

  /// Nodes of the search tree.
  func nodes() -> Int64 {
    var count: Int64 = 0
    let status = functions.pointee.int64_info(handle, "mip_node_count", &count)
    return Int(status) == Int(CUTLINE_HIGHS_OK) ? max(count, 0) : 0
  }

  private func hasPoint() -> Bool {
    Int(information("primal_solution_status") ?? 0) != Int(CUTLINE_HIGHS_NO_POINT)
  }

  /// Nil where the run left no such number behind.
  private func information(_ name: String) -> Int32? {
    var value: Int32 = 0
    return Int(functions.pointee.int_info(handle, name, &value)) == Int(CUTLINE_HIGHS_OK) ? value : nil
  }

  private func check(_ call: String, _ status: Int32) throws(Faults) {
    if Int(status) != Int(CUTLINE_HIGHS_OK) { throw Self.failure(call, "status \(status)") }
  }

  private static func failure(_ call: String, _ found: String) -> Faults {
    Faults.data("milp", "HiGHS refused \(call): \(found)", "Check the sizes of the problem's numbers.")
  }
}

/// What the library's callback asks, in a form that C can carry.
private final class StopQuestion {
  let isCancelled: () -> Bool

  init(_ isCancelled: @escaping () -> Bool) {
    self.isCancelled = isCancelled
  }
}
