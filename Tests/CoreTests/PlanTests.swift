import CutlineCore
import CutlineRun
import TestSupport
import Testing

@Suite struct PlanTests {
  private func message(_ change: (inout [StageRequest]) -> Void) -> String {
    var requests = Toys.requests()
    change(&requests)
    do {
      _ = try Plan(requests, registry: Toys.registry(), seed: 1)
      return "accepted"
    } catch { return "\(error)" }
  }

  @Test func stagesComeAfterTheirInputs() throws {
    let plan = try Toys.plan()
    let order = plan.nodes.map(\.id)
    for node in plan.nodes {
      for input in node.inputs {
        #expect(try #require(order.firstIndex(of: input)) < #require(order.firstIndex(of: node.id)))
      }
    }
    #expect(plan.waves == [["left", "right"], ["both"], ["out"]])
  }

  @Test func aliasesLeadToTheSameStage() throws {
    #expect(message { $0[1].use = "fixed" } == "accepted")
  }

  @Test func everyWiringMistakeHasItsSentence() {
    let place = Place(source: "toy.toml", line: 9, column: 1)
    #expect(
      message {
        $0[0].kind = "wrote"; $0[0].place = place
      } == "toy.toml:9:1: there is no kind wrote; did you mean write. Kinds: give, join, say, write.")
    #expect(
      message { $0[1].use = "constnat" }
        == "default: there is no give called constnat; did you mean constant. There are: constant, fixed, draw.")
    #expect(message { $0[3].from["c"] = "left" } == "default: stage both has no port c. Ports of a join: a, b.")
    #expect(
      message { $0[3].from["b"] = nil }
        == "default: port b of stage both is not connected. Add from = { b = \"…\" } naming a stage that gives an amount."
    )
    #expect(
      message { $0[3].from["b"] = "rihgt" }.hasPrefix(
        "default: port b of stage both names the stage rihgt, which is not in the plan; did you mean right."))
    #expect(
      message {
        $0.append(StageRequest(id: "word", kind: "say", use: "hello"))
        $0[3].from["b"] = "word"
      } == "default: port b of stage both takes an amount, but word gives a word. Connect a stage that gives an amount."
    )
    #expect(
      message { $0[3].from["b"] = "both" }
        == "plan: stages wait for each other: both → both. Break the circle at one connection.")
    #expect(message { $0.append($0[1]) } == "default: two stages have the id left. Give one of them another id.")
    #expect(
      message { $0[1].settings = [Toys.setting("value", .float(101))] }
        == "toy.toml:3:5: value is the number 101.0. It must be a number in -100.0...100.0.")
  }

  @Test func namesAreRegisteredOnce() throws {
    var registry = try Toys.registry()
    expectFaults(.usage) { try registry.register(Constant.self) }
  }
}
