import CutlineCore
import CutlineRun
import Foundation
import TestSupport
import Testing

/// Older formats are read, newer ones are refused with the version that wrote them.
@Suite struct StoredFormatTests {
  private let folder = TemporaryFolder()

  @Test func aNewerManifestSaysWhoWroteIt() throws {
    func refusal(_ text: String) throws -> String {
      try folder.write("b/manifest.json", text)
      do { _ = try Manifest.load(from: folder.path("b")) } catch let error as Faults {
        #expect(error.code == .integrity)
        return error.problem + ". " + error.advice
      }
      return "was read"
    }
    #expect(
      try refusal(#"{"format":"cutline-run-9","version":"4.2","more":[1]}"#)
        == "was written by cutline 4.2 in a newer format, cutline-run-9; this version reads up to cutline-run-3. "
        + "Use cutline 4.2 or a later one.")
    #expect(try refusal(#"{"format":"cutline-run-9"}"#).hasPrefix("was written by a newer cutline in a newer format"))
    #expect(try refusal(#"{"format":"cutline-run-1"}"#).hasPrefix("is a damaged manifest"))
    for format in ["cutline-run-0", "cutline-run--1", "cutline-run-02", "cutline-model-1", "cutline-run-", ""] {
      #expect(
        try refusal("{\"format\":\"\(format)\"}").hasPrefix("is no manifest of a run: its format is"), "\(format)")
    }
    for text in ["", "garbage", "[]", "{}", "\u{0}\u{1}", "{\"format\":7}"] {
      #expect(try refusal(text).hasPrefix("is no manifest of a run: it is damaged"), "\(text)")
    }
  }

  @Test func storedOutputsFollowTheRule() throws {
    let give = try Toys.registry().stage(kind: "give", name: "draw", at: .default).instance()
    func decode(_ text: String) throws -> Double? { try (give.decode(Array(text.utf8)) as? Quantity)?.value }
    #expect(try decode(#"{"type":"amount","value":{"value":4},"version":1}"#) == 4)
    let newer = expectFaults(.integrity) { try decode(#"{"type":"amount","other":{},"version":3}"#) }
    #expect(
      newer?.problem == "was written by a newer cutline in a newer format, amount-3; this version reads up to amount-1")
    expectFaults(.integrity) { try decode(#"{"type":"word","value":{"value":4},"version":1}"#) }
  }
}
