internal import CutlineCore

/// Arithmetic on numbers of a file that nobody has checked: what leaves 128 bits is a fault, never a crash and never another number.
enum CheckedNumbers {
  private static let tooLarge = Faults.data(
    "certificate", "its numbers leave 128 bits, so that nothing can be proven", "Write it again with cutline allocate.")

  static func sum(_ a: Int128, _ b: Int128) throws(Faults) -> Int128 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    if overflow { throw tooLarge }
    return sum
  }

  static func product(_ a: Int128, _ b: Int128) throws(Faults) -> Int128 {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    if overflow { throw tooLarge }
    return product
  }

  /// Σ of magnitudes, below 2^`bits`.
  static func size(_ values: some Sequence<Int128>, bits: Int) throws(Faults) -> Int128 {
    var size = Int128(0)
    for value in values {
      guard value != .min else { throw tooLarge }
      size = try sum(size, abs(value))
      guard size < Int128(1) << Int128(bits) else { throw tooLarge }
    }
    return size
  }
}
