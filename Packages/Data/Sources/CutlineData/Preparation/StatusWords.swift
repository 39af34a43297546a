internal import CutlineCredit
internal import Foundation

/// Words of other houses that most likely say what became of an application: for proposals, never taken by themselves.
///
/// Only words that say it alone: an approved application may have been booked or not, and A, D or 1 say nothing.
enum StatusWords {
  private static let booked: Set<String> = [
    "booked", "funded", "disbursed", "granted", "paid_out", "opened", "issued", "originated", "contracted",
    // German, Spanish, Portuguese, French, Italian, Polish
    "ausgezahlt", "ausbezahlt", "gebucht", "valutiert",
    "formalizada", "formalizado", "desembolsada", "desembolsado", "dispuesta", "dispuesto", "concedida", "concedido",
    "contratada", "contratado", "financiada", "financiado", "abonada", "abonado",
    "efetivada", "efetivado", "liberada", "liberado",
    "debloque", "debloquee", "decaisse", "decaissee", "finance", "financee", "octroye", "octroyee", "verse", "versee",
    "erogata", "erogato", "liquidata", "liquidato", "finanziata", "finanziato", "stipulata", "stipulato",
    "wyplacony", "wyplacona", "wyplacone", "uruchomiony", "uruchomiona", "udzielony", "udzielona",
  ]
  private static let rejected: Set<String> = [
    "rejected", "declined", "denied", "refused", "turned_down", "reject", "decline",
    "abgelehnt", "ablehnung", "zuruckgewiesen", "zurueckgewiesen",
    "denegada", "denegado", "rechazada", "rechazado", "negada", "negado",
    "recusada", "recusado", "reprovada", "reprovado", "rejeitada", "rejeitado", "indeferida", "indeferido",
    "refuse", "refusee", "rejete", "rejetee",
    "rifiutata", "rifiutato", "respinta", "respinto", "declinata", "declinato",
    "odrzucony", "odrzucona", "odrzucone", "odmowa",
  ]
  private static let cancelled: Set<String> = [
    "cancelled", "canceled", "withdrawn", "abandoned", "expired", "not_taken_up", "ntu", "void", "cancel",
    "storniert", "zuruckgezogen", "zurueckgezogen", "abgebrochen", "verfallen", "widerrufen",
    "cancelada", "cancelado", "desistida", "desistido", "anulada", "anulado", "caducada", "caducado",
    "desistencia", "expirada", "expirado", "desistiu",
    "annule", "annulee", "abandonne", "abandonnee", "retire", "retiree", "sans_suite", "expire", "expiree",
    "annullata", "annullato", "ritirata", "ritirato", "scaduta", "scaduto", "rinunciata", "rinuncia",
    "anulowany", "anulowana", "wycofany", "wycofana", "rezygnacja", "wygasly",
  ]

  /// - Parameter word: standardised.
  static func likely(_ word: String) -> SampleStatus? {
    let plain = folded(word)
    if booked.contains(plain) { return .booked }
    if rejected.contains(plain) { return .otherRejected }
    return cancelled.contains(plain) ? .cancelled : nil
  }

  /// Without accents, as letters of English.
  static func folded(_ word: some StringProtocol) -> String {
    String(word).lowercased().replacing("ł", with: "l").replacing("ß", with: "ss")
      .folding(options: .diacriticInsensitive, locale: nil)
  }
}
