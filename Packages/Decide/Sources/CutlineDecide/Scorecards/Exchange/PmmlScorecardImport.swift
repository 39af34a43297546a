internal import CutlineCore
internal import CutlineFormats

/// Reads a Scorecard of PMML 4.x.
///
/// Attributes of a characteristic must shut each other out and leave nothing over: a gap or an overlap is refused with its line, as
/// readers differ in what they make of one. A special value may lie inside an interval where it comes first. A field without an attribute
/// for missing values refuses them.
public enum PmmlScorecardImport {
  /// - Throws: `Faults` (data) with the line of what is no scorecard or more than one, (usage) where the scale is not known.
  /// - Complexity: O(bytes).
  public static func card(_ bytes: [UInt8], of file: String, _ options: ImportedCard.Options = .init()) throws
    -> ImportedCard
  {
    let root = try XmlElement.document(bytes, of: file)
    func refused(_ element: XmlElement, _ problem: String, _ advice: String) -> Faults {
      Faults.data(Place(source: file, line: element.line, column: 1), problem, advice)
    }
    guard root.name == "PMML", root.attributes["version"]?.hasPrefix("4") == true else {
      throw refused(root, "is no PMML 4", "Export it as PMML 4.4.")
    }
    let models = root.children.filter { $0.name.hasSuffix("Model") || $0.name == "Scorecard" }
    guard models.count == 1, let model = models.first, model.name == "Scorecard" else {
      throw refused(root, "holds \(models.count) models, and not one Scorecard", "Give a file with one Scorecard.")
    }
    for element in root.children + model.children
    where ["LocalTransformations", "TransformationDictionary"].contains(element.name) && !element.children.isEmpty {
      throw refused(element, "derives fields, which a card does not", "Compute them before, and leave them out.")
    }
    let reader = Reader(file: file, options: options, root: root, model: model)
    return try reader.card()
  }

  private struct Reader {
    let file: String
    let options: ImportedCard.Options
    let root, model: XmlElement

    func refused(_ element: XmlElement, _ problem: String, _ advice: String = "Correct it.") -> Faults {
      Faults.data(Place(source: file, line: element.line, column: 1), problem, advice)
    }

    func number(_ element: XmlElement, _ key: String) throws -> Double? {
      guard let text = element.attributes[key] else { return nil }
      guard let value = StrictNumber.value(text) else {
        throw refused(element, "\(key) is no decimal number", "Write it such as 12.5; infinity and NaN are no points.")
      }
      return value
    }

    func whole(_ element: XmlElement, _ key: String) throws -> Int64? {
      guard let value = try number(element, key) else { return nil }
      guard let whole = Int64(exactly: value) else { throw refused(element, "\(key) is no whole number of points") }
      return whole
    }

    /// Extensions that `PmmlScorecard` writes.
    func facts(_ element: XmlElement) -> [(name: String, value: String)] {
      element.all("Extension").filter { $0.attributes["extender"] == "cutline" }.compactMap { own in
        guard let name = own.attributes["name"], let value = own.attributes["value"] else { return nil }
        return (name, value)
      }
    }

    func fact(_ element: XmlElement, _ name: String) -> String? { facts(element).first { $0.name == name }?.value }
    func numericFact(_ element: XmlElement, _ name: String) -> Double? {
      fact(element, name).flatMap(StrictNumber.value)
    }

    // MARK: The card

