internal import CSearch
internal import CutlineCompute

/// Corners to be searched together, and the risks that they lie between.
struct CornerTask: Sendable {
  /// Floors of production, ascending; a nil floor and a nil ceiling are for all corners of a task.
  var floors: [Int64?]
  /// Ceilings of risk, ascending.
  var ceilings: [RiskRatio?]
  var low, high: RiskRatio?
  var price: Double
  /// How often the task has been divided already.
  var depth = 0

  /// Two tasks that together hold the same strategies, or nil where no sensible division is left.
  var halves: (CornerTask, CornerTask)? {
    if floors.count > 1 {
      let middle = floors.count / 2
      var lower = self
      var upper = self
      lower.floors = Array(floors[..<middle])
      lower.ceilings = Array(ceilings[..<middle])
      lower.high = ceilings[middle - 1]
      upper.floors = Array(floors[middle...])
      upper.ceilings = Array(ceilings[middle...])
      upper.low = ceilings[middle - 1]
      return (lower, upper)
    }
    guard depth < 6, let low, let high else { return nil }
    // A dyadic fraction between the two; where it cannot be told from them, there is nothing to divide.
    let middle = ((low.value + high.value) / 2 * 0x1p40).rounded()
    guard middle.magnitude < 0x1p62, low.value * 0x1p40 < middle, middle < high.value * 0x1p40 else { return nil }
    let ratio = RiskRatio(trusted: Int64(middle), 1 << 40)
    var lower = self
    var upper = self
    lower.depth += 1
    upper.depth += 1
    lower.high = ratio
    lower.ceilings = [ratio]
    upper.low = ratio
    return (lower, upper)
  }
}

/// One worker's label search. It keeps its memory from one task to the next.
final class LabelSearch {
  private let pointer: OpaquePointer
  private let lattice: Lattice

  init(_ lattice: Lattice, instructionSet: InstructionSet) throws {
    guard let pointer = cutline_labels_create(lattice.pointer, instructionSet.code) else {
      throw ComputeError.outOfMemory
    }
    self.pointer = pointer
    self.lattice = lattice
  }

  deinit { cutline_labels_destroy(pointer) }

  /// Searches a task and passes on its candidates: sums and, `rows` each, cutoffs.
  ///
  /// - Returns: false where a limit was exceeded, that of the watch's time included.
  /// - Throws: `ComputeError.outOfMemory`, or the watch's error.
  func search(
    _ task: CornerTask, bytes: Int, labels: UInt64, watch: SearchWatch,
    found: (UnsafeBufferPointer<cutline_point>, UnsafeBufferPointer<UInt16>) -> Void
  ) throws -> Bool {
    var corners = cutline_corners()
    corners.count = task.floors.count
    withUnsafeMutableBytes(of: &corners.production) { lanes in
      for (i, floor) in task.floors.enumerated() { lanes.bindMemory(to: Int64.self)[i] = floor ?? .min }
    }
    withUnsafeMutableBytes(of: &corners.numerator) { lanes in
      for (i, ceiling) in task.ceilings.enumerated() { lanes.bindMemory(to: Int64.self)[i] = ceiling?.numerator ?? 0 }
    }
    withUnsafeMutableBytes(of: &corners.denominator) { lanes in
      for (i, ceiling) in task.ceilings.enumerated() { lanes.bindMemory(to: Int64.self)[i] = ceiling?.denominator ?? 0 }
    }
    corners.low_numerator = task.low?.numerator ?? 0
    corners.low_denominator = task.low?.denominator ?? 0
    corners.high_numerator = task.high?.numerator ?? 0
    corners.high_denominator = task.high?.denominator ?? 0
    corners.price = task.price
    try watch.check()
    let state = withExtendedLifetime(watch) { cutline_labels_search(pointer, &corners, bytes, labels, watch.stop) }
    guard try watch.completed(state) else { return false }
    var points: UnsafePointer<cutline_point>?
    var accepted: UnsafePointer<UInt16>?
    let count = cutline_labels_points(pointer, &points, &accepted)
    found(
      UnsafeBufferPointer(start: points, count: count),
      UnsafeBufferPointer(start: accepted, count: count * lattice.grid.rows))
    return true
  }

  var counts: cutline_label_counts { cutline_labels_counts(pointer) }
}
