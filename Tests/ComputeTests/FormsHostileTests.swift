import CutlineCompute
import CutlineCredit
import Foundation
import TestSupport
import Testing

/// Files that are no models are refused with a sentence; none crashes or hangs.
@Suite struct FormsHostileTests {
  private func refusal(_ json: String) -> String? {
    do {
      _ = try JSONDecoder().decode(ModelForm.self, from: Data(json.utf8))
      return nil
    } catch let error as FormError {
      return error.description
    } catch {
      return "not a FormError: \(error)"
    }
  }

  private func tree(
    feature: String = "[0,0,0]", threshold: String = "[0,0,0]", left: String = "[1,-1,-1]",
    right: String = "[2,-1,-1]", value: String = "[0,1,2]", missing: String = "[true,false,false]",
    roots: String = "[0]", inputs: String = "1"
  ) -> String {
    """
    {"form":"trees","inputs":\(inputs),"base":0,"scale":1,"roots":\(roots),"nodes":{"feature":\(feature),\
    "threshold":\(threshold),"left":\(left),"right":\(right),"value":\(value),"missing-left":\(missing)}}
    """
  }

  @Test func treesThatAreNoneAreRefused() {
    #expect(refusal(tree()) == nil)
    for (json, problem) in [
      (tree(left: "[0,-1,-1]"), "leads from node 0 to 0, which is not after it in tree 0"),
      (tree(left: "[2,-1,-1]", right: "[2,-1,-1]"), "has two ways to node 2"),
      (tree(left: "[1,2,-1]", right: "[2,0,-1]"), "has two ways to node 2"),
      (tree(left: "[1,-1,0]", right: "[2,-1,1]"), "leads from node 2 to 0, which is not after it in tree 0"),
      (tree(left: "[1000,-1,-1]"), "leads from node 0 to 1000, which is not after it in tree 0"),
      (tree(left: "[-1,-1,-1]"), "leads from node 0 to -1, which is not after it in tree 0"),
      (tree(left: "[-1,-1,-1]", right: "[-1,-1,-1]"), "has node 1 in tree 0, to which no way leads"),
      (tree(left: "[-2147483648,-1,-1]"), "leads from node 0 to -2147483648, which is not after it in tree 0"),
      (tree(feature: "[1,0,0]"), "asks at node 0 for feature 1 of 1"),
      (tree(feature: "[-1,0,0]"), "asks at node 0 for feature -1 of 1"),
      (tree(feature: "[0,0]"), "has arrays of different lengths: 2 and [3, 3, 3, 3, 3]"),
      (tree(value: "[0,1]"), "has arrays of different lengths: 3 and [3, 3, 3, 2, 3]"),
      (tree(roots: "[]"), "has no trees"),
      (tree(roots: "[1]"), "has its first root at 1, not at 0"),
      (tree(roots: "[0,0]"), "has root [1] = 0, not after the one before or beyond the nodes"),
      (tree(roots: "[0,3]"), "has root [1] = 3, not after the one before or beyond the nodes"),
      (tree(roots: "[0,2]"), "leads from node 0 to 2, which is not after it in tree 0"),
      (tree(inputs: "-1"), "has -1 features, not 0 to 65536"),
      (tree(inputs: "9223372036854775807"), "has 9223372036854775807 features, not 0 to 65536"),
      (tree(feature: "[]", threshold: "[]", left: "[]", right: "[]", value: "[]", missing: "[]"), "has no nodes"),
    ] {
      #expect(
        refusal(json)
          == "the model of form 'trees' \(problem). Fit or export the model again; its file was damaged or written by hand."
      )
    }
  }

  @Test func aChainOfDecisionsEnds() {
    // Every node but the last has a leaf on its left and the next decision on its right.
    func chain(_ length: Int) -> String {
      let left = (0..<length).map { "\(2 * $0 + 1),-1" }.joined(separator: ",") + ",-1"
      let right = (0..<length).map { "\(2 * $0 + 2),-1" }.joined(separator: ",") + ",-1"
      func all(_ text: String) -> String {
        "[" + Array(repeating: text, count: 2 * length + 1).joined(separator: ",") + "]"
      }
      return tree(
        feature: all("0"), threshold: all("0"), left: "[\(left)]", right: "[\(right)]", value: all("1"),
        missing: all("true"))
    }
    #expect(refusal(chain(64)) == nil)
    #expect(refusal(chain(65))?.contains("has more than 64 decisions in tree 0") == true)
  }

  @Test func shapesAndNumbersThatCannotBeAreRefused() {
    for (json, problem) in [
      (
        #"{"form":"steps","edges":[0,0],"values":[1,2,3]}"#,
        "'steps' has edge [1] = 0.0, which is not above the one before"
      ),
      (#"{"form":"steps","edges":[0],"values":[1]}"#, "'steps' has 1 values for 2 bins"),
      (#"{"form":"steps","edges":[],"values":[]}"#, "'steps' has 0 values for 1 bins"),
      (
        #"{"form":"steps","edges":[],"values":[1],"special":[{"value":1,"result":1},{"value":1,"result":2}]}"#,
        "'steps' names a special value twice"
      ),
      (#"{"form":"scorecard","base":0,"characteristics":[]}"#, "'scorecard' has no characteristics"),
      (#"{"form":"cells","axes":[],"values":[]}"#, "'cells' has no axes"),
      (#"{"form":"cells","axes":[[0],[0]],"values":[1,2,3]}"#, "'cells' has 3 values for 4 cells"),
      (#"{"form":"cells","axes":[[0]],"closed":[],"values":[1,2]}"#, "'cells' says of 0 axes how they are closed"),
      (
        #"{"form":"cells","axes":["# + Array(repeating: "[0]", count: 64).joined(separator: ",") + #"],"values":[]}"#,
        "'cells' has more than 16777216 cells"
      ),
      (#"{"form":"expand","inputs":1,"terms":[]}"#, "'expand' has no terms"),
      (#"{"form":"expand","inputs":0,"terms":[{"make":"feature","feature":0}]}"#, "'expand' has no features"),
      (#"{"form":"expand","inputs":1,"terms":[{"make":"feature","feature":1}]}"#, "'expand' asks for feature 1 of 1"),
      (#"{"form":"expand","inputs":1,"terms":[{"make":"feature","feature":-1}]}"#, "'expand' asks for feature -1 of 1"),
      (#"{"form":"expand","inputs":1,"terms":[{"make":"product","features":[]}]}"#, "'expand' has no factors"),
      (
        #"{"form":"expand","inputs":1,"terms":[{"make":"power","feature":0,"exponent":1000000000}]}"#,
        "'expand' has exponent 1000000000, not 2 to 16"
      ),
      (
        #"{"form":"expand","inputs":1,"terms":[{"make":"standardised","feature":0,"centre":0,"scale":0}]}"#,
        "'expand' divides by a scale of 0"
      ),
      (
        #"{"form":"expand","inputs":1,"terms":[{"make":"clamp","feature":0,"low":1,"high":0}]}"#,
        "'expand' has bounds 1.0 and 0.0, the wrong way round"
      ),
      (#"{"form":"expand","inputs":1,"terms":[{"make":"system","feature":0}]}"#, "'expand' cannot be read at 'make'"),
      (#"{"form":"blend","models":[],"weights":[]}"#, "'blend' has no models"),
      (
        #"{"form":"blend","models":[{"form":"linear","intercept":0,"coefficients":[1]}],"weights":[]}"#,
        "'blend' has 0 weights for 1 models"
      ),
      (
        #"{"form":"product","models":[{"form":"linear","intercept":0,"coefficients":[1]},{"form":"linear","intercept":0,"coefficients":[]}]}"#,
        "'product' has model [1] of 0 features, model [0] of 1"
      ),
      (
        #"{"form":"then","first":{"form":"linear","intercept":0,"coefficients":[1]},"after":{"form":"linear","intercept":0,"coefficients":[1,2]}}"#,
        "'then' hands 1 features to a form that takes 2"
      ),
      (
        #"{"form":"product","models":[{"form":"expand","inputs":1,"terms":[{"make":"indicators","feature":0,"values":[1,2]}]}]}"#,
        "'product' has model [0] with 2 values, not one"
      ),
      (#"{"form":"linear","intercept":0,"coefficients":[1],"links":"logit"}"#, "'linear' has an unknown key 'links'"),
      (#"{"form":"linear","intercept":0}"#, "'linear' lacks 'coefficients'"),
      (
        tree().replacingOccurrences(of: "missing-left", with: "missing_left"),
        "'trees' has an unknown key 'missing_left'"
      ),
      (
        #"{"form":"steps","edges":[],"values":[1],"special":[{"value":1,"points":1}]}"#,
        "'steps' has an unknown key 'points'"
      ),
      (#"{"form":"linear","intercept":0,"coefficients":[null]}"#, "'linear' cannot be read"),
      (#"{"intercept":0}"#, "does not say its form"),
      (#"{"form":3}"#, "does not say its form"),
      ("[]", "does not say its form"),
    ] {
      #expect(refusal(json)?.contains(problem) == true, "\(json.prefix(90)): \(refusal(json) ?? "accepted")")
    }
  }

  @Test func anUnknownFormIsNamedWithItsPlace() {
    #expect(
      refusal(
        #"{"form":"product","models":[{"form":"linear","intercept":0,"coefficients":[1]},{"form":"neural-net"}]}"#)
        == "at models[1]: 'neural-net' is no form of a model. The forms are linear, trees, steps, scorecard, expand, "
        + "blend, product, then, cells; a newer version may have written the model.")
    #expect(refusal(#"{"form":"\#(String(repeating: "x", count: 5_000))"}"#)?.count ?? .max < 250)
  }

  @Test func formsWithinFormsHaveALimit() throws {
    var model = try ModelForm.linear(intercept: 0, coefficients: [1])
    let identity = model
    for _ in 2...8 { model = try model.then(identity) }
    #expect(model.depth == 8)
    #expect(throws: FormError.invalid(form: "then", problem: "has forms within forms more than 8 deep")) {
      try model.then(identity)
    }
    #expect(throws: FormError.self) { try ModelForm.product([model]) }
    for depth in [9, 30, 200, 5_000, 200_000] {
      let leaf = #"{"form":"linear","intercept":0,"coefficients":[1]}"#
      let json =
        String(repeating: #"{"form":"product","models":["#, count: depth - 1) + leaf
        + String(repeating: "]}", count: depth - 1)
      #expect((try? JSONDecoder().decode(ModelForm.self, from: Data(json.utf8))) == nil)
    }
  }

  /// Whatever a few bytes of a valid file become, it is refused or it evaluates.
  @Test func changedFilesNeitherCrashNorHang() throws {
    var source = RandomForms(seed: 51)
    var read = 0
    for k in 0..<800 {
      let inputs = 1 + k % 3
      let form = try source.model(inputs: inputs, depth: k % 4)
      var bytes = try [UInt8](JSONEncoder().encode(form))
      let alphabet = [UInt8]("0123456789-.,[]{}\"e".utf8)
      for _ in 0..<(1 + k % 3) {
        bytes[source.random.index(below: bytes.count)] = alphabet[source.random.index(below: alphabet.count)]
      }
      guard let changed = try? JSONDecoder().decode(ModelForm.self, from: Data(bytes)) else { continue }
      read += 1
      guard changed.outputCount == 1 else { continue }
      let columns = source.columns(changed.inputCount, rows: 40)
      let values = try changed.evaluate(columns: columns, rows: 40)
      for row in 0..<40 {
        #expect(try changed.value(of: columns.map { $0[row] }).bitPattern == values[row].bitPattern)
      }
    }
    #expect(read > 60)
  }

  @Test func programsAreRefusedAsFilesAre() {
    #expect(throws: FormError.self) { try ModelForm.linear(intercept: .nan, coefficients: []) }
    #expect(throws: FormError.self) { try ModelForm.linear(intercept: 0, coefficients: [.infinity]) }
    #expect(throws: FormError.self) { try ModelForm.steps(edges: [.infinity], values: [0, 1]) }
    #expect(throws: FormError.self) { try BinEdges([1, .nan]) }
    #expect(throws: FormError.self) {
      try ModelForm.linear(intercept: 0, coefficients: [Double](repeating: 0, count: 65_537))
    }
    #expect(FormError.unknown(form: "x").cause == .data)
    #expect(FormError.unknown(form: "x").origin == "model")
  }
}
