internal import CutlineCore
internal import CutlineCredit

/// What the file's words mean: `[preprocessing.values]`.
///
/// Words are compared as all texts are (trimmed, lower case, spaces as underscores). A list that is given replaces the one
/// that is built in.
struct ApplicationWords: StageConfig {
  /// A meaning of a word, as its key spells it.
  enum Meaning: String, CaseIterable, Sendable {
    case booked, rejected, cancelled
    /// A reason: the score rejected the application.
    case scoreReject = "score_reject"
    /// A reject flag that is set, or not.
    case flag
    case noFlag = "no_flag"
  }

  private var stated: [Meaning: [String]] = [:]
  /// The column that says whether a booked application went bad; nil where the file has amounts in arrears.
  var badFlag: String?

  /// The built-in words of statuses.
  static let statusNames = ["booked", "rejected", "cancelled", "canceled"]

  private static let builtIn: [Meaning: Set<String>] = [
    .booked: ["booked"], .rejected: ["rejected"], .cancelled: ["cancelled", "canceled"],
    .flag: ["y", "yes", "1", "true", "t", "s", "si", "sí", "sim", "j", "ja", "o", "oui"],
    .noFlag: ["n", "no", "0", "false", "f", "não", "nao", "nein", "non"],
  ]

  static let fields: [Field<Self>] = [
    .shared(
      .custom(
        "values", allowed: "a table of lists: \(Meaning.allCases.map(\.rawValue).joined(separator: ", "))",
        "The file's own words for statuses, score rejections and reject flags.",
        refused: [.integer(1), .string("x")],
        form: .table(Meaning.allCases.map { .init($0.rawValue, .list(of: .text, atLeast: 1), $0.sentence) }),
        show: \.toml, read: { try $0.read($1) })),
    .shared(
      .optionalText(
        "bad_flag", \.badFlag,
        "A column that says whether a booked application went bad, for files without todu_30ever_h6 and todu_amt_pile_h6."
      )),
  ]

  private mutating func read(_ value: ConfigValue) throws {
    guard let table = value.table else { throw Field<Self>.refusal("values", value, "a table of lists of texts") }
    var reading = Reading()
    for entry in table.entries {
      try reading.attempt {
        guard let meaning = Meaning(rawValue: entry.key) else {
          let names = Meaning.allCases.map(\.rawValue)
          throw Faults.usage(
            entry.place, "unknown key \(entry.key) of values\(DidYouMean.phrase(for: entry.key, among: names))",
            "Its keys: \(names.joined(separator: ", ")).")
        }
        guard let items = entry.value.array, !items.isEmpty else {
          throw Faults.usage(
            entry.value.place, "values.\(entry.key) is \(entry.value.typeName)",
            "Write a list of the file's words: \(entry.key) = [\"…\"].")
        }
        stated[meaning] = try items.map { item in
          if let text = item.string { return StandardText.standardise(text) }
          if let number = item.number { return NumberText.shortest(number) }
          throw Faults.usage(item.place, "values.\(entry.key) holds \(item.typeName)", "Write texts or numbers.")
        }
      }
    }
    try reading.finish()
    for (first, second) in [
      (Meaning.booked, Meaning.rejected), (.booked, .cancelled), (.rejected, .cancelled), (.flag, .noFlag),
    ] {
      if let both = stated[first]?.first(where: { stated[second]?.contains($0) ?? false }) {
        throw Faults.usage(
          value.place, "values calls \(both) both \(first.rawValue) and \(second.rawValue)", "Name each word once.")
      }
    }
  }

  /// Whether the configuration says what a meaning's words are.
  func states(_ meaning: Meaning) -> Bool { stated[meaning] != nil }

  /// The stated words of a meaning, for those that must stand in the file.
  func statedWords(_ meaning: Meaning) -> [String] { stated[meaning] ?? [] }

  /// Whether a standardised word has a meaning.
  func means(_ word: String, _ meaning: Meaning) -> Bool {
    if let own = stated[meaning] { return own.contains(word) }
    // A word that is stated under another key of its group has left this one.
    if meaning != .scoreReject, meaning.group.contains(where: { stated[$0]?.contains(word) ?? false }) { return false }
    if meaning == .scoreReject { return ScoreReason(word) == .score }
    return Self.builtIn[meaning]?.contains(word) ?? false
  }

  /// The status that a standardised word says; nil for an unknown one. Rejections are `otherRejected` until a reason says
  /// more.
  func status(_ word: String) -> SampleStatus? {
    if means(word, .booked) { return .booked }
    if means(word, .rejected) { return .otherRejected }
    return means(word, .cancelled) ? .cancelled : nil
  }

  /// The status that a word most likely says, built in or not.
  static func likelyStatus(_ word: String) -> SampleStatus? {
    ApplicationWords().status(word) ?? StatusWords.likely(word)
  }

  /// Whether a word of a reject flag says that it is set; nil for an unknown one.
  func flag(_ word: String) -> Bool? { means(word, .flag) ? true : means(word, .noFlag) ? false : nil }

  /// The lines that would give unknown statuses their most likely meaning.
  static func proposal(for words: [String], namesRest: Bool = true) -> String {
    let lines = [(Meaning.booked, SampleStatus.booked), (.rejected, .otherRejected), (.cancelled, .cancelled)]
      .compactMap {
        meaning, status -> String? in
        let found = words.filter { StatusWords.likely($0) == status }
        return found.isEmpty ? nil : "\(meaning.rawValue) = [\(found.map(ConfigValue.quoted).joined(separator: ", "))]"
      }
    let rest = words.filter { StatusWords.likely($0) == nil }
    let open =
      rest.isEmpty
      ? "" : " and put \(namesRest ? rest.joined(separator: ", ") : "the others") under booked, rejected or cancelled"
    return
      "Write [preprocessing.values] \(lines.isEmpty ? "booked = […], rejected = […]" : lines.joined(separator: ", "))\(open)."
  }

  var toml: String {
    let lists = Meaning.allCases.compactMap { meaning in
      stated[meaning].map { "\(meaning.rawValue) = [\($0.map(ConfigValue.quoted).joined(separator: ", "))]" }
    }
    return lists.isEmpty ? "unset" : "{ \(lists.joined(separator: ", ")) }"
  }
}

extension ApplicationWords.Meaning {
  /// Meanings among which a word has one.
  var group: [Self] {
    switch self {
    case .booked, .rejected, .cancelled: [.booked, .rejected, .cancelled]
    case .flag, .noFlag: [.flag, .noFlag]
    case .scoreReject: [.scoreReject]
    }
  }

  var sentence: String {
    switch self {
    case .booked: "Statuses of booked applications."
    case .rejected: "Statuses of rejected applications."
    case .cancelled: "Statuses of applications that were neither; they are left out."
    case .scoreReject:
      "Reject reasons that say that the score rejected it; left out = those that speak of the score or its cutoff without a negation."
    case .flag: "Words of a reject flag that is set; left out = y, yes, 1, true and the like."
    case .noFlag: "Words of a reject flag that is not set; left out = n, no, 0, false and the like."
    }
  }
}
