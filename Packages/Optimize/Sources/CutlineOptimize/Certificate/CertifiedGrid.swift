internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// A cell table as the certificate's checker sees it: in every score the safest bin first. Written for the check alone: it
/// shares nothing with the searches.
struct CertifiedGrid {
  struct Sums: Equatable {
    var production: Int64 = 0
    var numerator: Int64 = 0
    var denominator: Int64 = 0

    static func + (a: Sums, b: Sums) -> Sums {
      Sums(
        production: a.production + b.production, numerator: a.numerator + b.numerator,
        denominator: a.denominator + b.denominator)
    }

    /// Risk is defined: an empty sum, or a positive denominator.
    var isFeasible: Bool { denominator > 0 || (denominator == 0 && numerator == 0) }
  }

  /// Of all sums.
  let scale: AmountScale
  /// Bins per score.
  let shape: [Int]
  /// Per cell, the last score fastest.
  let cells: [Sums]
  /// Per combination of the bins of all scores but the last ("line"), of its first 0, 1, … bins of the last one.
  let running: [[Sums]]
  /// Per line, the least and most bins of the last score that pins leave.
  let least, most: [Int]
  /// Whether no cell has a negative numerator or denominator.
  let isNonNegative: Bool
  private let lineOrder: [Int]

  /// Whether gaps can be walked: one score or two.
  var isPlane: Bool { shape.count <= 2 }
  /// Bins of the last score.
  var width: Int { shape.last ?? 1 }
  var lines: Int { running.count }

  /// - Parameter pins: as in a certificate.
  /// - Throws: `Faults` (data) when a sum could leave 2⁵³; `Faults` (integrity) for pins that are none or contradict.
  init(_ table: CellTable, pins: [String]) throws {
    let axes = table.grid.axes
    scale = table.scale
    shape = axes.map(\.binCount)
    let width = shape.last ?? 1
    lineOrder = Self.fromSafest(CellGrid(axes: Array(axes.dropLast())))
    cells = Self.fromSafest(table.grid)
      .map { cell in
        let sums = table.total(cell)
        return Sums(production: sums.production, numerator: sums.numerator, denominator: sums.denominator)
      }
    for value in [\Sums.production, \.numerator, \.denominator] {
      guard sumsAreExact(cells.map { $0[keyPath: value] }) else { throw Self.tooLarge }
    }
    isNonNegative = cells.allSatisfy { $0.numerator >= 0 && $0.denominator >= 0 }
    let cells = cells
    running = lineOrder.indices.map { line in
      var sums = [Sums()]
      for place in 0..<width { sums.append(sums[place] + cells[line * width + place]) }
      return sums
    }
    (least, most) = try Self.bounds(pins, axes, lines: lineOrder.count)
  }

  /// Cells by place from the safe end.
  private static func fromSafest(_ grid: CellGrid) -> [Int] {
    (0..<grid.cellCount).map { place in
      grid.index(zip(grid.axes, grid.bins(place)).map { $0.bin(atPosition: $1) })
    }
  }

  private static let tooLarge = Faults.data(
    "certificate", "the sums reach 2^53", "Write the cell table in larger units, or state fewer decimals.")

  /// What pins leave: with an accepted cell go all that are as safe in every score, with a rejected one all as risky.
  private static func bounds(_ pins: [String], _ axes: [GridAxis], lines: Int) throws -> ([Int], [Int]) {
    let outer = axes.dropLast().map(\.binCount)
    let width = axes.last?.binCount ?? 1
    var least = [Int](repeating: 0, count: lines)
    var most = [Int](repeating: width, count: lines)
    for pin in pins {
      let parts = pin.split(separator: "=")
      let words = parts.first.map { $0.split(separator: ",", omittingEmptySubsequences: false) } ?? []
      let bins = words.compactMap { Int($0) }
      guard parts.count == 2, bins.count == words.count, ["accept", "reject"].contains(parts[1]),
        bins.count == axes.count,
        zip(bins, axes).allSatisfy({ (1...$1.binCount).contains($0) })
      else {
        throw Faults.integrity(
          "certificate", "\(pin.prefix(60).debugDescription) is no pin of this grid", "Do not use this certificate.")
      }
      let cell = zip(axes, bins).map { axis, bin in axis.safestIsLast ? axis.binCount - bin : bin - 1 }
      for line in 0..<lines {
        var rest = line
        var place = [Int](repeating: 0, count: outer.count)
        for score in outer.indices.reversed() {
          place[score] = rest % outer[score]
          rest /= outer[score]
        }
        let last = cell[cell.count - 1]
        if parts[1] == "accept" {
          if zip(place, cell).allSatisfy({ $0 <= $1 }) { least[line] = max(least[line], last + 1) }
        } else if zip(place, cell).allSatisfy({ $0 >= $1 }) {
          most[line] = min(most[line], last)
        }
      }
    }
    guard zip(least, most).allSatisfy(<=) else {
      throw Faults.integrity("certificate", "its pins contradict each other", "Do not use this certificate.")
    }
    return (least, most)
  }

  /// Counts per combination of bins by number as counts from the safest on.
  func fromSafest(_ byBin: [Int]) -> [Int] { lineOrder.map { byBin[$0] } }

  /// The neighbour of a cell that is one bin safer in a score, or nil.
  func safer(_ cell: Int, score: Int) -> Int? {
    let stride = shape[(score + 1)...].reduce(1, *)
    return (cell / stride) % shape[score] > 0 ? cell - stride : nil
  }

  /// The sums of a strategy given from the safest line on.
  func sums(_ accepted: [Int]) -> Sums {
    zip(running, accepted).reduce(Sums()) { $0 + $1.0[$1.1] }
  }

  /// Why counts from the safest on are no strategy of this grid within the pins; nil when they are one.
  func fault(_ accepted: [Int]) -> String? {
    for line in accepted.indices {
      guard (least[line]...most[line]).contains(accepted[line]) else { return "breaks a pin" }
      var stride = 1
      for score in shape.indices.dropLast().reversed() {
        if (line / stride) % shape[score] > 0, accepted[line] > accepted[line - stride] { return "is not monotone" }
        stride *= shape[score]
      }
    }
    return nil
  }
}
