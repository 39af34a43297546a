internal import CutlineCore
internal import Foundation

/// A double as decimals that every reader turns into the same double.
///
/// The shortest decimal text is enough for a reader that rounds correctly. SQLite computes the number with 64 bits of
/// mantissa and rounds twice, so that a text close to half way between two doubles may come out as the wrong one; there
/// 17 digits are written, which lie closer to the double. O(1).
public enum DecimalText {
  /// With an exponent, so that it is a floating-point number in every dialect of SQL: `4.494e2`, `-1.0e0`.
  public static func exponential(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return value.sign == .minus ? "-0.0e0" : "0.0e0" }
    let (digits, exponent) = parts(value)
    let isClear = [Int64(-1), 1].allSatisfy { step in
      guard let padded = Int64(digits.padding(toLength: 18, withPad: "0", startingAt: 0)) else { return false }
      return Double("\(padded + step)e\(exponent - 17)") == value.magnitude
    }
    let sign = value < 0 ? "-" : ""
    if isClear { return sign + spelled(digits, exponent) }
    let long = String(format: "%.16e", value.magnitude)
    let split = long.split(separator: "e")
    return sign + spelled(split[0].filter { $0 != "." }, Int(split[1]) ?? 0)
  }

  /// The shortest text, with a point or an exponent, as C and XML take it: `449.4`, `-1.0`, `1e-09`.
  public static func shortest(_ value: Double) -> String { value.description }

  /// Without an exponent, as FEEL takes it: `449.4`, `-12`, `0.00001`. Finite values only.
  static func positional(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return "0" }
    let (digits, exponent) = parts(value)
    let sign = value < 0 ? "-" : ""
    if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
    guard digits.count > exponent + 1 else {
      return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count)
    }
    return sign + digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
  }

  private static func spelled(_ digits: String, _ exponent: Int) -> String {
    "\(digits.prefix(1)).\(digits.count > 1 ? String(digits.dropFirst()) : "0")e\(exponent)"
  }

  /// Significant digits without zeros at either end, and the exponent of the first.
  private static func parts(_ value: Double) -> (digits: String, exponent: Int) {
    let halves = value.magnitude.description.split(separator: "e")
    let point = halves[0].split(separator: ".", omittingEmptySubsequences: false)
    let (whole, fraction) = (String(point[0]), point.count > 1 ? String(point[1]) : "")
    let all = whole + fraction
    let leading = all.prefix { $0 == "0" }.count
    let exponent = (halves.count > 1 ? Int(halves[1]) ?? 0 : 0) + whole.count - 1 - leading
    var digits = all.dropFirst(leading)
    while digits.count > 1, digits.last == "0" { digits.removeLast() }
    return (String(digits), exponent)
  }
}
