@testable import CutlineServe
import CutlineCompute
import CutlineCore
import CutlineDecide
import CutlineRun
import Foundation
import TestSupport
import Testing

/// The shelf shows what lies there: all of it, in order, and nothing of what is none of it.
@Suite struct RunShelfTests {
  let place: ShelfPlace
  init() throws { place = try ShelfPlace() }

  private func shelf() throws -> RunShelf { try RunShelf(place.root, workers: 2) }

  @Test func anEntryIsWhatTheRunWrote() throws {
    try place.run("a", created: "2026-03-01T10:00:00Z", alerts: (2, 3))
    let entry = try #require(try shelf().list(limit: 10).entries.first)
    #expect(entry.name == "a" && entry.state == .complete && entry.published.text == "2026-03-01T10:00:00.000Z")
    #expect(entry.inputs.map(\.path) == ["applications.csv"] && entry.files == 4 && entry.personalFiles == 1)
    #expect(entry.strategies.map(\.name) == ["actual", "base"] && entry.strategies[1].riskPct == 4.995580064090488)
    #expect(entry.strategies[1].production == 55569152.99 && entry.strategies[0].limitPct == nil)
    #expect(entry.gates == RunEntry.Gates(pass: 1, warn: 1, fail: 0, waived: 0, skipped: 1))
    #expect(entry.alerts == ["base": ["critical": 2, "warning": 3, "info": 0]])
    // Numbers go out as they stand in the file.
    let json = String(decoding: try CanonicalJSON.encode(entry), as: UTF8.self)
    #expect(json.contains("\"production\":55569152.99") && json.contains("\"risk_pct\":4.995580064090488"))
  }

  @Test func pagesGoThroughAllInOrder() throws {
    // Several of one moment, and names of every kind that can be said.
    for number in 0..<40 {
      try place.run(
        "r\(number)", created: "2026-03-01T10:00:0\(number % 4)Z", failure: number % 7 == 0 ? "no rows" : nil)
    }
    for name in ["<b>x", "a b", "ä", "\"q\"", "x&y", "..x", "a%2fb"] where name != "..x" {
      try place.run(name, created: "2026-02-01T00:00:00Z")
    }
    let shelf = try shelf()
    #expect(shelf.filled())
    let all = shelf.list(limit: 100)
    #expect(all.entries.count == 46 && all.isComplete && all.next == nil && all.total == 46)
    #expect(all.entries == all.entries.sorted(by: RunEntry.comes))
    for limit in [1, 3, 7, 46] {
      var names: [String] = []
      var position: RunShelf.Position?
      repeat {
        let page = shelf.list(limit: limit, after: position)
        names += page.entries.map(\.name)
        position = page.next
      } while position != nil
      #expect(names == all.entries.map(\.name), "\(limit) a page")
    }
    var filter = RunShelf.Filter()
    filter.state = .failed
    #expect(shelf.list(limit: 100, filter: filter).entries.allSatisfy { $0.reason == "stage search: no rows" })
    #expect(shelf.list(limit: 100, filter: filter).entries.count == 6)
    filter = .init()
    filter.text = "R3"
    #expect(Set(shelf.list(limit: 100, filter: filter).entries.map(\.name)) == Set(["r3"] + (30..<40).map { "r\($0)" }))
    filter.text = nil
    (filter.from, filter.until) = (Instant("2026-03-01T10:00:01Z"), Instant("2026-03-01T10:00:03Z"))
    #expect(shelf.list(limit: 100, filter: filter).entries.count == 20)
    #expect(try shelf.run("<b>x").entry.name == "<b>x")
  }

