internal import CutlineCore

/// Something that is decided on, such as `personal-loan`.
public struct Product: Sendable, Encodable {
  public let product: String
  /// ISO 4217.
  public let currency: String
  /// How many others must approve a version of it.
  public let approvalsRequired: Int
  public let createdAt: Instant
  public let createdBy: String

  init(_ row: StoredRow) {
    product = row.text("product")
    currency = row.text("currency")
    approvalsRequired = row.integer("approvals_required")
    createdAt = row.instant("created_at")
    createdBy = row.text("created_by")
  }

  enum CodingKeys: String, CodingKey {
    case product, currency
    case approvalsRequired = "approvals_required"
    case createdAt = "created_at"
    case createdBy = "created_by"
  }
}

extension Store {
  public func products() throws -> [Product] {
    try database.query("SELECT * FROM products ORDER BY product").map(Product.init)
  }

  /// Makes a product known. Nothing happens where it is, with the same currency and number of approvals.
  ///
  /// - Throws: `Refusal` (forbidden) for a caller who is no admin, (invalid, conflict).
  public func addProduct(_ name: String, currency: String, approvalsRequired: Int = 1, by caller: Caller) throws {
    guard VersionName.isName(name) else {
      throw Refusal(.invalid, "\"\(name)\"", "is no name of a product", VersionName.rule)
    }
    guard currency.wholeMatch(of: /[A-Z]{3}/) != nil else {
      throw Refusal(.invalid, "--currency", "\"\(currency)\" is no currency of ISO 4217", "Give one, such as EUR.")
    }
    guard (1...9).contains(approvalsRequired) else {
      throw Refusal(
        .invalid, "--approvals", "\(approvalsRequired) is not in 1...9", "Give how many others must approve.")
    }
    try write { transaction in
      try transaction.principal(caller, atLeast: .admin)
      if let row = try transaction.row(.products, [.text(name)]) {
        let old = Product(row)
        guard old.currency == currency, old.approvalsRequired == approvalsRequired else {
          throw Refusal(
            .conflict, name, "is known with \(old.currency) and \(old.approvalsRequired) approvals",
            "Products do not change.")
        }
        return
      }
      try transaction.insert(
        .products,
        [
          "product": .text(name), "currency": .text(currency), "approvals_required": .init(approvalsRequired),
          "created_at": .init(transaction.now), "created_by": .text(caller.name),
        ])
      try transaction.record("product.add", by: caller.name, on: "product", name)
    }
  }
}
