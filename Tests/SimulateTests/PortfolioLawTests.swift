import CutlineCore
import CutlineSimulate
import CutlineTesting
import Foundation
import Testing

@Suite struct PortfolioLawTests {
  @Test func onlyTheBookedHaveAmountsAndOutcomes() throws {
    let sample = try PortfolioFixture()
    let status = try text("status_name", of: sample.applications)
    let reason = try text("reject_reason", of: sample.applications)
    let booked = try sample.number("acct_booked_h0")
    let amount = try sample.number("oa_amt_h0")
    let outcomes = try ["early_bad", "todu_30ever_h3", "todu_amt_pile_h3", "todu_30ever_h6", "todu_amt_pile_h6"].map {
      try sample.number($0)
    }
    let month = try sample.month()
    for row in 0..<PortfolioFixture.rows {
      let isBooked = status[row] == "booked"
      let isRight =
        (booked[row] == 1) == isBooked && (amount[row] > 0) == isBooked && (reason[row] == nil) == isBooked
        && outcomes[0][row].isNaN == !(isBooked && month[row] <= 24)
        && outcomes[1][row].isNaN == !(isBooked && month[row] <= 27)
        && outcomes[2][row].isNaN == outcomes[1][row].isNaN && outcomes[3][row].isNaN == outcomes[0][row].isNaN
        && outcomes[4][row].isNaN == outcomes[0][row].isNaN
      if !isRight { Issue.record("row \(row) breaks a law of status and maturity") }
    }
    #expect(month == month.sorted())
    #expect(Set(month) == Set(1...30))
  }

  @Test func balancesFollowOneAnother() throws {
    let sample = try PortfolioFixture()
    let bad = try sample.number("early_bad")
    let amount = try sample.number("oa_amt_h0")
    let (todu3, pile3) = (try sample.number("todu_30ever_h3"), try sample.number("todu_amt_pile_h3"))
    let (todu6, pile6) = (try sample.number("todu_30ever_h6"), try sample.number("todu_amt_pile_h6"))
    for row in 0..<PortfolioFixture.rows where !bad[row].isNaN {
      let isRight =
        (todu6[row] > 0) == (bad[row] == 1) && todu6[row] <= pile6[row] && todu6[row] <= amount[row]
        && (todu3[row] == 0 || todu3[row] == todu6[row]) && todu3[row] <= pile3[row] && pile3[row] <= pile6[row]
        && pile6[row] <= 7 * amount[row] && pile3[row] <= 4 * amount[row] && pile6[row] >= amount[row]
        // Once past due the balance stands still, and before it was larger.
        && pile6[row] >= 7 * todu6[row] - 0.05 && pile3[row] >= 4 * todu3[row] - 0.05
      if !isRight { Issue.record("row \(row) breaks a law of balances") }
    }
  }

  @Test func balancesAreThoseOfALevelPaymentLoan() throws {
    var model = PortfolioModel()
    model.terms = [36]
    for index in model.segments.indices { model.segments[index].termShares = [1] }
    model.prepaymentHazard = 0
    model.counterOfferShare = 0
    model.delinquencyTiming = [0, 0, 1, 0, 0]
    // Month by month: interest is added, the instalment is paid.
    let instalment = 0.01 / (1 - pow(1.01, -36))
    let balances = (0..<6).reduce(into: [1.0]) { path, _ in path.append(path[path.count - 1] * 1.01 - instalment) }
    let good = balances.reduce(0, +)
    let bad = balances[0] + balances[1] + 5 * balances[2]
    let truth = try model.generate(rows: 5000, seed: 11).truth
    let (amount, isBad) = (try numbers("oa_amt_h0", of: truth), try numbers("early_bad", of: truth))
    let (todu, pile) = (try numbers("todu_30ever_h6", of: truth), try numbers("todu_amt_pile_h6", of: truth))
    for row in amount.indices {
      #expect(abs(pile[row] - amount[row] * (isBad[row] == 1 ? bad : good)) < 0.006)
      #expect(abs(todu[row] - amount[row] * isBad[row] * balances[2]) < 0.006)
    }
    #expect(isBad.contains(1) && isBad.contains(0))
  }

