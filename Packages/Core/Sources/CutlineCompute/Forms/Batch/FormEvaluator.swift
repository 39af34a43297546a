internal import CCompute
import Dispatch

/// A form made ready for many rows. Each result has the bits of `ModelForm.values(of:)`.
///
/// Rows are taken in blocks whose features are copied into a tile that the caches hold; a kernel computes one operation for
/// a block, one row per lane, so that nothing is ever added across rows and the width of the vectors cannot be seen.
public struct FormEvaluator: Sendable {
  public let form: ModelForm
  private let part: any BatchPart

  /// - Complexity: O(size of the form).
  public init(_ form: ModelForm) {
    self.form = form
    part = form.part.batch()
  }

  /// All outputs for all rows.
  ///
  /// - Parameters:
  ///   - columns: `inputCount` columns of `rows` numbers, NaN where missing.
  ///   - workers: threads; the result does not depend on them. Values below 1 mean 1.
  ///   - instructionSet: nil chooses the widest; the result does not depend on it.
  /// - Returns: `outputCount` columns of `rows` numbers.
  /// - Throws: `ComputeError.shape` where the columns are not as stated, `ComputeError.unsupported`,
  ///   `ComputeError.outOfMemory` where the result has more than 2⁴⁰ numbers.
  /// - Complexity: rows × that of one record.
  public func evaluate(
    columns: [[Double]], rows: Int, workers: Int = 1, instructionSet: InstructionSet? = nil
  ) throws(ComputeError) -> [[Double]] {
    guard rows >= 0, columns.count == form.inputCount else {
      throw ComputeError.shape("\(columns.count) columns for a form that takes \(form.inputCount) features")
    }
    guard columns.allSatisfy({ $0.count == rows }) else {
      throw ComputeError.shape("columns of other lengths than the \(rows) rows stated")
    }
    let set: InstructionSet
    do { set = try InstructionSet.chosen(instructionSet) } catch {
      throw ComputeError.unsupported(instructionSet ?? .baseline)
    }
    let (total, overflow) = rows.multipliedReportingOverflow(by: form.outputCount)
    guard !overflow, total < 1 << 40 else { throw ComputeError.outOfMemory }
    let values = [Double](unsafeUninitializedCapacity: total) { memory, count in
      if let out = memory.baseAddress, rows > 0 { fill(out, columns, rows, workers, set) }
      count = total
    }
    if form.outputCount == 1 { return [values] }
    return (0..<form.outputCount).map { Array(values[$0 * rows..<($0 + 1) * rows]) }
  }

  /// Fewer rows where they are wide, so that a tile stays small whatever the model.
  private var blockRows: Int { max(16, min(2_048, 65_536 / form.part.width)) }

  private func fill(
    _ out: UnsafeMutablePointer<Double>, _ columns: [[Double]], _ rows: Int, _ workers: Int, _ set: InstructionSet
  ) {
    let blockRows = blockRows
    let blocks = (rows + blockRows - 1) / blockRows
    // Not a power of two: the features of one row would share one set of the nearest cache.
    let stride = blockRows + 8
    // A thread is worth its start from some thousand rows on.
    let threads = max(1, min(workers, rows / 2_048))
    // Shared without a lock, because each thread writes rows of its own.
    nonisolated(unsafe) let shared = out
    @Sendable func work(_ thread: Int) {
      let inputs = columns.count
      let outputs = form.outputCount
      withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, inputs + outputs) * stride) { memory in
        guard let features = memory.baseAddress else { return }
        let results = features + inputs * stride
        for block in blocks * thread / threads..<blocks * (thread + 1) / threads {
          let first = block * blockRows
          let count = min(blockRows, rows - first)
          let tile = Tile(
            first: UnsafePointer(features), stride: stride, rows: count, instructionSet: set.code)
          if outputs == 1 {
            part.evaluate(columns, from: first, tile, features: features, into: shared + first)
            cutline_form_one_nan(shared + first, count, set.code)
            continue
          }
          part.evaluate(columns, from: first, tile, features: features, into: results)
          for output in 0..<outputs {
            let values = results + output * stride
            cutline_form_one_nan(values, count, set.code)
            (shared + output * rows + first).update(from: values, count: count)
          }
        }
      }
    }
    if threads == 1 { work(0) } else { DispatchQueue.concurrentPerform(iterations: threads, execute: work) }
  }
}
