import CutlineCore
import CutlineSimulate
import CutlineTesting
import Testing

@Suite struct GenerationTests {
  @Test func sameSeedSameBytesWhateverTheWorkers() throws {
    let model = PortfolioModel()
    let one = try model.generate(rows: 40_000, seed: 5, workers: 1)
    for workers in [2, 7, 64] {
      let many = try model.generate(rows: 40_000, seed: 5, workers: workers)
      #expect(isSame(one.applications, many.applications))
      #expect(isSame(one.truth, many.truth))
    }
  }

  @Test func anotherSeedAnotherPortfolio() throws {
    let a = try PortfolioModel().generate(rows: 1000, seed: 1)
    let b = try PortfolioModel().generate(rows: 1000, seed: 2)
    for name in ["risk_score_rf", "score_rf", "oa_amt"] {
      let (x, y) = (try numbers(name, of: a.applications), try numbers(name, of: b.applications))
      #expect(zip(x, y).filter { $0 == $1 }.count < 100, "\(name) hardly depends on the seed")
    }
    #expect(
      try text("authorization_id", of: a.applications).bytes != text("authorization_id", of: b.applications).bytes)
  }

  @Test func columnsAreThoseOfTheMainJob() throws {
    let portfolio = try PortfolioModel().generate(rows: 3000, seed: 3)
    #expect(
      portfolio.applications.names == [
        "authorization_id", "se_decision_id", "mis_date", "status_name", "reject_reason", "segment_cut_off",
        "risk_score_rf", "score_rf", "oa_amt", "acct_booked_h0", "oa_amt_h0", "early_bad", "todu_30ever_h3",
        "todu_amt_pile_h3", "todu_30ever_h6", "todu_amt_pile_h6",
      ])
    #expect(
      portfolio.truth.names == [
        "authorization_id", "true_pd", "true_log_odds", "early_bad", "todu_30ever_h6", "todu_amt_pile_h6", "oa_amt_h0",
        "policy_pass", "policy_override", "taken_up",
      ])
    guard case .moment(_, .date) = try portfolio.applications.column("mis_date").values else {
      Issue.record("mis_date is no date")
      return
    }
    #expect(Set(try text("status_name", of: portfolio.applications).distinctValues) == ["booked", "rejected"])
    #expect(Set(try text("reject_reason", of: portfolio.applications).distinctValues) == ["09-score", "08-other"])
    for id in try text("authorization_id", of: portfolio.applications).distinctValues {
      #expect(id.wholeMatch(of: /AU[0-9]{8}/) != nil)
    }
    for id in try text("se_decision_id", of: portfolio.applications).distinctValues {
      #expect(id.wholeMatch(of: /SE-[0-9A-F]{8}/) != nil)
    }
  }

  @Test func identifiersAreDistinct() throws {
    let portfolio = try PortfolioModel().generate(rows: 50_000, seed: 8)
    for name in ["authorization_id", "se_decision_id"] {
      let column = try text(name, of: portfolio.applications)
      #expect(Set(column.distinctValues).count == column.distinctCount)
    }
    #expect(try text("authorization_id", of: portfolio.truth).distinctCount == portfolio.truth.rowCount)
  }

  @Test func noRowsAndOneRow() throws {
    let none = try PortfolioModel().generate(rows: 0, seed: 1)
    #expect(none.applications.rowCount == 0 && none.truth.rowCount == 0)
    #expect(none.applications.columns.count == 16)
    let one = try PortfolioModel().generate(rows: 1, seed: 1)
    #expect(one.applications.rowCount == 1 && one.truth.rowCount == 1)
    #expect(try text("authorization_id", of: one.applications)[0] == text("authorization_id", of: one.truth)[0])
  }

  @Test func decisionCodesTellWhoWasEligible() throws {
    var model = PortfolioModel()
    model.decisionColumn = .codes
    model.notTakenUp = .canceled
    let portfolio = try model.generate(rows: 20_000, seed: 4)
    let code = try text("se_decision_id", of: portfolio.applications)
    let status = try text("status_name", of: portfolio.applications)
    let reason = try text("reject_reason", of: portfolio.applications)
    #expect(Set(code.distinctValues) == ["ok", "rv", "ko"])
    #expect(Set(status.distinctValues) == ["booked", "rejected", "canceled"])
    for row in 0..<20_000 {
      switch code[row] {
      case "ok": #expect(status[row] != "rejected" && reason[row] == nil)
      case "ko": #expect(status[row] == "rejected" && reason[row] == "09-score")
      default: #expect(reason[row] != "09-score")
      }
    }
  }

  @Test func absurdParametersAreRefusedByName() {
    expectRefusal("months") { $0.months = 0 }
    expectRefusal("scorePointsToDoubleOdds") { $0.scorePointsToDoubleOdds = .nan }
    expectRefusal("unexplainedDeviation") { $0.unexplainedDeviation = 0 }
    expectRefusal("takeUpShare") { $0.takeUpShare = 1.5 }
    expectRefusal("bureau's shares") {
      $0.bureauMissingShare = 0.9; $0.bureauNoHitShare = 0.2
    }
    expectRefusal("bureauFileErrorShare") {
      $0.bureauFileErrorShare = -0.01; $0.bureauNoHitShare = 0.5
    }
    expectRefusal("duplicateShare") {
      $0.duplicateShare = 0.7; $0.resubmissionShare = 0.7
    }
    expectRefusal("overrideInsight") { $0.overrideInsight = 1 }
    expectRefusal("counterOfferHigh") { $0.counterOfferHigh = 0.2 }
    expectRefusal("counterOfferLow") { $0.counterOfferLow = 2 }
    expectRefusal("terms") { $0.terms = [12, 3, 36, 60] }
    expectRefusal("delinquencyTiming") { $0.delinquencyTiming = [0.5, 0.5, 0.5, 0, 0] }
    expectRefusal("delinquencyTiming") { $0.delinquencyTiming = [] }
    expectRefusal("segments") { $0.segments = [] }
    expectRefusal("segments") { $0.segments[1].name = $0.segments[0].name }
    expectRefusal("termShares") { $0.segments[2].termShares = [1] }
    expectRefusal("amountMaximum") { $0.segments[0].amountMaximum = 10 }
    expectRefusal("scoreDeviation") { $0.segments[0].scoreDeviation = -.infinity }
    expectRefusal("did you mean CONSUMER_PLUS") { $0.badSpell?.segment = "CONSUMER_PLUSS" }
    expectRefusal("rows", rows: -1) { _ in }
    expectRefusal("rows", rows: .max) { _ in }
    expectRefusal("workers", workers: 0) { _ in }
  }

  private func expectRefusal(
    _ name: String, rows: Int = 10, workers: Int = 1, sourceLocation: SourceLocation = #_sourceLocation,
    _ change: (inout PortfolioModel) -> Void
  ) {
    var model = PortfolioModel()
    change(&model)
    do {
      _ = try model.generate(rows: rows, seed: 1, workers: workers)
      Issue.record("\(name) was not refused", sourceLocation: sourceLocation)
    } catch let error as Faults where error.code == .usage {
      #expect(error.description.contains(name), "\(error)", sourceLocation: sourceLocation)
      #expect(error.exitCode == .usage, sourceLocation: sourceLocation)
    } catch {
      Issue.record("\(name): \(error)", sourceLocation: sourceLocation)
    }
  }

  @Test func exampleConfigurationQuotesItsPath() {
    let text = PortfolioModel.exampleConfiguration(dataPath: "a \"b\"\\c\t.csv")
    #expect(text.contains(#"data_path = "a \"b\"\\c\u0009.csv""#))
    #expect(PortfolioModel.exampleScoreEdges.count == 11 && PortfolioModel.exampleBureauEdges.count == 21)
    #expect(text.contains("edges = [-inf, 455.0, 470.0, 480.0, 490.0, 500.0, 510.0, 520.0, 530.0, 545.0, inf]"))
  }
}
