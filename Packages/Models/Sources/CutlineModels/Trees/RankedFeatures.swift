internal import CutlineCore
internal import CutlineCredit

/// Features as places in the order of their values, which is all that trees can see of them.
///
/// The library compares in single precision. It is given small whole numbers, which single precision holds exactly: the
/// place of each value among the distinct ones of its column, or where these are more than `bins` among classes of about
/// equal weight. Questions about places are then questions about values again, asked half way between two neighbours. So
/// nothing is lost to rounding, 10³⁰⁰ is no greater than its place, and another scale of a feature gives the same trees.
struct RankedFeatures {
  /// Per row and feature, row by row; NaN where missing.
  let places: [Float]
  /// Per feature: question k separates place k − 1 from place k. The first and the last one separate nothing but missing.
  private let cuts: [[Double]]

  /// - Parameters:
  ///   - rows: those that have weight.
  /// - Throws: `Faults` (data) for an infinite value.
  init(_ design: Design, rows: [Int], bins: Int) throws(Faults) {
    let width = design.columns.count
    var places = [Float](repeating: .nan, count: rows.count * width)
    var cuts: [[Double]] = []
    for (feature, column) in design.columns.enumerated() {
      if let row = rows.first(where: { column[$0].isInfinite }) {
        throw Faults.data(
          Place(column: design.features[feature], row: row), "is infinite", "Give a number, or leave it out.")
      }
      let order = rows.indices.filter { !column[rows[$0]].isNaN }.sorted { column[rows[$0]] < column[rows[$1]] }
      let classes = Self.classes(order.map { (column[rows[$0]], design.weights[rows[$0]]) }, bins)
      for (place, index) in order.enumerated() { places[index * width + feature] = Float(classes.place[place]) }
      cuts.append(classes.cuts)
    }
    self.places = places
    self.cuts = cuts
  }

  /// The greatest value that goes left where places below `split` do.
  func threshold(feature: Int, split: Float) -> Double {
    // The library asks for features that it was given; a number of its file is no proof of that.
    guard cuts.indices.contains(feature) else { return 0 }
    let cuts = cuts[feature]
    return cuts[Int(max(0, min(Float(cuts.count - 1), split.rounded(.up))))]
  }

  /// The place of a value that was perhaps not seen before: that of the neighbour on its side of each question.
  func place(feature: Int, of value: Double) -> Float {
    guard !value.isNaN else { return .nan }
    let cuts = cuts[feature]
    // How many questions between neighbours lie below it.
    var (low, high) = (1, cuts.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cuts[middle] < value { low = middle + 1 } else { high = middle }
    }
    return Float(low - 1)
  }

  /// - Parameter sorted: values with their weights, by value.
  private static func classes(
    _ sorted: [(value: Double, weight: Double)], _ bins: Int
  ) -> (place: [Int], cuts: [Double]) {
    var distinct: [(value: Double, weight: Double)] = []
    var owner: [Int] = []
    for (value, weight) in sorted {
      // −0 equals 0.
      if let last = distinct.last, last.value == value {
        distinct[distinct.count - 1].weight += weight
      } else {
        distinct.append((value, weight))
      }
      owner.append(distinct.count - 1)
    }
    let total = distinct.reduce(0) { $0 + $1.weight }
    var classOf: [Int] = []
    var cuts = [-Double.greatestFiniteMagnitude]
    var (before, last) = (0.0, -1)
    for (index, own) in distinct.enumerated() {
      let wanted = distinct.count <= bins ? index : min(bins - 1, Int(before / total * Double(bins)))
      if wanted > last || index == 0 {
        if index > 0 { cuts.append(middle(distinct[index - 1].value, own.value)) }
        last = wanted
      }
      classOf.append(cuts.count - 1)
      before += own.weight
    }
    cuts.append(.greatestFiniteMagnitude)
    return (owner.map { classOf[$0] }, cuts)
  }

  /// Half way between two neighbours; the lower one where no number lies between them.
  static func middle(_ low: Double, _ high: Double) -> Double {
    let middle = low / 2 + high / 2
    return middle >= low && middle < high ? middle : low
  }
}
