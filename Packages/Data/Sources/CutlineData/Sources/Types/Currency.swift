internal import CutlineCore

/// Signs and codes of currencies around a number.
enum Currency {
  // ISO 4217, the codes of money in use.
  private static let codes = Set(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP \
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR \
    ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT \
    MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD \
    SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND \
    VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
    """.split(separator: " ").map { Array($0.utf8) })

  // What stands for a currency without being its code; longer ones first.
  private static let words = ["US$", "R$", "C$", "A$", "kr.", "kr", "zł", "Kč", "Ft", "lei", "Fr.", "S/", "Rs", "RM"]
    .map { Array($0.utf8) }

  /// The code of what a text has of a currency; the sign itself where it is of several.
  static func code(of text: [UInt8]) -> String {
    let text = String(decoding: Marks.trimmed(text), as: UTF8.self)
    return [
      "€": "EUR", "£": "GBP", "$": "USD", "US$": "USD", "R$": "BRL", "C$": "CAD", "A$": "AUD", "zł": "PLN", "Kč": "CZK",
      "Ft": "HUF", "lei": "RON", "Fr.": "CHF", "S/": "PEN", "Rs": "INR", "₹": "INR", "RM": "MYR", "₺": "TRY",
      "₽": "RUB",
    ][text] ?? text
  }

  /// Takes one sign or code off an end of the text.
  /// - Returns: whether there was one.
  static func strip(_ text: inout ArraySlice<UInt8>) -> Bool {
    for word in words {
      if text.starts(with: word) {
        text = text.dropFirst(word.count)
        return true
      }
      if text.count > word.count, text.suffix(word.count).elementsEqual(word) {
        text = text.dropLast(word.count)
        return true
      }
    }
    if text.count > 3 {
      if codes.contains(Array(text.prefix(3))) {
        text = text.dropFirst(3)
        return true
      }
      if codes.contains(Array(text.suffix(3))) {
        text = text.dropLast(3)
        return true
      }
    }
    return stripSign(&text)
  }

  /// Signs are a class of their own among characters.
  private static func stripSign(_ text: inout ArraySlice<UInt8>) -> Bool {
    guard text.contains(where: { $0 >= 0x80 || $0 == UInt8(ascii: "$") }) else { return false }
    var scalars = Array(String(decoding: text, as: UTF8.self).unicodeScalars)
    if scalars.first?.properties.generalCategory == .currencySymbol {
      scalars.removeFirst()
    } else if scalars.last?.properties.generalCategory == .currencySymbol {
      scalars.removeLast()
    } else {
      return false
    }
    text = scalars.flatMap { Array(String($0).utf8) }[...]
    return true
  }
}
