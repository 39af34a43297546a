import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation
import TestSupport
import Testing

@testable import CutlineFlow
@testable import CutlineRules

/// What a policy says, and what of it is refused.
@Suite struct PolicyTests {
  @Test func tomlAndJsonAreTheSame() throws {
    for text in [
      FlowFixture.policy(), FlowFixture.policy(second: nil, head: "evaluate = \"always\"\nprobability = \"raw\""),
      FlowFixture.policy(
        first: "version = \"lr-1\"\nsha256 = \"ab\"\nthreshold = 0.07\nnames = { en = \"A \\\"b\\\"\", ru = \"Б\" }",
        second: "model = \"m.json\"\nrecipe = \"r.toml\"\nmargin_low = 0", head: "chosen = \"10 a day\"\nnote = \"n\""),
    ] {
      let sheet = try PolicySheet(Array(text.utf8), of: "p.toml")
      #expect(try PolicySheet(Array(sheet.toml.utf8), of: "again.toml") == sheet, "\(sheet.toml)")
      let json = try sheet.json
      let again = try PolicySheet(json, of: "p.json")
      #expect(again == sheet)
      #expect(try again.json == json)
    }
  }

  @Test(arguments: [
    (FlowFixture.policy(head: "evalute = \"always\""), "did you mean evaluate"),
    (FlowFixture.policy(head: "evaluate = \"alway\""), "did you mean always"),
    (FlowFixture.policy(first: "column = \"p\""), "not said to be calibrated"),
    (FlowFixture.policy(first: "column = \"p\"\ncalibrated = false"), "not said to be calibrated"),
    (FlowFixture.policy(first: "column = \"p\"\ncalibrated = true\nthreshold = 0"), "between 0 and 1"),
    (FlowFixture.policy(first: "column = \"p\"\ncalibrated = true\nthreshold = 1.0"), "between 0 and 1"),
    (FlowFixture.policy(first: "column = \"p\"\ncalibrated = true\nmargin_low = -0.1"), "below 0"),
    (FlowFixture.policy(first: "column = \"p\"\ncalibrated = true\nthreshold = nan"), "threshold"),
    (
      FlowFixture.policy(first: "column = \"p\"\ncalibrated = true\nthreshold = \"0.1234567890123456789012345678901\""),
      "30 digits"
    ),
    (FlowFixture.policy(first: "model = \"a\"\ncolumn = \"p\"\ncalibrated = true"), "a column and a model"),
    (FlowFixture.policy(first: "model = \"raw\""), "not said to be calibrated"),
    (FlowFixture.policy(first: "model = \"a\"\ncalibrated = true"), "says it by itself"),
    (FlowFixture.policy(first: "threshold = 0.5"), "not one place"),
    (FlowFixture.policy(first: "model = \"a\"\nversion = \"v1\""), "not one place"),
    (FlowFixture.policy(first: "version = \"v1\"\nrecipe = \"r\""), "not one place"),
    ("name = \"p\"\n[rules]\ntable = \"escalation\"\n", "has no first"),
    (
      "name = \"p\"\n[rules]\ntable = \"escalation\"\nfile = \"f\"\n[first]\ncolumn = \"p\"\ncalibrated = true",
      "not one table"
    ),
    ("name = \"p\"\n[first]\ncolumn = \"p\"\ncalibrated = true", "has no rules"),
    ("rules = 3\nname = \"p\"\n[first]\ncolumn = \"p\"\ncalibrated = true", "Write a table"),
  ])
  func whatIsRefused(_ text: String, _ words: String) throws {
    var fixture = try FlowFixture()
    var random = RandomStream(seed: 1)
    fixture.models["a"] = try FlowFixture.model(["x"], &random, recipe: nil)
    fixture.models["raw"] = try FlowFixture.model(["x"], &random, recipe: nil, isCalibrated: false)
    let faults = expectFaults(.usage) { try fixture.policy(text) }
    #expect(faults?.text(.full).contains(words) == true, "\(faults?.text(.full) ?? "")")
    #expect(faults?.text(.full).contains("policy.toml") == true)
  }

  @Test func rawMustBeSaid() throws {
    var fixture = try FlowFixture()
    var random = RandomStream(seed: 1)
    fixture.models["raw"] = try FlowFixture.model(["x"], &random, recipe: nil, isCalibrated: false)
    let policy = try fixture.policy(
      FlowFixture.policy(first: "model = \"raw\"", second: "column = \"p\"", head: "probability = \"raw\""))
    #expect(policy.notes.contains { $0.contains("raw") })
  }

  /// Row 9 of the flaw register: one threshold for two scales. A model says by its form that it was calibrated.
  @Test func calibrationIsSeenInTheForm() throws {
    let line = try ModelForm.linear(intercept: 0, coefficients: [1, 2], link: .logit)
    let platt = try ModelForm.linear(intercept: 0, coefficients: [2], link: .logit)
    let steps = try ModelForm.steps(edges: [0.5], values: [0.1, 0.9])
    let features = try ModelForm.expand(inputCount: 1, terms: [.feature(0), .power(0, exponent: 2)])
    let shift = try ModelForm.expand(inputCount: 1, terms: [.link(0, .logit)]).then(platt)
    let same = try ModelForm.linear(intercept: 0, coefficients: [1])
    for (form, isCalibrated) in [
      (line, false), (try line.then(platt), true), (try line.then(steps), true), (try line.then(shift), true),
      (try line.then(same), false), (try features.then(line), false), (try features.then(line.then(platt)), true),
      (try features.then(line).then(steps), true), (try .blend([line, line], weights: [0.5, 0.5]), false),
      (try .blend([line.then(platt), line.then(steps)], weights: [0.5, 0.5]), true),
      (try .blend([line.then(platt), line], weights: [0.5, 0.5]), false), (steps, false),
      // One feature that is made, and a model of it: no calibration.
      (try .expand(inputCount: 1, terms: [.power(0, exponent: 2)]).then(platt), false),
    ] { #expect(form.isCalibrated == isCalibrated, "\(form)") }
  }

  @Test func sidesThatNeverDecideAreTold() throws {
    let policy = try FlowFixture().policy(
      FlowFixture.policy(
        first: "column = \"p\"\ncalibrated = true\nthreshold = 0.1\nmargin_low = 0.2\nmargin_high = 0.3",
        second: "column = \"q\"\ncalibrated = true\nthreshold = 0.7\nmargin_low = 0.7\nmargin_high = 0.4"))
    #expect(policy.notes.count == 2, "\(policy.notes)")
    #expect(policy.notes[0].hasPrefix("first never approves") && policy.notes[1].hasPrefix("second never declines"))
  }

  @Test func aModelOfOtherFeaturesIsRefused() throws {
    var random = RandomStream(seed: 1)
    let faults = expectFaults(.data) {
      try FlowFixture.model(["DebtRatioo"], &random, recipe: FlowFixture.recipe())
    }
    #expect(faults?.text(.full).contains("did you mean DebtRatio") == true)
  }

  @Test func aModelAndItsRecipeAreOneContent() throws {
    var random = RandomStream(seed: 3)
    let recipe = try FlowFixture.recipe()
    let own = try FlowFixture.model(recipe.features.map(\.name.text), &random, recipe: recipe)
    let json = try own.json
    let again = try ScoringModel(json: json, of: "m.json")
    #expect(again == own)
    #expect(try again.json == json)
    // A model alone reads columns of its features' names.
    let bare = try ScoringModel(json: Array(CanonicalJSON.encode(own.model)), of: "m.json")
    #expect(bare.recipe == nil && bare.model == own.model)
  }
}
