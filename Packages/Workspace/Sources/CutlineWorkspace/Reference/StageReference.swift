public import CutlineCore

/// The reference of stages, for a terminal or as `docs/stages.md`.
public struct StageReference {
  /// Those of one kind beside each other.
  let stages: [StageDescription]
  let markdown: Bool

  public init(stages: [StageDescription], markdown: Bool) {
    var kinds: [String] = []
    for stage in stages where !kinds.contains(stage.kind) { kinds.append(stage.kind) }
    self.stages = kinds.flatMap { kind in stages.filter { $0.kind == kind } }
    self.markdown = markdown
  }

  public var text: String {
    var text = markdown ? "# Stages\n\nWritten by `cutline describe --all --markdown`.\n" : ""
    var kind = ""
    for stage in stages {
      if markdown, stage.kind != kind { text += "\n## \(stage.kind)\n\n\(stage.contract.summary)\n" }
      kind = stage.kind
      text += markdown ? markdownSection(stage) : plainSection(stage)
    }
    return text
  }

  private func plainSection(_ stage: StageDescription) -> String {
    var text = "\(stage.kind).\(stage.name)\n  \(stage.summary)\n"
    if !stage.aliases.isEmpty { text += "  also called \(stage.aliases.joined(separator: ", "))\n" }
    for port in stage.ports { text += "  takes \(port.name): \(port.type.typeName)\(Self.arity(port))\n" }
    text += "  gives \(stage.output.typeName)\n"
    for field in stage.fields {
      text += "    \(field.key) = \(field.defaultValue)\(field.unit.isEmpty ? "" : " (\(field.unit))")\n"
      text += "        \(field.sentence) \(field.allowed.prefix(1).uppercased())\(field.allowed.dropFirst()).\n"
      if let name = field.sharedName { text += "        In the plan's table: \(name).\n" }
    }
    return text
  }

  private func markdownSection(_ stage: StageDescription) -> String {
    var text = "\n### \(stage.kind).\(stage.name)\n\n\(stage.summary)\n\n"
    if !stage.aliases.isEmpty { text += "Also called \(stage.aliases.map { "`\($0)`" }.joined(separator: ", ")).\n\n" }
    let ports = stage.ports.map { "`\($0.name)` (\($0.type.typeName)\(Self.arity($0)))" }.joined(separator: ", ")
    text += "Takes \(ports.isEmpty ? "nothing" : ports); gives a \(stage.output.typeName).\n"
    guard !stage.fields.isEmpty else { return text }
    text += "\n| key | default | allowed | unit | meaning |\n|---|---|---|---|---|\n"
    for field in stage.fields {
      let meaning = field.sentence + (field.sharedName.map { " In the plan's table: `\($0)`." } ?? "")
      let cells = [field.key, field.defaultValue, field.allowed, field.unit, meaning].map {
        $0.replacing("|", with: "\\|")
      }
      text += "| `\(cells[0])` | `\(cells[1])` | \(cells[2]) | \(cells[3]) | \(cells[4]) |\n"
    }
    return text
  }

  private static func arity(_ port: Port) -> String {
    switch port.arity {
    case .one: ""
    case .optional: ", where it is connected"
    case .many: ", one or more"
    }
  }
}
