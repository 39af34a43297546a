internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Exposure and risk numerator of booked, mature applications per cell, split into folds of applications.
///
/// Folds are made on applications before anything is added up, so no application is in both the training and the
/// validation side of a fold. The fold of an application is drawn from its id, so the order of the file plays no role.
struct FoldedCells: Sendable {
  let folds: Int
  let rows: Int
  /// Per fold, per cell, in hundredths.
  private let numerator, denominator: [[Int64]]

  init(_ sample: Sample, folds: Int, stream: RandomStream) {
    let rows = sample.cell.indices.filter { sample.isMature[$0] }
    var numerator = [[Int64]](repeating: .init(repeating: 0, count: sample.grid.cellCount), count: folds)
    var denominator = numerator
    for row in rows {
      let fold = Int(stream.bits(at: sample.key[row]) % UInt32(folds))
      numerator[fold][Int(sample.cell[row])] += sample.amounts[2][row]
      denominator[fold][Int(sample.cell[row])] += sample.amounts[3][row]
    }
    self.folds = folds
    self.rows = rows.count
    self.numerator = numerator
    self.denominator = denominator
  }

  /// Risk as a fraction and weight (exposure) per cell: of one fold, or of all folds but one, or of all.
  func cells(_ part: Part, multiplier: Double) -> (risk: [Double], weight: [Double]) {
    let included = (0..<folds).filter { fold in
      switch part {
      case .fold(let wanted): fold == wanted
      case .allBut(let left): fold != left
      case .all: true
      }
    }
    let count = numerator.first?.count ?? 0
    var risk = [Double](repeating: 0, count: count)
    var weight = risk
    for cell in 0..<count {
      let d = included.reduce(Int64(0)) { $0 + denominator[$1][cell] }
      guard d > 0 else { continue }
      let n = included.reduce(Int64(0)) { $0 + numerator[$1][cell] }
      risk[cell] = multiplier * Double(n) / Double(d)
      weight[cell] = Double(d)
    }
    return (risk, weight)
  }

  enum Part { case fold(Int), allBut(Int), all }

  /// Per axis, per bin: the mean raw score of the sample's rows in it; empty bins lie between their edges.
  static func meanScores(_ sample: Sample) -> [[Double]] {
    sample.grid.axes.indices.map { axis in
      let bins = sample.grid.axes[axis].binCount
      let stride = sample.grid.axes[(axis + 1)...].reduce(1) { $0 * $1.binCount }
      // In units of 2⁻³², so that the order of the rows does not change a bit of the mean.
      var sum = [Int128](repeating: 0, count: bins)
      var count = [Int](repeating: 0, count: bins)
      for row in sample.cell.indices {
        let bin = Int(sample.cell[row]) / stride % bins
        let score = sample.scores[axis][row]
        sum[bin] += Int128((max(-0x1p60, min(0x1p60, score)) * 0x1p32).rounded(.toNearestOrEven))
        count[bin] += 1
      }
      return (0..<bins).map {
        count[$0] > 0 ? Double(sum[$0]) * 0x1p-32 / Double(count[$0]) : sample.grid.axes[axis].middle(ofBin: $0)
      }
    }
  }
}