    func card() throws -> ImportedCard {
      var notes: [String] = []
      guard model.attributes["isScorable"] != "false", model.attributes["functionName"] ?? "regression" == "regression"
      else { throw refused(model, "is not to be scored, or no regression", "Give a Scorecard that gives a number.") }
      for output in model.first("Output")?.all("OutputField") ?? []
      where output.attributes["feature"] == "transformedValue" {
        throw refused(output, "transforms the score", "Put what it does into the points.")
      }
      let usesReasons = model.attributes["useReasonCodes"] != "false"
      if usesReasons, model.attributes["reasonCodeAlgorithm"] == "pointsAbove" {
        throw refused(
          model, "ranks reasons by points above a baseline, where more points are riskier",
          "Turn its points round: here more points are safer.")
      }
      guard let all = model.first("Characteristics"), !all.all("Characteristic").isEmpty else {
        throw refused(model, "has no characteristics", "Give a Scorecard with some.")
      }
      var names = Set<String>()
      let drafts = try all.all("Characteristic").map { own in
        let draft = try self.draft(own, usesReasons, &notes)
        guard names.insert(draft.name).inserted else {
          throw refused(own, "the characteristic \(draft.name) comes twice", "Name each once.")
        }
        return draft
      }
      let target = model.first("Targets")?.first("Target")
      if let target,
        target.attributes.keys.contains(where: { ["rescaleConstant", "rescaleFactor", "castInteger"].contains($0) })
      {
        throw refused(target, "rescales or rounds the score", "Put it into the points.")
      }
      let scale = try statedScale() ?? ImportedCard.scale(options.scale, of: file)
      let bands = try facts(model).filter { $0.name == "band" }.map { band in
        let parts = band.value.split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.count == 2, let from = Int64(parts[0]) else { throw refused(model, "has a band that is none") }
        return ScoreBands.Band(name: parts[1], from: from)
      }
      return try ImportedCard.make(
        drafts, initial: number(model, "initialScore") ?? 0, scale: options.scale ?? scale,
        initialExact: numericFact(model, "initial_exact") ?? number(model, "initialScore") ?? 0,
        bands: bands.isEmpty ? nil : ScoreBands(bands), cutoff: fact(model, "cutoff").flatMap { Int64($0) },
        least: target.flatMap { try whole($0, "min") }, most: target.flatMap { try whole($0, "max") }, options,
        notes: notes, of: file)
    }

    private func statedScale() throws -> PointScale? {
      guard let pdo = numericFact(model, "pdo"), let points = numericFact(model, "base_points"),
        let odds = numericFact(model, "base_odds")
      else { return nil }
      return try PointScale(
        pdo: pdo, basePoints: points, baseOdds: odds,
        intercept: fact(model, "intercept").flatMap(PointScale.Intercept.init) ?? .separate,
        decimals: fact(model, "points_decimals") == "1" ? 1 : 0)
    }

    /// The field that all predicates of a characteristic ask of.
    private func field(_ own: XmlElement) throws -> (name: String, isOfWords: Bool) {
      var open = own.all("Attribute").flatMap(\.children)
      var names: Set<String> = []
      while let element = open.popLast() {
        if let name = element.attributes["field"] { names.insert(name) }
        open += element.children
      }
      guard names.count == 1, let name = names.first else {
        throw refused(own, "asks of \(names.count) fields", "A characteristic is of one.")
      }
      guard let data = root.first("DataDictionary")?.all("DataField").first(where: { $0.attributes["name"] == name }),
        let type = data.attributes["dataType"]
      else { throw refused(own, "asks of a field that the dictionary does not have") }
      if let mining = model.first("MiningSchema")?.all("MiningField").first(where: { $0.attributes["name"] == name }),
        mining.attributes["missingValueReplacement"] != nil || mining.attributes["outliers"] ?? "asIs" != "asIs"
      {
        throw refused(mining, "changes values before they are scored", "Give such values points of their own.")
      }
      let invalid =
        model.first("MiningSchema")?.all("MiningField").first { $0.attributes["name"] == name }?
        .attributes["invalidValueTreatment"] ?? "returnInvalid"
      let isLimited = data.children.contains { ["Interval", "Value"].contains($0.name) }
      guard invalid != "asValue", !isLimited || invalid == "asIs" else {
        throw refused(
          data, "takes some values for invalid, which a card does not",
          "Say invalidValueTreatment=\"asIs\", and give such values points of their own.")
      }
      if data.children.contains(where: { $0.attributes["property"] ?? "valid" != "valid" }) {
        throw refused(data, "takes values for missing or invalid", "Make them special values of the characteristic.")
      }
      let isOfWords = type == "string"
      guard isOfWords || ["double", "float", "integer"].contains(type) else {
        throw refused(data, "is of the type \(type)", "Fields of a card are numbers or strings.")
      }
      return (name, isOfWords)
    }

