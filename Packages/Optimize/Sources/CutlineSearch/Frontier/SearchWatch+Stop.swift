internal import CSearch
internal import CutlineCompute

extension SearchWatch {
  /// The question of long loops in C. The watch must outlive the call.
  var stop: cutline_stop {
    cutline_stop(
      asked: { context in
        guard let context else { return false }
        return Unmanaged<SearchWatch>.fromOpaque(context).takeUnretainedValue().hasEnded
      }, context: Unmanaged.passUnretained(self).toOpaque())
  }

  /// Whether nothing more is to be done: time is over, nobody waits, or another worker has failed.
  private var hasEnded: Bool {
    do { try check() } catch { return true }
    return isExpired
  }

  /// Whether a call of the C interface went to its end; false where a limit of time, memory or labels came first.
  ///
  /// - Throws: `ComputeError.outOfMemory`; as `check`.
  func completed(_ state: Int32) throws -> Bool {
    switch Int(state) {
    case Int(CUTLINE_FOUND): return true
    case Int(CUTLINE_OVER_LIMIT): return false
    case Int(CUTLINE_CANCELLED):
      try check()
      if isExpired { return false }
      throw CancellationError()
    default: throw ComputeError.outOfMemory
    }
  }
}
