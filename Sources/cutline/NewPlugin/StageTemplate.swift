/// The stage that a new plugin begins with: it compiles, keeps the laws of its kind and is meant to be replaced.
struct StageTemplate {
  /// The kind's name.
  let kind: String
  /// The stage of the portfolio plan that it can take the place of.
  let id: String
  let code: String

  static let all: [StageTemplate] = [
    source, quality, prepare, train, exposure, modelFiles, inferRejects, cells, search, scenarios, tables,
  ]

  init(_ kind: String, id: String? = nil, _ code: String) {
    self.kind = kind
    self.id = id ?? kind
    self.code = code
  }
}
