internal import CutlineDecide

/// What a server with a store does: the same functions as the commands `version`, `alias`, `waiver`, `product`, `principal` and
/// `audit`, with the same answers.
enum StoreRoutes {
  static let all =
    VersionRoutes.all + VersionActionRoutes.all + PeopleRoutes.all + AuditRoutes.all
    + ModelRoutes.all + DecisionRoutes.all

  static let product = Route.Parameter.query("product", StoreSchemas.product, "The product (default: the only one).")
  static let kind = Route.Parameter.query(
    "kind", StoreSchemas.kind, "The kind (default: the only one that has the version).")
  static let version = Route.Parameter.path(
    "version", StoreSchemas.versionWord, "A version, @active, @previous or an alias behind an @.")
  static let ifMatch = Route.Parameter.header(
    "If-Match", .text(200), "The ETag of the version that was looked at: 412 where it has changed since.")
}

extension Call {
  /// The store, for a route that only looks.
  func read<Result>(_ body: (Store) throws -> Result) throws -> Result {
    guard let store = site.store else { throw Problem(.unavailable, "This server has no store.") }
    return try store.read(body)
  }

  /// The store, for a route that writes.
  func write(_ body: (Store, Caller) throws -> StoreAccess.Written) throws -> Response {
    guard let store = site.store else { throw Problem(.unavailable, "This server has no store.") }
    return try store.write(self, body)
  }

  /// The version that the path means.
  func version(_ store: Store) throws -> VersionName {
    try store.version(meant: required("version"), product: text("product"), kind: choice("kind", VersionKind.self))
  }
}
