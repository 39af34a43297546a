import CutlineCredit
import Foundation
import Testing

/// What `cutline new-plugin` writes and refuses; `scripts/test-plugins` builds and tests every kind.
@Suite struct NewPluginTests {
  @Test func everyKindHasATemplateThatIsFilledIn() throws {
    let place = try Workplace()
    try FileManager.default.createDirectory(
      atPath: place.path("prefix/lib/cutline/modules"), withIntermediateDirectories: true)
    try place.write("prefix/lib/cutline/modules/CutlineCore.swiftmodule", "")
    for kind in CreditKinds.all.map({ $0.name }) {
      let outcome = try place.tool("new-plugin", "my-\(kind)", "--kind", kind, "--prefix", "prefix")
      #expect(outcome.code == 0, "\(outcome.err)")
      let module = "My" + kind.split(separator: "-").map(\.capitalized).joined()
      let files = ["Package.swift", "README.md", "Sources/\(module)/\(module)Stage.swift"]
      for file in files + ["Tests/\(module)Tests/\(module)Tests.swift"] {
        let text = try place.read("my-\(kind)/\(file)")
        #expect(!text.contains("{{") && !text.contains("}}"), "\(kind): \(file)")
        #expect(text.contains(module))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 120 || $0.contains(place.root) })
        if file.hasPrefix("Tests/") { #expect(text.contains("EstimatorConformance.laws(") == (kind == "fit")) }
      }
    }
    let again = try place.tool("new-plugin", "my-search", "--kind", "search", "--prefix", "prefix")
    #expect(again.code == 2 && again.err.contains("my-search: is there already and not empty"))
  }

  @Test func wrongWordsAreRefused() throws {
    let place = try Workplace()
    for (words, said) in [
      (["My", "--kind", "search"], "\"My\" is not a name in kebab-case"),
      (["../my", "--kind", "search"], "is not a name in kebab-case"),
      (["my", "--kind", "serch"], "no template for the kind serch; did you mean search"),
      (["my"], "no kind is named"), (["search", "--kind", "search"], "a module called Search would hide"),
      (["my", "--kind", "search", "--prefix", "nowhere"], "cutline is not installed in"),
    ] {
      let outcome = try place.tool.run(["new-plugin"] + words)
      #expect(outcome.code == 2)
      #expect(outcome.err.contains(said), "\(outcome.err)")
    }
    #expect(try place.names() == [])
  }
}
