internal import CutlineCore
internal import CutlineDecide
internal import CutlineWorkspace

/// Versions and their events as text.
enum VersionText {
  static func print(_ sheet: VersionSheet, _ arguments: Arguments) throws {
    try StoreOptions.print(sheet, arguments) { text(sheet) }
  }

  static func text(_ sheet: VersionSheet) -> String {
    var lines = [
      "\(sheet.name): \(sheet.state.rawValue)",
      "  content    \(sheet.size) bytes, sha256 \(sheet.sha256)",
      "  made       \(sheet.createdAt.text) by \(sheet.createdBy) (\(sheet.source))",
    ]
    if let run = sheet.runDigest { lines.append("  run        results \(run)") }
    if let model = sheet.modelID { lines.append("  model      \(model)") }
    if let base = sheet.baseVersion { lines.append("  from       \(base)") }
    if let submitter = sheet.submittedBy { lines.append("  submitted  by \(submitter)") }
    let void = sheet.voidApprovals.isEmpty ? "" : "; count no more: \(sheet.voidApprovals.joined(separator: ", "))"
    lines.append(
      "  approvals  \(sheet.approvedBy.count) of \(sheet.approvalsRequired)"
        + (sheet.approvedBy.isEmpty ? "" : " (\(sheet.approvedBy.joined(separator: ", ")))") + void)
    lines.append(
      "  gates      \(sheet.gates)"
        + (sheet.failedGates.isEmpty ? "" : " (FAIL \(sheet.failedGates.joined(separator: ", ")))")
        + (sheet.notPassedGates.isEmpty
          ? "" : "; WARN or SKIPPED: \(sheet.notPassedGates.joined(separator: ", "))"))
    if let time = sheet.scheduledFor { lines.append("  scheduled  for \(time.text)") }
    if let time = sheet.activatedAt { lines.append("  in force   since \(time.text)") }
    if let time = sheet.retiredAt, sheet.state == .retired { lines.append("  retired    \(time.text)") }
    if let time = sheet.unconfirmedRollbackSince {
      lines.append(
        "  rollback   of \(time.text) waits for a second person" + (sheet.isConfirmationOverdue ? ", OVERDUE" : ""))
    }
    if !sheet.notes.isEmpty { lines.append("  notes      \(sheet.notes)") }
    for evidence in sheet.evidence { lines.append("  evidence   \(evidence.name), sha256 \(evidence.sha256)") }
    if !sheet.actions.isEmpty { lines.append("  next       \(sheet.actions.joined(separator: ", "))") }
    return lines.joined(separator: "\n") + "\n"
  }

  static func text(_ answer: Store.VersionAnswer, _ action: String) -> String {
    var text = self.text(answer.version)
    if !answer.hasChanged { text += "It was so already; nothing was changed.\n" }
    if let previous = answer.previous { text += "Before it \(previous) was in force.\n" }
    if action == "retire" {
      text += "Nothing is in force for \(answer.version.product)/\(answer.version.kind) now.\n"
    }
    if action == "rollback" { text += "A second person confirms it within 24 hours: cutline version confirm.\n" }
    return text
  }

  static func table(_ sheets: [VersionSheet]) -> String {
    var table = TextTable(["version", "state", "made by", "on", "approved by", "gates", "note"], textColumns: 7)
    for sheet in sheets {
      let note =
        sheet.scheduledFor.map { "scheduled for \($0.text)" }
        ?? (sheet.isConfirmationOverdue
          ? "ALERT: rollback not confirmed" : sheet.unconfirmedRollbackSince == nil ? "" : "rollback to be confirmed")
      table.add([
        "\(sheet.name)", sheet.state.rawValue, sheet.createdBy, sheet.createdAt.date,
        sheet.approvedBy.joined(separator: ", "),
        sheet.gates + (sheet.notPassedGates.isEmpty ? "" : ", \(sheet.notPassedGates.count) not"), note,
      ])
    }
    return table.text
  }

  static func table(_ waivers: [Store.Waiver]) -> String {
    var table = TextTable(["version", "gate", "until", "state", "by", "on", "reason"], textColumns: 7)
    for waiver in waivers {
      table.add([
        "\(waiver.product)/\(waiver.kind)/\(waiver.version)", waiver.gate, waiver.expiresOn,
        waiver.isValid ? "holds" : "ended", waiver.grantedBy, waiver.at.date, waiver.reason,
      ])
    }
    return table.text
  }

  static func table(_ events: [VersionEvent]) -> String {
    var table = TextTable(["seq", "at", "action", "from", "to", "by", "reason"], textColumns: 7)
    for event in events {
      let reason = event.reason + (event.effectiveFrom.map { " (from \($0.text))" } ?? "")
      table.add(["\(event.seq)", event.at.text, event.action, event.from, event.to, event.actor, reason])
    }
    return table.text
  }

  static func table(_ live: [Store.Live], at moment: Instant) -> String {
    guard !live.isEmpty else { return "Nothing was in force at \(moment.text).\n" }
    let head = "In force at \(moment.text):\n"
    var table = TextTable(["product", "kind", "version", "since", "by", "sha256"], textColumns: 6)
    for one in live {
      table.add([one.product, one.kind, one.version, one.since.text, one.activatedBy, one.sha256])
    }
    return head + table.text
  }
}