  /// What comes and goes while somebody pages: what stays is met once.
  @Test func pagesAreStableWhileRunsComeAndGo() throws {
    for number in 0..<60 { try place.run("r\(100 + number)", created: "2026-03-01T10:\(number % 10 + 10):00Z") }
    let shelf = try shelf()
    #expect(shelf.filled())
    var random = RandomStream(seed: 4)
    var gone: Set<String> = []
    var met: [String] = []
    var position: RunShelf.Position?
    repeat {
      let page = shelf.list(limit: 4, after: position)
      met += page.entries.map(\.name)
      position = page.next
      let name = "r\(100 + random.index(below: 60))"
      if gone.insert(name).inserted { try place.remove(name) }
      try place.run("new\(met.count)", created: "2026-03-02T10:00:00Z")
    } while position != nil
    #expect(Set(met).count == met.count)
    #expect(Set(met).isSuperset(of: Set((0..<60).map { "r\(100 + $0)" }).subtracting(gone)))
    for name in gone { #expect(throws: JobRefusal.self) { try shelf.run(name) } }
  }

  /// A list while folders are made, replaced and removed by somebody else: whole entries or none.
  @Test func listsBesideAWriter() async throws {
    for number in 0..<20 { try place.run("r\(number)", created: "2026-03-01T10:00:00Z") }
    let shelf = try shelf()
    let own = place
    let writer = Task.detached {
      for round in 0..<60 {
        let name = "r\(round % 20)"
        try? own.remove(name)  // another round may have
        // Into place in one step, as runs are published.
        try own.run(".making\(round)", created: "2026-03-01T10:00:00Z")
        try FileManager.default.moveItem(atPath: own.path(".making\(round)"), toPath: own.path(name))
      }
    }
    for _ in 0..<60 {
      let page = shelf.list(limit: 100)
      #expect(page.entries.count <= 20 && page.entries.allSatisfy { $0.state == .complete && $0.strategies.count == 2 })
    }
    try await writer.value
    #expect(shelf.filled() && shelf.list(limit: 100).entries.count == 20)
  }

  @Test func whatIsNoRunIsNotShownAndWhatIsDamagedIsSaid() throws {
    try place.run("good", created: "2026-03-01T10:00:00Z")
    for name in ["changed", "cut", "table", "gone", "newer"] { try place.run(name, created: "2026-03-01T10:00:00Z") }
    let text = String(
      decoding: try Data(contentsOf: URL(fileURLWithPath: place.path("changed/manifest.json"))), as: UTF8.self)
    try place.write("changed/manifest.json", text.replacing("r-changed", with: "r-chanced"))
    try place.write("cut/manifest.json", String(text.prefix(300)))
    try place.write("table/data/strategies.csv", ShelfPlace.strategies.replacing("4.99", with: "3.99"))
    try place.remove("gone/data/gates.csv")
    try place.write("newer/manifest.json", text.replacing("cutline-run-3", with: "cutline-run-9"))
    // Foreign, half and hidden ones.
    try place.folder("foreign")
    try place.write("foreign/notes.txt", "x")
    try place.folder(".good.cutline-4711")
    try place.run(".hidden", created: "2026-03-01T10:00:00Z")
    try place.write("manifest.json", "{}")
    try FileManager.default.createSymbolicLink(atPath: place.path("link"), withDestinationPath: "good")
    try place.folder("linked")
    try FileManager.default.createSymbolicLink(
      atPath: place.path("linked/manifest.json"), withDestinationPath: place.path("good/manifest.json"))
    #expect(
      place.path("piped").withCString { mkdir($0, 0o755) } == 0 && mkfifo(place.path("piped/manifest.json"), 0o600) == 0
    )
    for name: [UInt8] in [
      [0x61, 0x0A, 0x62], [0x1B, 0x5B, 0x6D], [0xFF, 0xFE], Array("a\u{202E}b".utf8), Array("a\u{2028}b".utf8),
    ] {
      let path = Array(place.root.utf8) + [UInt8(ascii: "/")] + name + [0]
      #expect(path.withUnsafeBytes { mkdir($0.assumingMemoryBound(to: CChar.self).baseAddress!, 0o755) } == 0)
    }
    let shelf = try shelf()
    let page = shelf.list(limit: 100)
    #expect(Set(page.entries.map(\.name)) == ["good", "changed", "cut", "table", "gone", "newer"])
    #expect(page.unsayable == 5)
    for entry in page.entries { #expect((entry.state == .damaged) == (entry.name != "good"), "\(entry.name)") }
    #expect(shelf.counts == [.complete: 1, .damaged: 5])
    expectFaults(.integrity) { try shelf.run("changed") }
    for name in [
      "link", "linked", ".hidden", "..", "../x", "", "good/", "/etc", "good/data", "foreign", "a\0", "good\0/x",
      "piped",
    ] {
      #expect(throws: JobRefusal.self, "\(name)") { try shelf.run(name) }
    }
  }

  @Test func filesAreThoseOfTheManifestAndWhole() throws {
    try place.run("a", created: "2026-03-01T10:00:00Z")
    let shelf = try shelf()
    let run = try shelf.run("a")
    #expect(run.manifestBytes == (try Data(contentsOf: URL(fileURLWithPath: place.path("a/manifest.json")))))
    #expect(
      run.files.map(\.path) == [
        "data/audit_base.csv", "data/drift_alerts_base.json", "data/gates.csv", "data/strategies.csv", "manifest.json",
      ])
    #expect(run.files.filter(\.isPersonal).map(\.path) == ["data/audit_base.csv"])
    let file = try run.file("data/strategies.csv")
    #expect(try file.bytes() == Array(ShelfPlace.strategies.utf8) && file.file.mediaType == "text/csv; charset=utf-8")
    #expect(try file.bytes(from: 9, count: 9) == Array("limit_pct".utf8) && file.bytes(from: 1 << 40, count: 5).isEmpty)
    #expect(try run.file("manifest.json").bytes() == Array(run.manifestBytes))
    try place.write("a/data/extra.csv", "x")
    for path in [
      "data/extra.csv", "../a/data/gates.csv", "data/../data/gates.csv", "/etc/passwd", "data", "", "data/gates.csv\0",
      "DATA/gates.csv",
    ] {
      #expect(throws: JobRefusal.self, "\(path)") { try run.file(path) }
    }
    try place.write("a/data/gates.csv", ShelfPlace.gates.replacing("WARN", with: "PASS"))
    expectFaults(.integrity) { try run.file("data/gates.csv") }
    try place.remove("a/data/gates.csv")
    try FileManager.default.createSymbolicLink(
      atPath: place.path("a/data/gates.csv"), withDestinationPath: "strategies.csv")
    expectFaults(.integrity) { try run.file("data/gates.csv") }
    // Of a file that is read while somebody writes to it nothing else is told.
    try place.write("a/data/strategies.csv", ShelfPlace.strategies.replacing("4.99", with: "3.99"))
    expectFaults(.integrity) { try run.file("data/strategies.csv") }
  }

