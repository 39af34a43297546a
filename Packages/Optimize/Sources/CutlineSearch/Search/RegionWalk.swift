extension GridSumsND {
  /// Per line (the bins of all but the last dimension, in row-major order), the neighbouring lines that are safer.
  static func saferLines(shape: [Int]) -> [[Int]] {
    let lines = shape.dropLast().reduce(1, *)
    var safer = [[Int]](repeating: [], count: lines)
    var stride = lines
    for size in shape.dropLast() {
      stride /= size
      for line in 0..<lines where (line / stride) % size > 0 { safer[line].append(line - stride) }
    }
    return safer
  }
}

/// All closed regions of a grid within bounds, each once, in the ascending order of their counts.
///
/// A line accepts at least what the bounds ask for and at most what they allow and each safer neighbouring line accepts.
/// As bounds do not increase along any dimension, every choice for the first lines can be completed. Only the lines
/// before the last one are stepped through; the counts of the last line are a range for the caller's inner loop. Sums
/// over the lines before each line are kept, so that a step adds what changes.
struct RegionWalk {
  /// Sums over accepted cells.
  struct Sums {
    var production: Int64 = 0
    var numerator: Int64 = 0
    var denominator: Int64 = 0

    @inline(__always)
    static func + (a: Sums, b: Sums) -> Sums {
      Sums(
        production: a.production &+ b.production, numerator: a.numerator &+ b.numerator,
        denominator: a.denominator &+ b.denominator)
    }
  }

  /// Per line and count from 0 on, over the accepted cells of the line.
  let prefixes: [Sums]
  /// The same of further quantities, each line and count with one sum per quantity.
  let furtherPrefixes: [Int64]
  /// Over the lines before the last one.
  var sumsBefore: Sums { sums[lastLine] }
  /// The counts of all lines but the last.
  private(set) var counts: [Int]
  let lastLine: Int
  /// What the last line may accept.
  private(set) var lastCounts: ClosedRange<Int>

  private let counted, further: Int
  private let least, allowed: [Int]
  private var most: [Int]
  /// Per line, over the lines before it.
  private var sums: [Sums]
  private var furtherSums: [Int64]
  /// The safer neighbours of a line are from `firstSafer[line]` to the next line's; flat, since this is the hot path.
  private let firstSafer, safer: [Int]

  /// - Parameters:
  ///   - bounds: of the same shape, tightened.
  ///   - further: per quantity beside those of the grid, one value per cell.
  init(_ grid: GridSumsND, bounds: StrategyBounds, further: [[Int64]]) {
    let lines = grid.countsPerStrategy
    counted = grid.lastSize + 1
    lastLine = lines - 1
    least = bounds.least.map { Int($0) }
    allowed = bounds.most.map { Int($0) }
    let neighbours = GridSumsND.saferLines(shape: grid.shape)
    safer = neighbours.flatMap { $0 }
    firstSafer = neighbours.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
    var prefixes = [Sums](repeating: Sums(), count: lines * counted)
    var furtherPrefixes = [Int64](repeating: 0, count: lines * counted * further.count)
    for line in 0..<lines {
      for count in 1..<counted {
        let place = line * counted + count
        let cell = line * grid.lastSize + count - 1
        prefixes[place] =
          prefixes[place - 1]
          + Sums(
            production: grid.production[cell], numerator: grid.numerator[cell], denominator: grid.denominator[cell])
        for (quantity, values) in further.enumerated() {
          let own = place * further.count + quantity
          furtherPrefixes[own] = furtherPrefixes[own - further.count] + values[cell]
        }
      }
    }
    self.prefixes = prefixes
    self.furtherPrefixes = furtherPrefixes
    self.further = further.count
    sums = [Sums](repeating: Sums(), count: lines)
    furtherSums = [Int64](repeating: 0, count: lines * further.count)
    counts = least
    most = allowed
    lastCounts = 0...0
    enter(0)
    descend(from: 0)
  }

  /// The place in `prefixes` of a line that accepts `count` bins.
  func place(line: Int, count: Int) -> Int { line &* counted &+ count }

  /// The sum of a further quantity when the last line is at this place.
  func further(_ quantity: Int, place: Int) -> Int64 {
    furtherSums[lastLine * further + quantity] + furtherPrefixes[place * further + quantity]
  }

  /// Goes on to the next counts of the lines before the last one; false after all.
  mutating func advance() -> Bool {
    var line = lastLine - 1
    while line >= 0, counts[line] == most[line] { line -= 1 }
    guard line >= 0 else { return false }
    counts[line] += 1
    descend(from: line)
    return true
  }

  /// The share of counts that lies behind, if those of the first lines were equally frequent.
  var share: Double {
    var share = 0.0
    var width = 1.0
    for line in 0..<min(3, lastLine) {
      width /= Double(most[line] - least[line] + 1)
      share += width * Double(counts[line] - least[line])
    }
    return share
  }

  private mutating func enter(_ line: Int) {
    var limit = allowed[line]
    for place in firstSafer[line]..<firstSafer[line + 1] { limit = min(limit, counts[safer[place]]) }
    most[line] = limit
    counts[line] = least[line]
    if line == lastLine { lastCounts = least[line]...limit }
  }

  private mutating func descend(from first: Int) {
    for line in first..<max(first, lastLine) {
      let own = place(line: line, count: counts[line])
      sums[line + 1] = sums[line] + prefixes[own]
      if further > 0 {
        for quantity in 0..<further {
          furtherSums[(line + 1) * further + quantity] =
            furtherSums[line * further + quantity] + furtherPrefixes[own * further + quantity]
        }
      }
      enter(line + 1)
    }
  }
}
