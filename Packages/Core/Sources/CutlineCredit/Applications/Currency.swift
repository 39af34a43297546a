public import CutlineCore

/// The currency of the amounts, for the headers of tables.
public struct Currency: Sendable, Hashable {
  /// ISO 4217, such as `EUR`.
  public let code: String

  static let allowed = "three capital letters, such as \"EUR\""

  /// - Returns: nil for what is no code.
  public init?(_ code: String) {
    guard code.utf8.count == 3, code.utf8.allSatisfy({ (65...90).contains($0) }) else { return nil }
    self.code = code
  }

  private init(known code: String) { self.code = code }
  public static let euro = Currency(known: "EUR")

  /// As it stands in a header, in brackets: the sign of the best known, of others the code.
  public var sign: String { ["EUR": "€", "USD": "$", "GBP": "£"][code] ?? code }

  /// The shared field `currency`.
  public static func field<Root>(_ path: Field<Root>.Path<Currency>) -> Field<Root> {
    .shared(
      .custom(
        "currency", allowed: allowed, "Currency of the amounts: its sign stands in the headers of tables.",
        refused: [.integer(1), .string("euro"), .string("€")], form: .text,
        show: { ConfigValue.quoted($0[keyPath: path].code) },
        read: { root, value in
          guard let currency = value.string.flatMap(Currency.init) else {
            throw Field<Root>.refusal("currency", value, allowed)
          }
          root[keyPath: path] = currency
        }))
  }
}
