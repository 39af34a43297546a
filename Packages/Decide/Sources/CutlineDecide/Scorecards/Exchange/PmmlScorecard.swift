internal import CutlineCore
internal import CutlineFormats

/// A card as a Scorecard of PMML 4.4.
///
/// Reasons are by `pointsBelow` with the best points of each characteristic as its `baselineScore`; that of a protected one lies
/// below its least points, so that no reader tells it. Attributes shut each other out, but for special values, which come before the
/// intervals and are taken first. What PMML has no word for (scale, cutoff, bands, counts, texts) stands in extensions.
///
/// Source: Data Mining Group, *PMML 4.4.1*, Scorecard.
struct PmmlScorecard {
  private let card: Scorecard
  private let name: String

  /// - Throws: `Faults` (data) for a word that XML cannot hold, or a code that two characteristics share: readers add up their points.
  init(_ card: Scorecard, _ name: String) throws {
    (self.card, self.name) = (card, name)
    var owners: [String: String] = [:]
    for own in card.characteristics {
      for code in Set(own.attributes.indices.map(own.reasonCode)) {
        if let other = owners.updateValue(own.name, forKey: code), other != own.name {
          throw Faults.data(
            "characteristic \(own.name)",
            "shares the reason code \(code) with \(other): PMML adds up the points of a code",
            "Give each a code of its own.")
        }
      }
      var texts: [String] = [own.name, own.column]
      texts += own.attributes.indices.map(own.reasonCode)
      texts += (own.bins.groups ?? []).flatMap(\.self)
      for special in own.specials { texts += [special.name] + special.words }
      for reason in [own.reason] + own.attributes.map(\.reason) {
        if let reason { texts += reason.texts.values }
      }
      guard texts.allSatisfy({ $0.unicodeScalars.allSatisfy(Self.isAllowed) }) else {
        throw Faults.data(
          "characteristic \(own.name)", "has a text with characters that XML cannot hold", "Export it to JSON or C.")
      }
    }
    let numbers = Set(card.characteristics.filter { !$0.bins.isOfWords }.map(\.column))
    if let both = card.characteristics.first(where: { $0.bins.isOfWords && numbers.contains($0.column) }) {
      throw Faults.data(
        "column \(both.column)", "is taken as numbers and as words, and a field of PMML has one type",
        "Export it to SQL or C.")
    }
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    [9, 10, 13].contains(scalar.value) || (scalar.value >= 32 && scalar.value != 0xFFFE && scalar.value != 0xFFFF)
  }

