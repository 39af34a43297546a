internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit
internal import CutlineModels
internal import CutlineWorkspace

/// A model as a validator reads it.
struct ModelSheet {
  let text: String

  init(_ stored: StoredModel) {
    var text = "\(stored.folder)\n  format \(stored.formatNumber), SHA-256 \(stored.digest)\n"
    if stored.formatNumber < 3 { text += "  this format has no digest of metadata.json\n" }
    if let surface = stored.surface {
      text += Self.learnt(surface) + Self.reliability(surface) + Self.grid(surface) + Self.candidates(surface)
      do {
        let exposure = try stored.exposure()
        let fit = exposure.r2.map { ", R² \(TextTable.fixed($0, 4)) over the cells" } ?? ""
        text +=
          "\nExposure: \(exposure.method), ratio \(NumberText.shortest(exposure.ratio)) from \(exposure.rows) rows\(fit)\n"
      } catch {
        // The risk model is whole; that the pair cannot serve a run is what a reader must know.
        text += "\nExposure: unusable. \(Faults(error).text(.full))\n"
      }
    }
    if let model = stored.model { text += Self.function(model) }
    self.text = text
  }

  private static func learnt(_ surface: RiskSurface) -> String {
    var text = "\nEstimator \(surface.estimator), feature set \(surface.featureSet)"
    text += surface.parameters.sorted { $0.key < $1.key }.map { ", \($0) \(NumberText.shortest($1))" }.joined() + "\n"
    if let settings = surface.chosen?.settings { text += "  settings \(settings)\n" }
    if let selection = surface.selection {
      let words = selection.filter { $0.key != "candidate" }.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      text += "  learnt with \(words.joined(separator: ", "))\n"
    }
    text += "  target b2_ever_h6, multiplier \(NumberText.shortest(surface.multiplier))\n"
    text += "  \(surface.trainingRows) rows in \(surface.trainingCells) cells, \(surface.folds) folds\n"
    text +=
      "  R² in sample, on the cells of all, \(surface.trainR2.isFinite ? TextTable.fixed(surface.trainR2, 4) : "undefined")"
    if let chosen = surface.chosen {
      text += "; on the cells of a fold, which vary more, \(ModelList.number(chosen.outOfFoldR2, 4))"
      text +=
        "; deviance \(ModelList.number(chosen.outOfFoldDeviance, 6)) ± \(ModelList.number(chosen.devianceError, 6))"
    }
    text += "\n"
    guard surface.coefficients.count == surface.features.count + 1 else { return text }
    var table = TextTable(["Standardised feature", "Coefficient"])
    for (name, coefficient) in zip(["intercept"] + surface.features, surface.coefficients) {
      table.add([name, NumberText.shortest(coefficient)])
    }
    return text + "\n" + table.text
  }

  private static func reliability(_ surface: RiskSurface) -> String {
    guard let groups = surface.reliability, !groups.isEmpty else { return "" }
    var table = TextTable(["Promised and observed out of the folds", "Promised %", "Observed %", "Observed/promised"])
    for (place, group) in groups.enumerated() {
      guard let predicted = group["predicted"], let observed = group["observed"], let share = group["share"] else {
        continue
      }
      table.add([
        "group \(place + 1), \(TextTable.fixed(100 * share, 1)) % of the exposure", TextTable.fixed(100 * predicted, 3),
        TextTable.fixed(100 * observed, 3), predicted > 0 ? TextTable.fixed(observed / predicted, 3) : "–",
      ])
    }
    return "\n" + table.text
  }

  private static func grid(_ surface: RiskSurface) -> String {
    var text = "\nBins\n"
    for axis in surface.grid.axes {
      let edges = axis.edges.map { ConfigValue.number($0) }.joined(separator: ", ")
      text += "  \(axis.name) of \(axis.source), \(axis.direction.rawValue), closed \(axis.closed.rawValue): \(edges)\n"
    }
    return text
  }

  private static func candidates(_ surface: RiskSurface) -> String {
    guard !surface.candidates.isEmpty else { return "" }
    var table = TextTable(["Candidate", "Features", "Parameters", "Deviance", "±", "R²", ""], textColumns: 3)
    // The best, of many.
    let ranked = surface.candidates.enumerated().sorted { first, second in
      let (a, b) = (first.element, second.element)
      return (a.outOfFoldDeviance ?? .infinity, -(a.outOfFoldR2 ?? -.infinity))
        < (b.outOfFoldDeviance ?? .infinity, -(b.outOfFoldR2 ?? -.infinity))
    }.map { (place: $0.offset, candidate: $0.element) }
    let limit = ranked.first.flatMap { best in
      best.candidate.outOfFoldDeviance.flatMap { value in best.candidate.devianceError.map { value + $0 } }
    }
    func isNear(_ candidate: RiskSurface.Candidate) -> Bool {
      limit.flatMap { limit in candidate.outOfFoldDeviance.map { $0 <= limit } } ?? false
    }
    let taken = surface.selection?["candidate"].flatMap { Int($0) }
    let shown = ranked.enumerated().filter { $0.offset < 10 || isNear($0.element.candidate) }.map(\.element)
    for (place, candidate) in shown {
      let alike = surface.candidates.count {
        $0.estimator == candidate.estimator && $0.features == candidate.features
          && $0.parameters == candidate.parameters
      }
      let parameters =
        candidate.parameters.sorted { $0.key < $1.key }
        .map { "\($0.key) \(NumberText.shortest($0.value))" }.joined(separator: ", ")
        + (alike > 1 ? " of " + (candidate.settings ?? "settings unknown") : "")
      table.add([
        candidate.estimator, candidate.features, candidate.failure == nil ? parameters : "failed, see below",
        ModelList.number(candidate.outOfFoldDeviance, 6), ModelList.number(candidate.devianceError, 6),
        ModelList.number(candidate.outOfFoldR2, 4), (isNear(candidate) ? "*" : "") + (place == taken ? " taken" : ""),
      ])
    }
    let near =
      limit.map { "  * within one standard error of the best (deviance up to \(TextTable.fixed($0, 6)))\n" } ?? ""
    let more = surface.candidates.count - shown.count
    var reasons: [String] = []
    for candidate in surface.candidates {
      guard let reason = candidate.failure else { continue }
      let sentence = "  \(candidate.estimator) failed: \(reason)\n"
      if !reasons.contains(sentence) { reasons.append(sentence) }
    }
    return "\n" + table.text + near + (more > 0 ? "  and \(more) more in metadata.json\n" : "") + reasons.joined()
  }

  private static func function(_ model: Model) -> String {
    var text = "\nModel \(model.name), form \(shape(model.form)), unit \(model.unit)\n"
    for feature in model.features {
      let codes = feature.codes.map {
        ", without its codes " + $0.map { ConfigValue.number($0) }.joined(separator: ", ")
      }
      text += "  \(feature.name)\(feature.missing == .refuse ? ", required" : ", may be missing")\(codes ?? "")\n"
    }
    return text
  }

  /// `expand, then linear (logit)`.
  private static func shape(_ form: ModelForm) -> String {
    switch form {
    case .linear(let linear): "linear (\(linear.link.rawValue))"
    case .trees(let trees): "\(trees.roots.count) trees (\(trees.link.rawValue))"
    case .then(let then): "\(shape(then.first)), then \(shape(then.after))"
    case .blend(let blend): "blend of \(blend.models.map(shape).joined(separator: " + ")) (\(blend.link.rawValue))"
    case .product(let product): product.models.map { "(\(shape($0)))" }.joined(separator: " × ")
    case .steps, .scorecard, .expand, .cells: form.name
    }
  }
}