    private func draft(_ own: XmlElement, _ usesReasons: Bool, _ notes: inout [String]) throws -> ImportedCard.Draft {
      let (field, isOfWords) = try field(own)
      let name = own.attributes["name"] ?? field
      let attributes = own.all("Attribute")
      let parts = try attributes.map { attribute in
        guard attribute.first("ComplexPartialScore") == nil, attribute.attributes["partialScore"] != nil else {
          throw refused(attribute, "has no partialScore", "Points are numbers.")
        }
        let predicates = attribute.children.filter { $0.name != "Extension" }
        guard predicates.count == 1 else { throw refused(attribute, "has \(predicates.count) predicates") }
        return try PmmlPredicate(predicates[0], field: field, ofWords: isOfWords, file: file)
      }
      let missing = parts.indices.filter { parts[$0].takesMissing }
      // `True` takes what is left, and a missing value only where no other attribute does.
      let ownMissing = missing.filter { !parts[$0].takesRest }
      guard ownMissing.count <= 1, missing.count - ownMissing.count <= 1 else {
        throw refused(attributes[missing[1]], "takes missing values a second time")
      }
      let rests = parts.indices.filter { parts[$0].takesRest || parts[$0].except != nil }
      guard rests.count <= 1,
        rests.isEmpty || parts.count == 1 || rests[0] >= parts.count - 1 || isExact(parts, rests[0])
      else {
        throw refused(attributes[rests[0]], "takes all values before attributes that follow", "Put it last.")
      }
      let isNeutral = fact(own, "missing") == CharacteristicBins.Missing.neutral.rawValue
      let policy: CharacteristicBins.Missing = missing.isEmpty ? .refused : isNeutral ? .neutral : .ownBin
      var owners: [Int] = []
      let bins =
        try isOfWords
        ? words(parts, attributes, rests.first, policy, &owners, name)
        : numbers(parts, attributes, rests.first, policy, &owners, name, own)
      if let place = ownMissing.first ?? missing.first { owners.append(place) }
      var made = ImportedCard.Draft(
        name: name, column: field, bins: bins, all: try owners.map { try bin(attributes[$0], own) },
        coefficient: numericFact(own, "coefficient") ?? 0, reason: reason(own))
      made.isProtected = fact(own, "protected") == "true"
      if usesReasons, !made.isProtected, let baseline = try number(own, "baselineScore") {
        let points = made.all.map(\.points)
        guard baseline > points.min() ?? baseline || points.min() == points.max() else {
          throw refused(
            own,
            "baselineScore \(NumberText.shortest(baseline)) is not above its least points: nobody would be told \(name) as a reason",
            "Write its best points; of a characteristic that nobody may be told, add <Extension extender=\"cutline\" name=\"protected\" value=\"true\"/>."
          )
        }
        if baseline != points.max() {
          notes.append(
            "\(name): reasons are measured from its best points here, from its baselineScore \(NumberText.shortest(baseline)) in the file"
          )
        }
      }
      return made
    }

    /// Whether an attribute that leaves words out leaves out what all others take, so that their order is all one.
    private func isExact(_ parts: [PmmlPredicate], _ rest: Int) -> Bool {
      guard let except = parts[rest].except else { return false }
      return Set(except) == Set(parts.flatMap(\.words))
    }

