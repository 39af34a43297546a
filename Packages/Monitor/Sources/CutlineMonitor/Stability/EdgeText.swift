internal import CutlineCore

/// Edges between quantiles as labels show them. A quantile may be the very value of one application; then the label is rounded to
/// a step that still tells the edges apart, while rows are counted by the edge itself.
enum EdgeText {
  /// - Parameters:
  ///   - edges: ascending.
  ///   - values: that they were taken from, ascending.
  /// - Returns: per edge the number itself where `Vocabulary.fewestRows` of the values share it, else the nearest multiple of a power of ten that
  ///   is at most a hundredth of the distance to the nearest edge, or of the edge's size where it is alone.
  /// - Complexity: O(edges · log values).
  static func texts(_ edges: [Double], of values: [Double]) -> [String] {
    edges.indices.map { place in
      let edge = edges[place]
      let rows = firstIndex(in: values) { $0 > edge } - firstIndex(in: values) { $0 >= edge }
      guard !Vocabulary.isShared(by: rows) else { return ConfigValue.number(edge) }
      let gaps = [
        place > 0 ? edge - edges[place - 1] : .infinity, place + 1 < edges.count ? edges[place + 1] - edge : .infinity,
      ]
      let room = gaps.min().flatMap { $0.isFinite ? $0 : nil } ?? edge.magnitude
      let (value, decimals) = step(edge, within: room)
      return decimals > 0 ? NumberText.fixed(value, decimals) : ConfigValue.number(value)
    }
  }

  /// The nearest multiple of the greatest power of ten that is at most a hundredth of `room`.
  static func rounded(_ value: Double, within room: Double) -> Double { step(value, within: room).value }

  private static func step(_ value: Double, within room: Double) -> (value: Double, decimals: Int) {
    guard room > 0, room.isFinite, value.isFinite, room < 1e17 else { return (value.rounded(), 0) }
    var (step, decimals) = (1.0, 0)
    while step * 1000 <= room { step *= 10 }
    // Division by a power of ten, which is exact, gives the double next to the decimal.
    var scale = 1.0
    while 100 > room * scale, decimals < 15 { (scale, decimals) = (scale * 10, decimals + 1) }
    return decimals > 0 ? ((value * scale).rounded() / scale, decimals) : ((value / step).rounded() * step, 0)
  }

  private static func firstIndex(in values: [Double], where condition: (Double) -> Bool) -> Int {
    var (low, high) = (0, values.count)
    while low < high {
      let middle = (low + high) / 2
      if condition(values[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