  @Test func truthCoversEveryApplicationAndAgreesWithTheBooked() throws {
    let sample = try PortfolioFixture()
    #expect(sample.truth.rowCount == (sample.truthRow.max() ?? -1) + 1)
    let ids = try text("authorization_id", of: sample.truth)
    let applied = try text("authorization_id", of: sample.applications)
    for row in stride(from: 0, to: PortfolioFixture.rows, by: 97) { #expect(applied[row] == ids[sample.truthRow[row]]) }
    for name in ["early_bad", "todu_30ever_h6", "todu_amt_pile_h6"] {
      let seen = try sample.number(name)
      let known = try sample.known(name)
      #expect(zip(seen, known).allSatisfy { $0.isNaN || $0 == $1 }, "\(name)")
      #expect(known.allSatisfy { $0 >= 0 }, "\(name) lacks a truth")
    }
    let (amount, offered) = (try sample.number("oa_amt_h0"), try sample.known("oa_amt_h0"))
    #expect(zip(amount, offered).allSatisfy { $0 == 0 || $0 == $1 })
    let (pd, odds) = (try sample.known("true_pd"), try sample.known("true_log_odds"))
    #expect(zip(pd, odds).allSatisfy { abs($0 - 1 / (1 + exp(-$1))) < 1e-12 })

    // Calibration of the outcome to the truth, bad spells and rejected included.
    let bad = try numbers("early_bad", of: sample.truth)
    let risk = try numbers("true_pd", of: sample.truth)
    let deviation = risk.reduce(0) { $0 + $1 * (1 - $1) }.squareRoot()
    #expect(abs(bad.reduce(0, +) - risk.reduce(0, +)) < 5 * deviation)
  }

  @Test func decisionsFollowThePolicy() throws {
    let sample = try PortfolioFixture()
    let status = try text("status_name", of: sample.applications)
    let reason = try text("reject_reason", of: sample.applications)
    let (pass, override) = (try sample.known("policy_pass"), try sample.known("policy_override"))
    let taken = try sample.known("taken_up")
    var counts = (pass: 0, high: 0, low: 0, taken: 0)
    for row in 0..<PortfolioFixture.rows {
      let approved = (pass[row] == 1 && override[row] == 0) || override[row] == 1
      #expect((status[row] == "booked") == (approved && taken[row] == 1))
      if reason[row] == "09-score" { #expect(pass[row] == 0 && override[row] == 0) }
      counts.pass += Int(pass[row])
      counts.high += override[row] == -1 ? 1 : 0
      counts.low += override[row] == 1 ? 1 : 0
      counts.taken += Int(taken[row])
    }
    expectShare(counts.high, of: counts.pass, near: sample.model.highSideOverrideShare, "rejected above the cutoff")
    expectShare(
      counts.low, of: PortfolioFixture.rows - counts.pass, near: sample.model.lowSideOverrideShare,
      "approved below the cutoff")
    expectShare(counts.taken, of: PortfolioFixture.rows, near: sample.model.takeUpShare, "taken up")
  }

  @Test func defectsHaveTheirShares() throws {
    let sample = try PortfolioFixture()
    let model = sample.model
    let n = PortfolioFixture.rows
    let (score, bureau) = (try sample.number("score_rf"), try sample.number("risk_score_rf"))
    expectShare(score.count { $0.isNaN }, of: n, near: model.scoreMissingShare, "score missing")
    expectShare(bureau.count { $0.isNaN }, of: n, near: model.bureauMissingShare, "bureau score missing")
    expectShare(bureau.count { $0 == 9999 }, of: n, near: model.bureauNoHitShare, "no hit")
    expectShare(bureau.count { $0 == 0 }, of: n, near: model.bureauFileErrorShare, "file error")
    #expect(bureau.allSatisfy { $0.isNaN || $0 == 9999 || $0 == 0 || ($0 > 100 && $0 < 999.5) })
    let segment = try text("segment_cut_off", of: sample.applications)
    expectShare(segment.codes.count { $0 < 0 }, of: n, near: model.segmentMissingShare, "segment missing")
    expectShare(n - sample.truth.rowCount, of: n, near: model.duplicateShare, "duplicates")
    let decisions = try text("se_decision_id", of: sample.applications).distinctCount
    expectShare(sample.truth.rowCount - decisions, of: n, near: model.resubmissionShare, "resubmissions")

    let month = try sample.month()
    let (amount, offered) = (try sample.number("oa_amt"), try sample.known("oa_amt_h0"))
    let wrong = amount.indices.filter { amount[$0] >= 0.99 * model.unitErrorFactor * offered[$0] }
    expectShare(
      wrong.count, of: month.count { $0 == model.unitErrorMonth }, near: model.unitErrorShare, "unit errors")
    #expect(wrong.allSatisfy { month[$0] == model.unitErrorMonth })
    #expect(amount.allSatisfy { $0.truncatingRemainder(dividingBy: 50) == 0 && $0 >= 300 })
  }

  @Test func duplicatesRepeatEveryColumn() throws {
    let sample = try PortfolioFixture()
    var first: [Int: Int] = [:]
    var repeats = 0
    for row in 0..<PortfolioFixture.rows {
      guard let earlier = first.updateValue(row, forKey: sample.truthRow[row]) else { continue }
      repeats += 1
      for column in sample.applications.columns {
        switch column.values {
        case .number(let values), .moment(let values, _):
          #expect(values[row].bitPattern == values[earlier].bitPattern, "\(column.name) of row \(row)")
        case .text(let values): #expect(values.codes[row] == values.codes[earlier], "\(column.name) of row \(row)")
        }
      }
    }
    #expect(repeats > 10)
  }

  @Test func volumesSegmentsAndScoresDrift() throws {
    let sample = try PortfolioFixture()
    let month = try sample.month()
    let segment = try text("segment_cut_off", of: sample.applications)
    let bureau = try sample.number("risk_score_rf")
    let pass = try sample.known("policy_pass")
    func mean(_ values: [Double], _ months: ClosedRange<Int>) -> Double {
      let kept = values.indices.filter { months.contains(month[$0]) && values[$0] > 0 && values[$0] < 9999 }
      return kept.reduce(0) { $0 + values[$1] } / Double(max(1, kept.count))
    }
    func share(_ name: String, _ months: ClosedRange<Int>) -> Double {
      let rows = month.indices.filter { months.contains(month[$0]) && segment[$0] != nil }
      return Double(rows.count { segment[$0] == name }) / Double(rows.count)
    }
    let counts = (1...30).map { number in month.count { $0 == number } }
    #expect(counts[11] < counts[10] * 3 / 4 && counts[11] < counts[12] * 3 / 4)
    #expect(counts[29] > counts[5])
    #expect(share("CONSUMER_STD", 25...30) > share("CONSUMER_STD", 1...6))
    #expect(share("PILOT_DIGITAL", 1...30) < 0.006 && share("PILOT_DIGITAL", 1...30) > 0.002)
    // The bureau's new version adds 12 points; the standard error of these means is below 0.6.
    let jump = mean(bureau, 19...21) - mean(bureau, 16...18)
    #expect(abs(jump - sample.model.bureauVersionShift) < 3)
    // The tightened policy: about 26,000 applications on each side, standard error below 0.005.
    let passRate = { (months: ClosedRange<Int>) -> Double in
      let rows = month.indices.filter { months.contains(month[$0]) }
      return rows.reduce(0) { $0 + pass[$1] } / Double(rows.count)
    }
    #expect(passRate(12...15) - passRate(16...19) > 0.02)
  }
}
