internal import CutlineCore

extension Store {
  /// The product that is meant where none is named: the only one.
  ///
  /// - Throws: `Refusal` (invalid) where there is another number of them, (not found) for one that is not known.
  public func product(meant product: String?) throws -> String {
    if let product {
      try checkProduct(product)
      return product
    }
    let all = try products().map(\.product)
    guard all.count == 1 else {
      throw Refusal(
        .invalid, "product", "is not given, and the store has \(all.count)",
        all.isEmpty ? "Add one: cutline product add." : "Name one of \(all.joined(separator: ", ")).")
    }
    return all[0]
  }

  /// The version that a word means: a name, `@active`, `@previous` or an alias, of the only kind that has it where none is given.
  ///
  /// - Throws: `Refusal` (not found) with the nearest name, (invalid) where several kinds have it.
  public func version(meant word: String, product: String?, kind: VersionKind?) throws -> VersionName {
    let product = try self.product(meant: product)
    if let kind {
      let name = try resolve(word, product: product, kind: kind)
      _ = try Self.row(of: name, database)
      return name
    }
    let found = VersionKind.allCases.compactMap { kind -> VersionName? in
      // A kind that does not have it is not meant.
      guard let name = try? resolve(word, product: product, kind: kind), (try? Self.row(of: name, database)) != nil
      else { return nil }
      return name
    }
    guard found.count < 2 else {
      throw Refusal(
        .invalid, "\"\(word)\"", "is a version of several kinds: \(found.map(\.kind).joined(separator: ", "))",
        "Say which kind.")
    }
    if let name = found.first { return name }
    let names = try database.query("SELECT version FROM versions WHERE product = ?", [.text(product)])
      .map { $0.text("version") }
    throw Refusal(
      .notFound, "\"\(word)\"", "is no version of \(product)\(DidYouMean.phrase(for: word, among: names))",
      "See cutline version list --all.")
  }
}
