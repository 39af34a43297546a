@_spi(Run) internal import CutlineCore
internal import CutlineCredit
internal import Foundation

/// A number as somebody typed it, to the last digit: 4.9999999999999999 is below 5, and no double says so.
enum ExactDecimal {
  /// Significant digits, and digits after the point: the products of limits and sums stay within 128 bits.
  static let mostDigits = 18

  /// - Parameters:
  ///   - text: digits with a point and an exponent, or without: `1.1`, `2e-3`.
  ///   - name: what the number is, for errors.
  /// - Throws: `Faults` (usage) for what is no number from 0 on, and for more than 18 digits or decimals.
  static func read(_ text: String, _ name: String, at place: some Location) throws(Faults) -> DecimalNumber {
    let plain = text.trimmingPrefix("+")
    let parts = plain.split(separator: /[eE]/, maxSplits: 1, omittingEmptySubsequences: false)
    let digits = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let exponent = parts.count > 1 ? Int(parts[1]) : 0
    guard let exponent, abs(exponent) < 1000, (1...2).contains(digits.count), digits.contains(where: { !$0.isEmpty }),
      digits.joined().utf8.allSatisfy({ (48...57).contains($0) })
    else {
      throw Faults.usage(place, "\(name) is \"\(text)\", which is no number from 0 on", "Write it as 1.0 or 0.85.")
    }
    // The digits without zeros around them, and how many of them stand after the point.
    var all = String(digits.joined().drop { $0 == "0" })
    var decimals = (digits.count > 1 ? digits[1].count : 0) - exponent
    while all.hasSuffix("0") { (all, decimals) = (String(all.dropLast()), decimals - 1) }
    if all.isEmpty { decimals = 0 }
    guard decimals <= mostDigits, all.count + max(0, -decimals) <= mostDigits else {
      throw Faults.usage(
        place, "\(name) has more than \(mostDigits) digits, or decimals", "Use fewer: it is compared digit by digit.")
    }
    let whole = all + String(repeating: "0", count: max(0, -decimals))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - whole.count)) + whole
    let form = decimals > 0 ? "\(padded.dropLast(decimals)).\(padded.suffix(decimals))" : padded
    do {
      return try CanonicalJSON.decode(DecimalNumber.self, from: Data("\"\(form)\"".utf8))
    } catch {
      throw Faults.usage(place, "\(name) is \"\(text)\", which is no number", "Write it as 1.0 or 0.85.")
    }
  }

  /// A number of a configuration file. TOML makes a double of it; the file itself has its digits.
  /// - Throws: as for a text, and for a value that is no number.
  static func read(_ value: ConfigValue, _ name: String) throws(Faults) -> DecimalNumber {
    guard let number = value.number else {
      throw Faults.usage(value.place, "\(name) is \(value.typeName)", "Give a number from 0 on.")
    }
    return try read(written(value.place, number) ?? "\(number)", name, at: value.place)
  }

  /// What stands at a place of a file, where that is the number that was read there.
  private static func written(_ place: Place, _ number: Double) -> String? {
    // A file that has gone since leaves the double.
    guard place.line > 0, let data = try? FileSystem.read(place.source) else { return nil }
    let text = String(decoding: data, as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.indices.contains(place.line - 1) else { return nil }
    let rest = lines[place.line - 1].unicodeScalars.dropFirst(max(0, place.column - 1))
    let token = String(String.UnicodeScalarView(rest.prefix { "0123456789+-._eE".unicodeScalars.contains($0) }))
      .replacing("_", with: "")
    return Double(token) == number ? token : nil
  }
}
