public import CutlineCore

/// The decimals in which the amounts of a table are kept: each is a whole number of 10⁻ˢᶜᵃˡᵉ, accounts included.
///
/// It is a property of the data: a file in units of money with cents has two, the same file in millions eight.
public struct AmountScale: Sendable, Hashable {
  /// 0 to 9.
  public let decimals: Int

  /// - Parameter decimals: those outside 0...9 become the nearest of them.
  public init(_ decimals: Int) { self.decimals = max(0, min(Self.most, decimals)) }

  /// What is used where nothing is said, and the least that is found.
  public static let hundredths = AmountScale(2)
  /// The most decimals that can be stated.
  public static let most = 9
  /// The most that are found, unless so few would move a sum.
  static let mostFound = 6
  /// The largest share of the sum of its magnitudes by which rounding may move the sum of a column.
  static let tolerance = 1e-9

  /// What one unit of the data is here: 100 for two decimals. Values are divided by it when they are written.
  public var perUnit: Double { Double(FixedPoint.powers[decimals]) }

  /// Of the whole numbers, for people: `hundredths`.
  public var name: String {
    let names = ["whole units", "tenths", "hundredths", "thousandths"]
    return decimals < names.count ? names[decimals] : "units of 10^-\(decimals)"
  }

  /// In units, always with all decimals: `-0.07`.
  public func text(_ value: Int64) -> String { FixedPoint.text(value, scale: decimals) }

  /// In units, with as few decimals as are needed: `12`, `12.5`, `-0.07`.
  public func shortText(_ value: Int64) -> String {
    var text = text(value)
    guard decimals > 0 else { return text }
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// The fewest decimals, 2 to 6, in which every value of all columns is exact: those of its shortest text. Up to 9 where six
  /// would move a sum too far, as in a file in millions; fewer where sums would come near the 2⁵³ up to which they are exact.
  ///
  /// - Parameter columns: amounts in units; NaN where missing.
  /// - Complexity: O(values).
  public init(of columns: [[Double]]) {
    let sizes = columns.map { $0.reduce(0.0) { $1.isNaN ? $0 : $0 + abs($1) } }
    // Eight times as much stays free for what is predicted.
    let largest = sizes.max() ?? 0
    let room = (2...Self.most).last { largest * AmountScale($0).perUnit < 0x1p50 } ?? 2
    var scale = 2
    for column in columns {
      for value in column where !value.isNaN {
        while scale < room, !AmountScale(scale).holds(value) { scale += 1 }
      }
    }
    var found = AmountScale(min(scale, Self.mostFound))
    while found.decimals < scale, zip(columns, sizes).contains(where: { found.shift(of: $0) > Self.tolerance * $1 }) {
      found = AmountScale(found.decimals + 1)
    }
    self = found
  }

  /// Whether the scales of amounts are one that there may be.
  static func isOne(_ scales: [Int]) -> Bool { Set(scales).count == 1 && scales.allSatisfy((0...most).contains) }

  static let advice = "Give \(CellSums.columnNames.joined(separator: ", ")) in one scale, 0 to \(most)."

  private func whole(_ value: Double) -> Double { (value * perUnit).rounded(.toNearestOrEven) }

  /// Whether the shortest decimal text of a value has no more decimals than these.
  private func holds(_ value: Double) -> Bool { whole(value) / perUnit == value }

  /// By how much rounding moves the sum of a column, in units.
  private func shift(of column: [Double]) -> Double {
    abs(column.reduce(0.0) { $1.isNaN ? $0 : $0 + (whole($1) / perUnit - $1) })
  }

  /// A column of amounts as whole numbers, half to even; 0 where missing.
  ///
  /// - Parameters:
  ///   - others: columns that have the same scale, for the one that an error advises.
  ///   - place: of the column, for errors; with a row, of its value.
  ///   - setting: what states the number of decimals, such as `amount_scale = `.
  /// - Returns: the numbers, and how many were rounded by more than a tenth of their last decimal.
  /// - Throws: `Faults` (data) for an amount of 2⁵³ or more, and where rounding moves the sum by more than 10⁻⁹ of the sum of
  ///   magnitudes.
  public func round(
    _ column: [Double], beside others: [[Double]] = [], place: (_ row: Int?) -> Place, setting: String
  ) throws -> (values: [Int64], rounded: Int) {
    var values = [Int64](repeating: 0, count: column.count)
    var (rounded, size) = (0, 0.0)
    for (row, value) in column.enumerated() where !value.isNaN {
      let scaled = whole(value)
      guard abs(scaled) < 0x1p53 else {
        throw Faults.data(
          place(row), "the amount is too large to add up exactly", found: .personal(NumberText.shortest(value)),
          "Correct the row; with \(decimals) decimals amounts must stay below 9e\(15 - decimals).")
      }
      values[row] = Int64(scaled)
      if abs(scaled / perUnit - value) > 0.1 / perUnit { rounded += 1 }
      size += abs(value)
    }
    let shift = shift(of: column)
    guard shift <= Self.tolerance * size else {
      let finer = AmountScale(of: [column] + others).decimals
      let stated = finer > decimals ? "State \(setting)\(finer), or give" : "Give"
      throw Faults.data(
        place(nil), "rounding to \(name) moves its sum by \(Self.short(100 * shift / size)) %",
        "\(stated) the amounts in a smaller unit, such as units instead of millions.")
    }
    return (values, rounded)
  }

  /// Two significant digits.
  private static func short(_ value: Double) -> String {
    var (power, digits) = (1.0, 0)
    while value * power < 10, digits < 15 { (power, digits) = (power * 10, digits + 1) }
    return NumberText.fixed(value, digits)
  }
}

extension AmountScale: Codable {
  public init(from decoder: any Decoder) throws {
    let decimals = try decoder.singleValueContainer().decode(Int.self)
    guard (0...Self.most).contains(decimals) else {
      throw Faults.integrity("scale", "\(decimals) decimals are none in 0...\(Self.most)", "Give those of the cube.")
    }
    self.init(decimals)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(decimals)
  }
}
