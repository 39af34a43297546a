import CutlineCore
import CutlineCredit
import Testing

@testable import CutlineData

/// Words that say what became of an application and why.
@Suite struct ScoreReasonTests {
  private func reading(_ text: String) -> ScoreReason { ScoreReason(StandardText.standardise(text)) }

  @Test(arguments: [
    "09-score", "LOW SCORE", "Scorecard fail", "Below cut-off", "below cutoff", "Under threshold", "CREDITSCORE",
    "SC_SCORE",
    "Score zu niedrig", "Scoring insuficiente", "Pontuação baixa", "Punteggio basso", "Application failed scorecard",
  ]) func theScoreRejected(word: String) { #expect(reading(word) == .score) }

  @Test(arguments: ["Other than score", "Non-score", "Nonscore", "All except score", "Hors score", "excl. scorecard"])
  func anotherReasonThanTheScore(word: String) { #expect(reading(word) == .negated(isCertain: true)) }

  @Test(arguments: ["No score", "Not scored", "Score not met", "kein Score", "Sin scoring", "other score reasons"])
  func aNegationMayMeanEither(word: String) { #expect(reading(word) == .negated(isCertain: false)) }

  @Test(arguments: [
    "Policy", "08-other", "Fraud", "Below minimum age", "Age cut-off", "Below income limit", "DTI below cut-off",
    "Underage", "Affordability",
  ]) func somethingElse(word: String) { #expect(reading(word) == .other) }

  @Test(arguments: ["9", "8", "R1", "A", "", "17-03"]) func codesSayNothing(word: String) {
    #expect(reading(word) == .code)
  }

  @Test(arguments: [
    ("Ausgezahlt", SampleStatus.booked), ("Abgelehnt", .otherRejected), ("Zurückgezogen", .cancelled),
    ("Formalizada", .booked), ("Denegada", .otherRejected), ("Anulada", .cancelled), ("Recusada", .otherRejected),
    ("Débloqué", .booked), ("Refusée", .otherRejected), ("Sans suite", .cancelled), ("Erogata", .booked),
    ("Respinto", .otherRejected), ("Wypłacony", .booked), ("Odrzucony", .otherRejected), ("Wygasły", .cancelled),
    ("Funded", .booked), ("NTU", .cancelled),
  ]) func likelyStatuses(word: String, status: SampleStatus) {
    #expect(StatusWords.likely(StandardText.standardise(word)) == status)
  }

  /// An approved application may have been booked or not; letters and digits say nothing.
  @Test(arguments: ["A", "D", "1", "0", "Approved", "Genehmigt", "Pending"]) func othersAreAsked(word: String) {
    #expect(StatusWords.likely(StandardText.standardise(word)) == nil)
  }

  @Test func theRunSaysWhichReasonsCount() async throws {
    func said(_ reasons: [(String, Int)], _ kind: RunEvent.Kind) async throws -> [String] {
      var applications = Applications.plausible()
      for (reason, rows) in reasons {
        applications.add(rows) {
          $0.status = "rejected"; $0.reason = reason
        }
      }
      return try await applications.said(only: kind)
    }
    let clear = try await said(
      [("Below cut-off", 19), ("Scorecard fail", 12), ("Typo in score", 1), ("Fraud", 4)], .note)
    #expect(
      clear.contains {
        $0.contains(
          "below_cut-off, scorecard_fail, other values: 1 count as rejected by score (32 rows), 4 rows of other")
      }, "\(clear)")
    let negated = try await said([("Low score", 9), ("Other than score", 10)], .warning)
    #expect(negated.contains { $0.contains("also not other_than_score with its negation") }, "\(negated)")
    let none = try await said([("9", 19), ("8", 13)], .warning)
    #expect(none.contains { $0.contains("none of 2 reasons counts as the score's (8, 9), 32 rows") }, "\(none)")
    let many = try await said("abcdefghijkl".map { ("score \($0)", 1) }, .note)
    #expect(many.contains { $0.contains("12 reasons count as rejected by score") }, "\(many)")
    for calm in [clear, many] { #expect(calm.count { $0.contains("reject_reason: ") } == 1) }
  }
}