  var text: String {
    var columns: [String] = []
    var (fields, schema) = ("", "")
    for own in card.characteristics where !columns.contains(own.column) {
      columns.append(own.column)
      let type =
        own.bins.isOfWords ? "optype=\"categorical\" dataType=\"string\"" : "optype=\"continuous\" dataType=\"double\""
      fields += "    <DataField name=\(quoted(own.column)) \(type)/>\n"
      let isRefused = card.characteristics.contains { $0.column == own.column && $0.bins.missing == .refused }
      let treatment = isRefused ? " missingValueTreatment=\"returnInvalid\"" : ""
      schema += "      <MiningField name=\(quoted(own.column)) invalidValueTreatment=\"asIs\"\(treatment)/>\n"
    }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4">
        <Header description="A scorecard: the score is the sum of the points. Higher is safer.">
          <Application name="cutline"/>
        </Header>
        <DataDictionary numberOfFields="\(columns.count)">
      \(fields)  </DataDictionary>
        <Scorecard modelName=\(quoted(name)) functionName="regression" algorithmName="scorecard" initialScore="\(points(card.initial))" useReasonCodes="true" reasonCodeAlgorithm="pointsBelow" baselineMethod="max">
      \(facts)    <MiningSchema>
      \(schema)    </MiningSchema>
          <Output>
            <OutputField name="score" optype="continuous" dataType="double" feature="predictedValue"/>
      \(reasons)    </Output>
      \(limits)    <Characteristics>
      \(card.characteristics.map(element).joined())    </Characteristics>
        </Scorecard>
      </PMML>

      """
  }

  private var reasons: String {
    (1...ScorecardAnswer.mostReasons).map {
      "      <OutputField name=\"reason_\($0)\" optype=\"categorical\" dataType=\"string\" feature=\"reasonCode\" rank=\"\($0)\"/>\n"
    }.joined()
  }

  private var limits: String {
    let ends = [("min", card.least), ("max", card.most)].compactMap { name, end in end.map { " \(name)=\"\($0)\"" } }
    return ends.isEmpty ? "" : "    <Targets>\n      <Target\(ends.joined())/>\n    </Targets>\n"
  }

  // MARK: Extensions

  private func fact(_ name: String, _ value: String, _ indent: String) -> String {
    "\(indent)<Extension extender=\"cutline\" name=\"\(name)\" value=\(quoted(value))/>\n"
  }

  private var facts: String {
    let scale = card.scale
    var found = [
      ("pdo", DecimalText.shortest(scale.pdo)), ("base_points", DecimalText.shortest(scale.basePoints)),
      ("base_odds", DecimalText.shortest(scale.baseOdds)), ("intercept", scale.intercept.rawValue),
      ("points_decimals", "\(scale.decimals)"), ("initial_exact", DecimalText.shortest(card.initialExact)),
    ]
    if let cutoff = card.cutoff { found.append(("cutoff", "\(cutoff)")) }
    found += card.bands.all.map { ("band", "\($0.from) \($0.name)") }
    return found.map { fact($0, $1, "    ") }.joined()
  }

  private func facts(_ own: Characteristic) -> String {
    let indent = "        "
    var text = fact("coefficient", DecimalText.shortest(own.coefficient), indent)
    if own.isProtected { text += fact("protected", "true", indent) }
    if own.bins.missing == .neutral { text += fact("missing", own.bins.missing.rawValue, indent) }
    return text + facts(own.reason, indent)
  }

  private func facts(_ reason: Characteristic.ReasonText?, _ indent: String) -> String {
    guard let reason else { return "" }
    return fact("reason", reason.code, indent)
      + reason.texts.sorted { $0.key < $1.key }.map { fact("text.\($0.key)", $0.value, indent) }.joined()
  }

  // MARK: Elements

  private func element(_ own: Characteristic) -> String {
    // A protected one is never below its baseline.
    let baseline = own.isProtected ? own.least - 1 : own.most
    var text =
      "      <Characteristic name=\(quoted(own.name)) baselineScore=\"\(points(baseline))\" reasonCode=\(quoted(own.reason?.code ?? own.name))>\n"
    text += facts(own)
    let values = Array(0..<own.bins.valueCount)
    let specials = Array(own.bins.valueCount..<own.bins.valueCount + own.specials.count)
    for bin in (own.bins.missingBin.map { [$0] } ?? []) + specials + values {
      let attribute = own.attributes[bin]
      text += "        <Attribute partialScore=\"\(points(attribute.points))\""
      text += attribute.reason.map { " reasonCode=\(quoted($0.code))" } ?? ""
      text += ">\n"
      let indent = "          "
      text += fact("bin", "\(bin + 1)", indent)
      if specials.contains(bin) { text += fact("special", own.label(of: bin), indent) }
      text += fact("good", "\(attribute.good)", indent) + fact("bad", "\(attribute.bad)", indent)
      text += fact("woe", DecimalText.shortest(attribute.woe), indent)
      text += fact("exact", DecimalText.shortest(attribute.exact), indent)
      text += facts(attribute.reason, indent)
      text += indent + predicate(own, bin) + "\n        </Attribute>\n"
    }
    return text + "      </Characteristic>\n"
  }

  private func predicate(_ own: Characteristic, _ bin: Int) -> String {
    let bins = own.bins
    func simple(_ way: String, _ value: String? = nil) -> String {
      "<SimplePredicate field=\(quoted(own.column)) operator=\"\(way)\"\(value.map { " value=\(quoted($0))" } ?? "")/>"
    }
    func all(_ parts: [String], _ way: String) -> String {
      parts.count == 1
        ? parts[0] : "<CompoundPredicate booleanOperator=\"\(way)\">\(parts.joined())</CompoundPredicate>"
    }
    if bin == bins.missingBin { return simple("isMissing") }
    if bin >= bins.valueCount {
      let special = own.specials[bin - bins.valueCount]
      let values = special.values.map(DecimalText.shortest) + special.words
      return all(values.map { simple("equal", $0) }, "or")
    }
    guard let groups = bins.groups else {
      var parts: [String] = []
      if bin > 0 { parts.append(simple("greaterThan", DecimalText.shortest(bins.edges[bin - 1]))) }
      if bin < bins.edges.count { parts.append(simple("lessOrEqual", DecimalText.shortest(bins.edges[bin]))) }
      return parts.isEmpty ? simple("isNotMissing") : all(parts, "and")
    }
    // Single questions, as readers differ in how an array quotes a word.
    guard bin == bins.otherBin else { return all(groups[bin].map { simple("equal", $0) }, "or") }
    let known = groups.flatMap(\.self) + own.specials.flatMap(\.words)
    return known.isEmpty ? simple("isNotMissing") : all(known.map { simple("notEqual", $0) }, "and")
  }

  private func points(_ units: Int64) -> String { ScorecardExport.points(units, of: card) }

  /// As an attribute: line ends and tabs, which readers would make spaces of, by their numbers.
  private func quoted(_ text: String) -> String {
    let marks = [
      ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("\n", "&#10;"), ("\r", "&#13;"), ("\t", "&#9;"),
    ]
    return "\"\(marks.reduce(text) { $0.replacing($1.0, with: $1.1) })\""
  }
}
