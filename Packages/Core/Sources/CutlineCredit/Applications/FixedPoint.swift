internal import CutlineCore

/// Whole numbers of 10⁻ˢᶜᵃˡᵉ as decimal text, exactly.
enum FixedPoint {
  /// 10 to the power of 0...18.
  static let powers: [Int64] = (0..<18).reduce(into: [1]) { powers, index in powers.append(powers[index] * 10) }

  /// Always with `scale` decimals: `-0.07`.
  static func text(_ value: Int64, scale: Int) -> String {
    guard scale > 0, scale < powers.count else { return String(value) }
    let power = powers[scale].magnitude
    let decimals = String(value.magnitude % power)
    return (value < 0 ? "-" : "") + String(value.magnitude / power) + "."
      + String(repeating: "0", count: scale - decimals.count) + decimals
  }

  /// A decimal text with at most `scale` decimals; nil for anything else, and beyond 64 bits. `1e5` and `2.50000` are read
  /// where they are that number.
  static func value(_ text: String, scale: Int) -> Int64? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count <= 2, let first = parts.first, Int64(first) != nil, parts.count < 2 || parts[1].count <= scale {
      let decimals = parts.count < 2 ? "" : String(parts[1])
      return Int64(first + decimals + String(repeating: "0", count: scale - decimals.count))
    }
    guard scale < powers.count, let value = ExchangeNumber.double(text) else { return nil }
    let power = Double(powers[scale])
    let scaled = (value * power).rounded()
    guard abs(scaled) < 0x1p53 else { return nil }
    return abs(scaled / power - value) <= 1e-9 * max(1, abs(value)) ? Int64(scaled) : nil
  }
}

extension ExchangeCSV.Record {
  /// An amount in units with at most `scale` decimals, as a whole number of 10⁻ˢᶜᵃˡᵉ.
  func fixedPoint(_ column: Int, scale: Int) throws -> Int64 {
    guard let value = FixedPoint.value(fields[column], scale: scale) else {
      throw refusal(
        column, "is \(fields[column].isEmpty ? "empty" : "no amount with at most \(scale) decimals")",
        "Write it like 1250.75.")
    }
    return value
  }
}
