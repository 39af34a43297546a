internal import CutlineDecide

/// People, services and products.
enum PeopleRoutes {
  static let all = [products, addProduct, principals, addPrincipal, renew, disable]

  private static let products = Route.read(
    "/api/products", "listProducts", "What is decided on.", .role(.viewer), [.limit, .cursor],
    [.json(200, "A part of the list.", StoreSchemas.page(of: StoreSchemas.productSheet))]
  ) { call in try call.page(of: call.read { try $0.products() }) { $0.product } }

  private static let addProduct = Route.write(
    .post, "/api/products", "addProduct", "Makes a product known. Nothing happens where it is, with the same settings.",
    .role(.admin),
    body: .init(
      schema: .object([
        .required("product", StoreSchemas.product, "Its name."),
        .optional("currency", .pattern(Schema.currencyPattern, example: "EUR"), "ISO 4217 (default EUR)."),
        .optional("approvals_required", .integer(1...9), "How many others must approve (default 1)."),
      ])), [.json(201, "The product.", StoreSchemas.productSheet)], [.conflict]
  ) { call in
    try call.write { store, caller in
      let name = try call.required("product")
      try store.addProduct(
        name, currency: call.text("currency") ?? "EUR", approvalsRequired: call.integer("approvals_required") ?? 1,
        by: caller)
      guard let product = try store.products().first(where: { $0.product == name }) else {
        throw Problem(.notFound, "The product is not there.")
      }
      return .init(try Response(product, status: 201))
    }
  }

  private static let principals = Route.read(
    "/api/principals", "listPrincipals", "People and services, also disabled ones.", .role(.admin), [.limit, .cursor],
    [.json(200, "A part of the list.", StoreSchemas.page(of: StoreSchemas.principal))]
  ) { call in try call.page(of: call.read { try $0.principals() }) { $0.name } }

  /// A token is in the first answer only.
  private static func shown(_ name: String, _ token: AccessToken, status: Int) -> StoreAccess.Written {
    func body(_ token: Json) -> Json { ["name": .text(name), "token": token] }
    return .init(
      Response(body(.text(token.text)), status: status), keptBody: Array((body(.null).text + "\n").utf8))
  }

  private static let addPrincipal = Route.write(
    .post, "/api/principals", "addPrincipal", "Makes somebody known; the answer has their token, once.", .role(.admin),
    body: .init(
      schema: .object([
        .required("name", StoreSchemas.person, "Letters, digits, dots, dashes, underscores and @."),
        .required("role", StoreSchemas.role, "What they may."),
        .optional("human", .bool, "False for a service, which decides nothing (default true)."),
        .optional("expires_at", .instant, "When the token ends."),
      ])), [.json(201, "The token.", StoreSchemas.token)], [.conflict], repeats: .keptWithoutSecret
  ) { call in
    guard let role = call.choice("role", Role.self) else { throw Problem(.invalidInput, "The role is missing.") }
    return try call.write { store, caller in
      let name = try call.required("name")
      let token = try store.addPrincipal(
        name, role: role, isHuman: call.bool("human") ?? true, expires: call.instant("expires_at"), by: caller)
      return shown(name, token, status: 201)
    }
  }

  private static let name = Route.Parameter.path("name", StoreSchemas.person, "Who.")

  private static let renew = Route.write(
    .post, "/api/principals/{name}/renew", "renewPrincipal",
    "Gives somebody a new token, shown once; the old one ends.",
    .role(.admin), [name],
    body: .init(schema: .object([.optional("expires_at", .instant, "When the new one ends.")]), isRequired: false),
    [.json(200, "The token.", StoreSchemas.token)], [.notFound], repeats: .keptWithoutSecret
  ) { call in
    try call.write { store, caller in
      let name = try call.required("name")
      return shown(name, try store.renewPrincipal(name, expires: call.instant("expires_at"), by: caller), status: 200)
    }
  }

  private static let disable = Route.write(
    .post, "/api/principals/{name}/disable", "disablePrincipal",
    "Lets somebody do nothing any more; what they did stays.",
    .role(.admin), [name], [.json(200, "Who it is.", StoreSchemas.principal)], [.notFound, .conflict]
  ) { call in
    try call.write { store, caller in
      let name = try call.required("name")
      try store.disablePrincipal(name, by: caller)
      guard let person = try store.principals().first(where: { $0.name == name }) else {
        throw Problem(.notFound, "Nobody has that name.")
      }
      return .init(try Response(person))
    }
  }
}