  @Test func batchesAreFoldersOfSegments() throws {
    for name in ["one", "two", "_supersegment_x"] { try place.run("all/\(name)", created: "2026-03-01T10:00:00Z") }
    try place.write("all/batch.json", "{}")
    try place.run("alone", created: "2026-03-02T10:00:00Z")
    try place.folder("loose/inner")
    try place.run("loose/inner", created: "2026-03-02T10:00:00Z")
    let shelf = try shelf()
    #expect(shelf.list(limit: 10).entries.map(\.name) == ["alone", "all/_supersegment_x", "all/one", "all/two"])
    var filter = RunShelf.Filter()
    filter.batch = "all"
    #expect(shelf.list(limit: 10, filter: filter).entries.count == 3)
    #expect(try shelf.run("all/one").entry.batch == "all")
    #expect(throws: JobRefusal.self) { try shelf.run("loose/inner") }
  }

  /// Row G10: what is counted is what the files hold.
  @Test func alertsAreThoseOfTheFiles() throws {
    var sums = ["info": 0, "warning": 0, "critical": 0]
    for number in 0..<30 {
      let (critical, warning) = (number % 3, number % 5)
      try place.run(
        "r\(number)", created: "2026-03-01T10:00:00Z", failure: number == 29 ? "x" : nil, alerts: (critical, warning))
      if number < 29 {
        sums["critical", default: 0] += critical
        sums["warning", default: 0] += warning
      }
    }
    let shelf = try shelf()
    #expect(shelf.filled() && shelf.alerts == sums)
    try place.remove("r2")
    sums["critical", default: 0] -= 2
    sums["warning", default: 0] -= 2
    #expect(shelf.alerts == sums)
  }

  /// A change of any byte of a manifest is found, and blanks that mean nothing are none.
  @Test func checksumsAreThoseOfManifests() throws {
    try place.run("a", created: "2026-03-01T10:00:00Z", failure: "a \\\" \\\\ b", alerts: (1, 1))
    let data = try Data(contentsOf: URL(fileURLWithPath: place.path("a/manifest.json")))
    #expect(ShelvedManifest.isWhole(data))
    _ = try Manifest.load(from: place.path("a"))
    var random = RandomStream(seed: 3)
    for _ in 0..<500 {
      var other = data
      let at = random.index(below: other.count)
      other[at] ^= UInt8(1 + random.index(below: 255))
      let isBlank = [0x20, 0x0A].contains(data[at]) && [0x20, 0x0A].contains(other[at])
      #expect(ShelvedManifest.isWhole(other) == isBlank || ShelvedManifest.isWhole(other) == false, "byte \(at)")
    }
    for count in 0..<data.count { #expect(!ShelvedManifest.isWhole(data.prefix(count)) || data[count] == 0x0A) }
  }
}

extension RunEntry: @retroactive Equatable {
  public static func == (a: Self, b: Self) -> Bool { a.name == b.name && a.published == b.published }
}
