internal import CutlineCore
internal import CutlineDecide
internal import CutlineWorkspace

/// Scorecards as text.
enum ScorecardText {
  static func text(_ card: Scorecard) -> String {
    let scale = card.scale
    var lines = [
      "\(NumberText.shortest(scale.basePoints)) points at \(NumberText.shortest(scale.baseOdds)) good to 1 bad, \(NumberText.shortest(scale.pdo)) double the odds"
    ]
    if card.scale.intercept == .separate {
      lines.append("initial score \(NumberText.shortest(card.points(card.initial)))")
    }
    let (low, high) = (card.range.lowerBound, card.range.upperBound)
    lines.append(
      "scores from \(NumberText.shortest(card.points(low))) to \(NumberText.shortest(card.points(high)))"
        + (card.cutoff.map { "; \($0) and above is accepted" } ?? ""))
    lines += card.unreachable.map { "warning: \($0)" }
    var table = TextTable(["characteristic", "bin", "points", "good", "bad", "WoE"], textColumns: 2)
    for characteristic in card.characteristics {
      for (bin, attribute) in characteristic.attributes.enumerated() {
        table.add([
          bin == 0 ? characteristic.name + (characteristic.isProtected ? " (protected)" : "") : "",
          characteristic.label(of: bin),
          NumberText.shortest(card.points(attribute.points)), "\(attribute.good)", "\(attribute.bad)",
          attribute.isUnseen ? "unseen" : NumberText.fixed(attribute.woe, 3),
        ])
      }
    }
    let bands = card.bands.all.map { "\($0.name) from \($0.from)" }.joined(separator: ", ")
    return lines.joined(separator: "\n") + "\n" + table.text + "bands: \(bands)\n"
  }

  static func text(_ comparison: ScorecardComparison) -> String {
    func span(_ points: [Double]?) -> String {
      points.map { "\(NumberText.shortest($0[0])) to \(NumberText.shortest($0[1]))" } ?? ""
    }
    var table = TextTable(["characteristic", "change", "old points", "new points", "bins"], textColumns: 5)
    for own in comparison.differences {
      table.add([
        own.characteristic, own.change, span(own.old), span(own.new),
        own.old == nil || own.new == nil ? "" : own.hasSameBins ? "same" : "other",
      ])
    }
    let terms = comparison.terms.map { "\($0)\n" }.joined()
    guard let sample = comparison.onSample else { return table.text + terms }
    func number(_ value: Double?, _ decimals: Int = 3) -> String { value.map { NumberText.fixed($0, decimals) } ?? "–" }
    var text = table.text + terms + "\non \(sample.applications) applications: Spearman \(number(sample.spearman))"
    text += ", Pearson \(number(sample.pearson)), Kendall \(number(sample.kendall))\n"
    if let old = sample.oldArea, let new = sample.newArea {
      text += "area under the ROC curve \(number(old, 4)) → \(number(new, 4)), two-sided p = \(number(sample.p, 4))\n"
    }
    if !sample.bands.isEmpty {
      var migration = TextTable(["band, old \\ new"] + sample.bands, textColumns: 1)
      for (name, row) in zip(sample.bands, sample.migration) { migration.add([name] + row.map { "\($0)" }) }
      text += migration.text
    }
    guard !sample.swapSet.isEmpty else { return text + "no swap set: a card has no cutoff\n" }
    var swap = TextTable(["approved by", "applications", "bad %", "95 %"], textColumns: 1)
    for own in sample.swapSet {
      let interval = own.lowPct.map { "\(number($0, 2)) to \(number(own.highPct, 2))" } ?? ""
      swap.add([own.approvedBy, "\(own.applications)", own.badRatePct.map { number($0, 2) } ?? "", interval])
    }
    return text + swap.text
  }
}
