import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineDecide

/// What the registry says of a model: what it foretells, where it stands, and that a damaged row is no model without gates.
@Suite struct ModelRegistryTests {
  private static func file(_ more: String = "") -> [UInt8] {
    Array(
      """
      {"format": "cutline-card-model-1", "model_type": "logistic_regression", "estimator": "elsewhere",
       "basis": "transforms", "intercept": -1, \(more)
       "terms": [{"feature": "a", "coefficient": -0.5, "deviation": 0.1, "information_value": 0.4},
                 {"feature": "b", "coefficient": -0.1, "deviation": 1.5}]}
      """.utf8)
  }

  private static let training = """
    "training": {"outcome_type": "default", "labels": "built", "window_days": 180, "as_of": "2024-12-31",
      "period_start": "2024-01-01", "period_end": "2024-05-31", "rows": 800, "bad": 60},
    """

  private static func made(_ fixture: DecisionFixture, _ version: String, of model: String) throws -> VersionName {
    var draft = Store.Draft(content: Array(RefinementTests.expert.replacing("40", with: "4\(version.count)").utf8))
    draft.evidence = [fixture.gates("PASS")]
    draft.modelID = model
    return try fixture.store.create(
      product: "loan", kind: .scorecard, version: version, draft, by: fixture.caller("ann")
    ).name
  }

  @Test func aModelSaysWhatItForetellsAndWhereItStands() throws {
    let fixture = try DecisionFixture()
    let model = try RefinementTests.registered(fixture, Self.file(Self.training))
    let own = try fixture.store.model(model)
    #expect(own.status == "registered" && own.versions.isEmpty)
    #expect(own.training?.outcomeType == "default" && own.training?.windowDays == 180)
    #expect(own.training?.badRatePct == 7.5 && own.training?.periodEnd == "2024-05-31")
    // |−0.5 · 0.1| against |−0.1 · 1.5|: by the coefficient alone the order would be the other one.
    #expect(own.importanceMeasure == .standardised && own.featureImportance.map(\.feature) == ["b", "a"])
    #expect(abs(own.featureImportance[0].share - 0.75) < 1e-12 && own.featureImportance[1].informationValue == 0.4)
    let (first, second) = (try Self.made(fixture, "v1", of: model), try Self.made(fixture, "ml_v2", of: model))
    #expect(try fixture.store.model(model).status == "draft")
    for (action, by) in [(Transition.Action.submit, "ann"), (.approve, "bob"), (.activate, "cyd")] {
      var request = VersionRequest(action, first)
      request.reason = "because"
      _ = try fixture.store.perform(request, by: fixture.caller(by))
    }
    // The later one is a draft still, but one that was made with it is in force.
    let used = try fixture.store.model(model)
    #expect(used.status == "active")
    #expect(used.versions.map(\.version) == [first.description, second.description])
    #expect(used.versions.map(\.state) == ["active", "draft"])
    let rows = try fixture.store.database.query("SELECT * FROM model_registry")
    let view = try #require(rows.first)
    #expect(view.text("status") == "active" && view.text("outcome_type") == "default")
    #expect(view.integer("window_days") == 180 && view.integer("training_rows") == 800)
    #expect(try fixture.store.models().map(\.status) == ["active"])
    let untold = try RefinementTests.registered(fixture, RefinementTests.model([("a", -1), ("b", 3)]))
    let plain = try fixture.store.model(untold)
    #expect(plain.training == nil && plain.importanceMeasure == .plain)
    #expect(plain.featureImportance.map(\.share) == [0.75, 0.25])
  }

  @Test func whatCannotBeIsRefused() throws {
    for wrong in [
      Self.training.replacing("\"bad\": 60", with: "\"bad\": 801"),
      Self.training.replacing("\"bad\": 60", with: "\"bad\": -1"),
      Self.training.replacing("2024-05-31", with: "2024-02-31"),
      Self.training.replacing("2024-05-31", with: "2023-05-31"),
      Self.training.replacing("180", with: "0"), Self.training.replacing("\"default\"", with: "\"\""),
      Self.training + Self.training,
    ] {
      expectFaults(.data, "\(wrong)") { try CardModelFile.read(Self.file(wrong), at: "m.json") }
    }
  }

  /// A row that somebody has changed showed as a model without gates.
  @Test func aDamagedRowIsNoModelWithoutGates() throws {
    for (column, value) in [("gates", "none"), ("gates", "[{\"gate\": 1}]"), ("hyperparameters", "[]")] {
      let fixture = try DecisionFixture()
      let model = try RefinementTests.registered(fixture, Self.file())
      try TamperingTests.unguarded(fixture.store.database) {
        try fixture.store.database.query("UPDATE models SET \(column) = ?", [.text(value)])
      }
      let faults = expectFaults(.integrity) { try fixture.store.model(model) }
      #expect(faults?.problem.contains(column) == true)
      expectFaults(.integrity) { try fixture.store.models() }
    }
  }
}
