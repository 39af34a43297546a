extension Field {
  /// A list of stages of one kind.
  public static func stages<K: Kind>(
    _ key: String, _ path: Path<[Chosen<K>]>, atLeast: Int = 1, _ sentence: String
  ) -> Field {
    let allowed = "a list of stages of kind \(K.name): names, or { use, with, grid or search }"
    var field = Field(
      key, allowed: allowed, unit: "", sentence: sentence,
      refused: [.string("x"), .integer(1), .array([ConfigValue(.integer(1), at: .default)])],
      form: .list(of: .stage(K.name), atLeast: atLeast),
      show: { "[" + $0[keyPath: path].map(\.toml).joined(separator: ", ") + "]" },
      read: { root, value in
        guard let items = value.array, items.count >= atLeast else { throw Self.refusal(key, value, allowed) }
        var reading = Reading()
        let chosen = try items.compactMap { item in try reading.attempt { try Chosen<K>.entries(item, of: key) } }
        try reading.finish()
        root[keyPath: path] = chosen.flatMap { $0 }
      })
    field.bind = { root, binding in
      var reading = Reading()
      for index in root[keyPath: path].indices {
        let name = root[keyPath: path][index].name
        try reading.attempt { try root[keyPath: path][index].bind("\(key)[\(index + 1)] \(name)", binding) }
      }
      try reading.finish()
      return root[keyPath: path].compactMap(\.bound)
    }
    return field
  }

  /// One stage.
  public static func stage<K: Kind>(_ key: String, _ path: Path<Chosen<K>>, _ sentence: String) -> Field {
    var field = Field(
      key, allowed: "a stage of kind \(K.name): a name, { use, with }, or { stage } of the plan", unit: "",
      sentence: sentence,
      refused: [.integer(1), .string("")], form: .stage(K.name), show: { $0[keyPath: path].toml },
      read: { root, value in root[keyPath: path] = try Chosen<K>(value, of: key) })
    field.bind = { root, binding in
      try root[keyPath: path].bind("\(key) \(root[keyPath: path].name)", binding)
      return [root[keyPath: path].bound].compactMap { $0 }
    }
    return field
  }
}