    private func numbers(
      _ parts: [PmmlPredicate], _ attributes: [XmlElement], _ rest: Int?, _ missing: CharacteristicBins.Missing,
      _ owners: inout [Int], _ name: String, _ own: XmlElement
    ) throws -> CharacteristicBins {
      let cover = try IntervalCover(
        parts.enumerated().flatMap { place, part in
          part.intervals.map {
            IntervalCover.Part(above: $0.above, upTo: $0.upTo, owner: place, line: attributes[place].line)
          }
        }, rest: rest, of: name, in: file, line: own.line)
      var specials: [Characteristic.Special] = []
      owners = cover.owners
      for (place, part) in parts.enumerated() where !part.numbers.isEmpty {
        let isLate = part.numbers.contains { value in
          parts[..<place].contains { before in
            before.takesRest || before.numbers.contains(value)
              || before.intervals.contains { $0.above < value && value <= $0.upTo }
          }
        }
        guard !isLate else {
          throw refused(
            attributes[place], "characteristic \(name) has a value that an attribute before takes", "Put it first.")
        }
        let usual = "codes \(part.numbers.map(NumberText.shortest).joined(separator: ", "))"
        specials.append(.init(name: fact(attributes[place], "special") ?? usual, values: part.numbers))
        owners.append(place)
      }
      return try CharacteristicBins(edges: cover.edges, specials: specials, missing: missing, of: name)
    }

    private func words(
      _ parts: [PmmlPredicate], _ attributes: [XmlElement], _ rest: Int?, _ missing: CharacteristicBins.Missing,
      _ owners: inout [Int], _ name: String
    ) throws -> CharacteristicBins {
      let named = parts.indices.filter { !parts[$0].words.isEmpty }
      var seen: Set<String> = []
      for place in named {
        guard parts[place].words.allSatisfy({ seen.insert($0).inserted }) else {
          throw refused(attributes[place], "characteristic \(name) has a level that overlaps with an attribute before")
        }
      }
      let specials = named.filter { fact(attributes[$0], "special") != nil }
      let groups = named.filter { fact(attributes[$0], "special") == nil }
      let bins = try CharacteristicBins(
        groups: groups.map { parts[$0].words },
        specials: specials.map { .init(name: fact(attributes[$0], "special") ?? "", words: parts[$0].words) },
        missing: missing, of: name)
      guard let rest else {
        throw refused(
          attributes[0], "characteristic \(name) has a gap: no points for levels that it does not name",
          "Add an attribute with notEqual or True.")
      }
      if let except = parts[rest].except, let hole = except.first(where: { !seen.contains($0) }) {
        throw refused(
          attributes[rest], "characteristic \(name) has a gap: a level of \(hole.utf8.count) bytes has no points",
          "Give it an attribute.")
      }
      if let except = parts[rest].except, seen.contains(where: { !except.contains($0) }), rest < parts.count - 1 {
        throw refused(attributes[rest], "characteristic \(name) has levels that overlap", "Put this attribute last.")
      }
      owners = groups + [rest] + specials
      return bins
    }

    private func bin(_ attribute: XmlElement, _ own: XmlElement) throws -> ImportedCard.Draft.Bin {
      func count(_ name: String) -> Int64 { fact(attribute, name).flatMap { Int64($0) } ?? 0 }
      return ImportedCard.Draft.Bin(
        points: try number(attribute, "partialScore") ?? 0, good: count("good"), bad: count("bad"),
        woe: numericFact(attribute, "woe") ?? 0, exact: numericFact(attribute, "exact"), reason: reason(attribute))
    }

    /// Of our own files the extensions say it; of others the code.
    private func reason(_ element: XmlElement) -> Characteristic.ReasonText? {
      let facts = facts(element)
      let texts = facts.filter { $0.name.hasPrefix("text.") }.map { (String($0.name.dropFirst(5)), $0.value) }
      let code = facts.isEmpty ? element.attributes["reasonCode"] : fact(element, "reason")
      return code.map {
        Characteristic.ReasonText(code: $0, texts: Dictionary(texts, uniquingKeysWith: { a, _ in a }))
      }
    }
  }
}
