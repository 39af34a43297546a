internal import CModels
internal import CutlineCompute

/// Many rows as few: the triangle R with RᵀR = AᵀA for A = (√w (x − centre) · unit …, √w t), by Householder reflections.
///
/// Least squares of the triangle is that of all rows, and nothing is squared on the way. Chunks of rows become triangles by
/// themselves, which are joined in their order.
///
/// Source: J. Demmel, L. Grigori, M. Hoemmen, J. Langou, *Communication-optimal parallel and sequential QR and LU
/// factorizations*, SIAM J. Sci. Comput. 34 (2012).
enum TriangleReduction {
  /// - Parameters:
  ///   - columns: per feature.
  ///   - centres, units: what a value is reduced by, and then multiplied by.
  ///   - target: the last column, as it is.
  /// - Returns: the triangle, column-major, of order p + 1.
  /// - Complexity: O(*n·p²*).
  static func triangle(
    _ columns: [[Double]], centres: [Double], units: [Double], target: [Double], weights: [Double], workers: Int,
    instructionSet: InstructionSet? = nil
  ) -> [Double] {
    let chunks = RowChunks(rows: target.count, workers: workers, instructionSet: instructionSet)
    let size = columns.count + 1
    let set = chunks.instructionSet
    let block = RowChunks.block
    let count = (chunks.rows + RowChunks.chunk - 1) / RowChunks.chunk
    var whole = [Double](repeating: 0, count: size * size)
    let roots = weights.map { $0.squareRoot() }
    let round = max(workers, min(64, (1 << 22) / (size * size)))
    for first in stride(from: 0, to: count, by: round) {
      let some = min(round, count - first)
      let memory = UnsafeMutableBufferPointer<Double>.allocate(capacity: some * size * size)
      defer { memory.deallocate() }
      memory.initialize(repeating: 0)
      // Shared without a lock: each chunk writes a triangle of its own.
      nonisolated(unsafe) let shared = memory
      RowChunks.each(some, workers: workers) { index in
        guard let base = shared.baseAddress else { return }
        let values = Scratch(size * block)
        let start = (first + index) * RowChunks.chunk
        for from in stride(from: start, to: min(chunks.rows, start + RowChunks.chunk), by: block) {
          let rows = min(block, chunks.rows - from)
          let padding = StandardColumns.padded(rows) - rows
          for column in 0..<size {
            let (source, centre, unit) =
              column < columns.count ? (columns[column], centres[column], units[column]) : (target, 0, 1)
            let out = values.first + column * block
            source.withUnsafeBufferPointer { x in
              guard let x = x.baseAddress else { return }
              cmodels_standardise(x + from, rows, centre, unit, out, padding, set)
            }
            for row in 0..<rows { out[row] *= roots[from + row] }
          }
          cmodels_append(base + index * size * size, values.first, block, rows + padding, size, set)
        }
      }
      for index in 0..<some { append(memory, from: index * size * size, to: &whole, size, set) }
    }
    return whole
  }

  /// A chunk's triangle below the whole one.
  private static func append(
    _ memory: UnsafeMutableBufferPointer<Double>, from place: Int, to whole: inout [Double], _ size: Int, _ set: Int32
  ) {
    let stride = StandardColumns.padded(size)
    let rows = Scratch(stride * size)
    for column in 0..<size {
      for row in 0...column { rows.first[column * stride + row] = memory[place + column * size + row] }
    }
    whole.withUnsafeMutableBufferPointer { whole in
      guard let whole = whole.baseAddress else { return }
      cmodels_append(whole, rows.first, stride, stride, size, set)
    }
  }
}
