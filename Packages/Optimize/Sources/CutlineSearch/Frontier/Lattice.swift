internal import CSearch
internal import CutlineCompute

/// A grid with its bounds, in the form of the kernels.
///
/// Unchecked, because it owns a C structure; nothing changes it after it is made.
final class Lattice: @unchecked Sendable {
  let pointer: OpaquePointer
  let grid: GridSums
  let watch: SearchWatch

  /// Nil where time is over before it is made.
  ///
  /// - Throws: `FrontierError.outsideGrid`; as `SearchWatch.completed`.
  init?(_ grid: GridSums, bounds: StrategyBounds, watch: SearchWatch) throws {
    guard bounds.shape == grid.shape else {
      throw FrontierError.outsideGrid("bounds of another grid than \(grid.rows) × \(grid.columns)")
    }
    var pointer: OpaquePointer?
    let state = cutline_lattice_create(
      grid.rows, grid.columns, grid.production, grid.numerator, grid.denominator, bounds.least, bounds.most, watch.stop,
      &pointer)
    guard try watch.completed(state), let pointer else { return nil }
    self.pointer = pointer
    self.grid = grid
    self.watch = watch
  }

  deinit { cutline_lattice_destroy(pointer) }

  /// Whether partial strategies cannot have a negative denominator or a negative numerator over zero.
  var isPlain: Bool { cutline_lattice_is_plain(pointer) }

  /// A strategy that maximises p·P + n·N + d·D, exactly, and the sign of the maximum; nil where time is over first.
  func best(production p: Int64, numerator n: Int64, denominator d: Int64) throws -> (accepted: [UInt16], sign: Int)? {
    var accepted = [UInt16](repeating: 0, count: grid.rows)
    var sign: Int32 = 0
    let state = cutline_lattice_best(pointer, p, n, d, &accepted, watch.stop, &sign)
    return try watch.completed(state) ? (accepted, Int(sign)) : nil
  }
}
