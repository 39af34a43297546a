internal import CCompute

extension Tile {
  /// As the kernels take it.
  var kernel: cutline_tile { cutline_tile(first: first, stride: stride, rows: rows) }

  /// `out` = operation of `x`, and of `out` where it accumulates.
  func apply(
    _ operation: Int, to x: UnsafePointer<Double>, _ a: Double = 0, _ b: Double = 0,
    into out: UnsafeMutablePointer<Double>
  ) {
    cutline_form_column(Int32(operation), x, rows, a, b, out, instructionSet)
  }

  /// μ = g⁻¹(η) in place.
  func mean(_ link: Link, of values: UnsafeMutablePointer<Double>) {
    cutline_link_inverse(link.code, values, rows, instructionSet)
  }

  /// η = g(μ) in place.
  func sum(_ link: Link, of values: UnsafeMutablePointer<Double>) {
    cutline_link_forward(link.code, values, rows, instructionSet)
  }
}
