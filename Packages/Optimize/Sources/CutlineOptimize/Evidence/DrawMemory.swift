internal import CutlineCompute
internal import CutlineCredit

/// What the draws hold in memory, against `memory_limit`.
///
///     rows · (16 · measures + 19)                    the rows in order, and the columns that they are put in order from
///     draws · cells · 48                             the draws
///     8 · blocks of a wave · cells · 48              those that wait for their place
///     workers · block                                cubes of eight resamples
struct DrawMemory {
  /// Blocks of eight resamples that a worker makes before their sums go to their place.
  static let blocksAtOnce = 8

  private let config: PoissonDrawsConfig
  private let cells, rows: Int
  private var bytes: Double

  init(config: PoissonDrawsConfig, cells: Int, sample: Sample) {
    (self.config, self.cells, rows) = (config, cells, sample.rowCount)
    let draw = Double(cells * CellDraws.perCell * 8)
    bytes = Double(config.resamples + config.groups) * draw + Double(ResampledCubes.bytes(of: sample))
  }

  /// What is known once the rows are in order.
  mutating func add(_ cubes: ResampledCubes, workers: Int) {
    let draw = Double(cells * CellDraws.perCell * 8)
    let waiting = min(config.resamples, workers * Self.blocksAtOnce * PoissonWeights.perBlock)
    bytes += Double(waiting) * draw + Double(workers * cubes.blockBytes)
  }

  /// What to do; nil where it fits.
  var excess: String? {
    guard bytes > Double(config.memoryLimit) * 0x1p20 else { return nil }
    let needed = Int(bytes / 0x1p20) + 1
    return
      "\(config.resamples) resamples of \(rows) applications and \(cells) cells need \(needed) MiB or more, and memory_limit of stage draws is \(config.memoryLimit); raise it, or set fewer resamples or bins"
  }
}
