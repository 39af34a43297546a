/// Hundredths as people write them, exactly: `12`, `12.5`, `-0.07`.
public enum ExactAmount {
  /// As few decimals as are needed.
  public static func shortest(_ hundredths: Int64) -> String {
    let text = cents(hundredths)
    if text.hasSuffix(".00") { return String(text.dropLast(3)) }
    return text.hasSuffix("0") ? String(text.dropLast()) : text
  }

  /// Always two decimals.
  public static func cents(_ hundredths: Int64) -> String {
    let cents = String(hundredths.magnitude % 100)
    return (hundredths < 0 ? "-" : "") + "\(hundredths.magnitude / 100)." + (cents.count < 2 ? "0" : "") + cents
  }
}
