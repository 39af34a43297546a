internal import CutlineCore
internal import CutlineCredit

/// Names of columns, words and bins.
extension Draft {
  mutating func askStatus() {
    guard let column = column(ApplicationColumns.status), let words = WordColumn(column) else {
      open.append(
        "which column says whether an application was booked or rejected (--column \(ApplicationColumns.status)=…, and "
          + "with it --booked and --rejected where its words are not known)")
      return
    }
    if let first = words.codes.firstIndex(where: { $0 < 0 }) {
      let count = words.codes.count { $0 < 0 }
      open.append(
        "what \(count == 1 ? "row \(first + 1) is, which has" : "\(count) rows are, from row \(first + 1) on, which have") no "
          + "\(column.originalName): every application needs one (--comment TEXT leaves out lines that begin with it, such "
          + "as those of totals)")
    }
    let rest = statuses.knowsBooked ? "" : "; before that the period, the bins and the limit of risk are not known"
    let missing = [(SampleStatus.booked, "booked"), (.otherRejected, "rejected")]
      .filter { statuses.words[$0.0] == nil }.map(\.1)
    if !statuses.unknown.isEmpty {
      open.append(
        "what the status \(WordColumn.listed(statuses.unknown)) of \(column.originalName) means (\(statuses.unknownRows) "
          + "rows): --booked, --rejected or --cancelled WORD\(rest)")
      if statuses.knowsBooked {
        lines.append("# ? \(statuses.unknownRows) rows of a status that is not known are left out of what follows")
      }
    } else if !missing.isEmpty {
      open.append(
        "which status means \(missing.joined(separator: " and ")): \(missing.map { "--\($0) WORD" }.joined(separator: ", "))\(rest)"
      )
    }
  }

  mutating func askScores(_ found: ScoreGuess) {
    open += found.textual
    notes += found.mentioned.map { "not taken as a score: " + $0 }
    for score in found.scores where score.contradicts {
      open.append(
        "which direction \(score.column) has: \(score.evidence) (direction under [preprocessing.bins])")
    }
    guard found.scores.count + found.textual.count < 2 else { return }
    // Where the marks of numbers are asked, more scores may come of the answer.
    guard marks?.doubted.isEmpty ?? true else { return }
    let named = found.scores.map(\.column)
    let how =
      statuses.knowsBooked
      ? "was found" : "has a name that says so, and what ranks outcomes is not known before the booked are"
    open.append(
      "which two numeric columns are the scores: \(named.first.map { "only \($0)" } ?? "none") \(how) "
        + "(\(DraftAnswers.scores.map { "--column \($0)=…" }.joined(separator: ", ")))")
  }

  mutating func columns(stated: Set<String>) {
    let named = guess.columns.filter { $0.key != ColumnGuess.bad && $0.key != $0.value }.sorted { $0.key < $1.key }
    let needed = Amount.requested.name
    if guess.columns[needed] == nil, !isDoubted(needed) {
      open.append(whyText(needed) ?? "which column is the amount that was asked for (--column \(needed)=…)")
    }
    for (ours, other) in guess.rivals {
      lines.append("# ? \(ours) is taken as the file has it, not \(table[other]?.originalName ?? other)")
    }
    if guess.columns[ApplicationColumns.id] == nil {
      let sentence = "no column looks like the applications' ids: repeated applications cannot be found"
      lines.append("# " + sentence)
      notes.append(sentence)
    }
    guard !named.isEmpty else { return }
    lines += ["", "[preprocessing.columns]   # Cutline's name = the file's"]
    for (ours, theirs) in named {
      lines.append(
        "\(ours) = \(ConfigValue.quoted(table[theirs]?.originalName ?? theirs))\(stated.contains(ours) ? "" : "   # ?")"
      )
      // A column that has the name already must make room.
      if let own = table[ours], !guess.columns.values.contains(ours) {
        var name = "\(ours)_2"
        while table[name] != nil || guess.columns[name] != nil { name += "_2" }
        lines.append("\(name) = \(ConfigValue.quoted(own.originalName))")
      }
    }
  }

  mutating func values() {
    var found: [String] = []
    for (name, status) in [("booked", SampleStatus.booked), ("rejected", .otherRejected), ("cancelled", .cancelled)] {
      guard let words = statuses.words[status] else { continue }
      found.append("\(name) = [\(words.sorted().map(ConfigValue.quoted).joined(separator: ", "))]")
    }
    if let reasons {
      if let question = reasons.question { open.append(question) }
      if !reasons.column.words.isEmpty { found += reasons.comments }
      if !reasons.score.isEmpty {
        found.append(
          "score_reject = [\(reasons.score.map(ConfigValue.quoted).joined(separator: ", "))]"
            + (reasons.isStated ? "" : "   # ? the others are not the score's"))
      } else if !reasons.column.words.isEmpty {
        found.append("# ? score_reject = […]   which of these are the score's")
      }
    }
    if !found.isEmpty { lines += ["", "[preprocessing.values]   # the file's words"] + found }
  }

  mutating func bins(_ score: ScoreGuess.Score, _ name: String) {
    lines += ["", "[preprocessing.bins.\(name)]", "source = \(ConfigValue.quoted(score.column))"]
    if let direction = score.direction {
      lines.append("direction = \"\(direction.rawValue)\"   # ? \(score.evidence)")
    } else {
      lines.append("# direction = …   # \(Self.unknown), as are its edges")
    }
    lines.append("missing = \"own-bin\"   # \(score.missing) rows have none; they keep today's decision")
    if !score.special.isEmpty {
      let codes = score.special.map { "\(ConfigValue.quoted(NumberText.shortest($0))) = \"own-bin\"" }
      lines.append("special = { \(codes.joined(separator: ", ")) }   # ? values that stand alone beyond the rest")
    }
    if score.direction == nil {
      lines.append("# edges = […]")
    } else {
      lines.append(
        "edges = [\(score.edges.map(ConfigValue.number).joined(separator: ", "))]   # deciles of the decided")
    }
  }
}
