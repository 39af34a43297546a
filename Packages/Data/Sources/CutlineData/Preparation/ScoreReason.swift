/// What the words of a reject reason say about the score, where nobody has said so.
enum ScoreReason: Equatable {
  /// It most likely means that the score rejected the application.
  case score
  /// It has the score's words beside a negation: `other than score`, or, less certain, `no score`.
  case negated(isCertain: Bool)
  /// It names something else, in words.
  case other
  /// A code, which says nothing to a reader.
  case code

  /// - Parameter word: standardised.
  init(_ word: String) {
    let parts = word.split { !$0.isLetter }.map(StatusWords.folded)
    let isPair = zip(parts, parts.dropFirst()).contains { $0 == "cut" && $1 == "off" }
    let hasScore = parts.contains(where: Self.isScore)
    let hasCutoff = isPair || parts.contains { Self.cutoffs.contains($0) }
    // A cutoff of something else: of the age, the income. Below, and nothing else that is named.
    let rest = parts.filter {
      !Self.around.contains($0) && !Self.cutoffs.contains($0) && !["cut", "off"].contains($0)
    }
    let isBelow = parts.contains { Self.below.contains($0) } && parts.contains { Self.limits.contains($0) }
    let means = hasScore || (hasCutoff || isBelow) && rest.allSatisfy { Self.isNegation($0) }
    guard means else {
      self = parts.contains { $0.count > 2 } ? .other : .code
      return
    }
    if parts.contains(where: { Self.certain.contains($0) || Self.isNonScore($0) }) {
      self = .negated(isCertain: true)
    } else {
      self = parts.contains(where: Self.isNegation) ? .negated(isCertain: false) : .score
    }
  }

  /// Whether it stands for the score by itself.
  static func isScore(_ part: String) -> Bool {
    scores.contains { part.hasPrefix($0) || part.hasSuffix($0) }
  }

  private static func isNegation(_ part: String) -> Bool {
    certain.contains(part) || doubtful.contains(part) || isNonScore(part)
  }

  private static func isNonScore(_ part: String) -> Bool {
    part.hasPrefix("non") && part.count > 3 && isScore(String(part.dropFirst(3)))
  }

  private static let scores = [
    "score", "scoring", "scorecard", "skoring", "puntaje", "puntuacion", "pontuacao", "punteggio", "punktacja",
  ]
  private static let cutoffs: Set<String> = ["cutoff", "cutoffs"]
  private static let below: Set<String> = ["below", "under", "unter", "debajo", "abaixo", "sous", "sotto", "ponizej"]
  private static let limits: Set<String> = [
    "cut", "cutoff", "threshold", "limit", "grade", "rating", "grenze", "umbral", "limite", "seuil", "soglia", "prog",
  ]
  /// What stands around a cutoff without naming what it is of.
  private static let around: Set<String> = below.union(limits).union([
    "the", "is", "was", "a", "of", "our", "risk", "credit", "minimum", "min", "required", "application", "reject",
    "rejected", "decline", "declined", "fail", "failed", "auto", "automatic", "system", "policy", "by", "model", "del",
    "de", "le", "la", "el", "der", "die", "dem", "do", "da", "il", "por",
  ])
  /// They leave the score out, whatever else is said.
  private static let certain: Set<String> = [
    "than", "except", "excluding", "excl", "besides", "apart", "unrelated", "ausser", "excepto", "exceto", "sauf",
    "hors", "eccetto", "tranne", "oprocz", "non",
  ]
  /// They may leave it out, or say that there was none, or that it was not reached.
  private static let doubtful: Set<String> = [
    "other", "others", "not", "no", "without", "never", "andere", "anderer", "anderes", "sonstige", "sonstiges",
    "nicht",
    "kein", "keine", "ohne", "sin", "otro", "otros", "otra", "otras", "nao", "sem", "outro", "outros", "outra", "sans",
    "autre", "autres", "pas", "senza", "altro", "altri", "altra", "nie", "bez", "inny", "inne", "inna",
  ]
}
