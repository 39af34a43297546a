internal import CutlineCore

/// The names that fields of stages have in a plan's table, with the fields.
struct SharedFields {
  struct Owner {
    let stage: StageDescription
    let field: FieldDescription
  }

  /// In order of the stages and their fields.
  let names: [String]
  private let owners: [String: [Owner]]

  init(_ stages: [StageDescription]) {
    var names: [String] = []
    var owners: [String: [Owner]] = [:]
    for stage in stages {
      for field in stage.fields {
        guard let name = field.sharedName else { continue }
        if owners[name] == nil { names.append(name) }
        owners[name, default: []].append(Owner(stage: stage, field: field))
      }
    }
    self.names = names
    self.owners = owners
  }

  /// The fields called `name`, in order of the stages; all take the same.
  subscript(name: String) -> [Owner] { owners[name] ?? [] }
}
