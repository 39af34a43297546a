internal import CutlineCore
public import CutlineRun

/// A plan as text in waves, or as a drawing for Mermaid or Graphviz.
public struct PlanDrawing {
  public enum Form: String, CaseIterable {
    case text, mermaid, dot
  }

  let plan: Plan
  /// Print every setting with its origin (text only).
  let showsSettings: Bool

  public init(plan: Plan, showsSettings: Bool) {
    self.plan = plan
    self.showsSettings = showsSettings
  }

  public func text(_ form: Form) -> String {
    switch form {
    case .text: waves
    case .mermaid: mermaid
    case .dot: dot
    }
  }

  private var waves: String {
    var text = ""
    for (number, wave) in plan.waves.enumerated() {
      text += "wave \(number + 1)\n"
      for node in wave.compactMap({ plan[$0] }) {
        let from = node.stage.ports.map { "\($0.name) ← \((node.from[$0.name] ?? []).joined(separator: " + "))" }
        text += "  \(node.id): \(node.stage.kind).\(node.stage.name)"
        text += from.isEmpty ? "\n" : "  (\(from.joined(separator: ", ")))\n"
        guard showsSettings else { continue }
        for setting in node.settings { text += "      \(setting.key) = \(setting.value)   # \(setting.origin)\n" }
        text += Self.coefficients(node.settings)
      }
    }
    return text
  }

  /// By what volumes of a period of whole months are multiplied to be annual: 12 over its months.
  private static func coefficients(_ settings: [ResolvedSetting]) -> String {
    func month(_ key: String) -> Int? {
      let value = settings.first { $0.key == key }?.value.filter { $0 != "\"" }
      return value.flatMap { CalendarDate(iso: $0) }?.monthIndex
    }
    return [("", "main"), ("_mr", "recent")].compactMap { suffix, name in
      guard let start = month("date_ini_book_obs" + suffix), let end = month("date_fin_book_obs" + suffix), end >= start,
        settings.contains(where: { $0.key == "granularity" })
      else { return nil }
      let months = end - start + 1
      return "      # annual coefficient of the \(name) period: 12 / \(months) = \(12 / Double(months)), where all months hold data\n"
    }.joined()
  }

  /// Nodes by number: ids may hold what the languages do not allow.
  private var numbers: [String: Int] {
    Dictionary(uniqueKeysWithValues: plan.nodes.enumerated().map { ($0.element.id, $0.offset) })
  }

  /// Every connection: from, to, and the port where it is not named like the stage that it comes from.
  private var edges: [(from: Int, to: Int, port: String)] {
    let numbers = numbers
    return plan.nodes.flatMap { node in
      node.stage.ports.flatMap { port in
        (node.from[port.name] ?? []).compactMap { source in
          guard let from = numbers[source], let to = numbers[node.id] else { return nil }
          return (from, to, port.name == source ? "" : port.name)
        }
      }
    }
  }

  private var mermaid: String {
    var text = "flowchart LR\n"
    for (number, node) in plan.nodes.enumerated() {
      let name = node.id.replacing("\"", with: "#quot;")
      text += "  s\(number)[\"\(name)<br/><small>\(node.stage.kind).\(node.stage.name)</small>\"]\n"
    }
    for edge in edges {
      text +=
        edge.port.isEmpty ? "  s\(edge.from) --> s\(edge.to)\n" : "  s\(edge.from) -- \(edge.port) --> s\(edge.to)\n"
    }
    return text
  }

  private var dot: String {
    var text = "digraph plan {\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n"
    for (number, node) in plan.nodes.enumerated() {
      let name = node.id.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      text += "  s\(number) [label=\"\(name)\\n\(node.stage.kind).\(node.stage.name)\"];\n"
    }
    for edge in edges {
      text += "  s\(edge.from) -> s\(edge.to)" + (edge.port.isEmpty ? ";\n" : " [label=\"\(edge.port)\"];\n")
    }
    return text + "}\n"
  }
}
