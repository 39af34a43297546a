import CutlineCompute
import CutlineCredit
import CutlineData
import CutlineWorkspace
import Foundation
import Testing

@testable @_spi(Run) import CutlineCore
@testable import CutlineModels
@testable import CutlineOptimize
@testable import CutlineRun

/// Files of somebody who knows the format: each is read, or refused in a sentence, and nothing ends the process, which stays alive for
/// all of them. Seeded; `CUTLINE_MUTATIONS=1000000` (`scripts/mutations`) runs longer.
@Suite struct MutationTests {
  private static let rounds = ProcessInfo.processInfo.environment["CUTLINE_MUTATIONS"].flatMap(Int.init) ?? 2000

  /// What may stand where a number stood.
  private static let extremes = [
    "9223372036854775807", "-9223372036854775808", "9223372036854775808", "170141183460469231731687303715884105727",
    "1e308", "-1e308", "5e-324", "1e400", "-0", "0", "-1", "1", "9007199254740993", "4611686018427387904", "65536",
    "inf",
    "nan", "null", "true", "\"\"", "[]", "{}", "0.000000000000000001", "999999999999999999",
  ]

  /// One to three blows: a number becomes an extreme one, a byte another, a part is cut out, doubled, or nested deep.
  static func mutated(_ original: [UInt8], _ stream: inout RandomStream) -> [UInt8] {
    var bytes = original
    for _ in 0...stream.index(below: 3) where !bytes.isEmpty {
      let at = stream.index(below: bytes.count)
      switch stream.index(below: 10) {
      case 0...4:
        func isNumber(_ byte: UInt8) -> Bool { (48...57).contains(byte) || byte == 45 || byte == 46 }
        guard let start = bytes[at...].firstIndex(where: isNumber) else { continue }
        let end = bytes[start...].firstIndex { !isNumber($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: Array(extremes[stream.index(below: extremes.count)].utf8))
      case 5: bytes[at] = UInt8(stream.index(below: 256))
      case 6: bytes.removeSubrange(at..<min(bytes.count, at + 1 + stream.index(below: 40)))
      case 7:
        let part = Array(bytes[at..<min(bytes.count, at + 1 + stream.index(below: 60))])
        bytes.insert(contentsOf: part, at: stream.index(below: bytes.count))
      case 8:
        let open: UInt8 = stream.index(below: 2) == 0 ? 0x5B : 0x7B
        bytes.insert(contentsOf: [UInt8](repeating: open, count: [3, 300, 100_000][stream.index(below: 3)]), at: at)
      default: bytes = Array(bytes[..<at])
      }
    }
    return bytes
  }

  /// How many were read; what is refused throws, and nothing else happens.
  private static func run(_ originals: [[UInt8]], seed: UInt64, _ read: ([UInt8]) throws -> Void) -> Int {
    var stream = RandomStream(seed: seed)
    var (taken, refused) = (0, 0)
    for round in 0..<rounds {
      // Any error is an answer.
      do {
        try read(mutated(originals[round % originals.count], &stream))
        taken += 1
      } catch { refused += 1 }
    }
    #expect(taken + refused == rounds && refused > rounds / 4, "\(taken) \(refused)")
    return taken
  }

  @Test func certificates() throws {
    let small = try SmallPortfolio()
    let certified = CertifiedCells(cells: small.cells)
    let frontier = try CertificateWriter.certificate(
      of: small.frontier, cells: small.cells, columns: certified.columns)
    let limits = try CertificateWriter.certificate(
      of: small.frontier.answering(small.scenarios.scenarios.map(\.limit), small.cells.measure), cells: small.cells,
      columns: certified.columns)
    var refused = 0
    let read = Self.run(try [frontier, limits].map { Array(try CanonicalJSON.encode($0)) }, seed: 1) { bytes in
      let own = try CanonicalJSON.decode(Certificate.self, from: Data(bytes))
      if case .refused = try CertificateChecker(limit: 10_000).verdict(on: own, cells: small.cells) { refused += 1 }
    }
    #expect(read > 0 && refused > 0, "\(read) \(refused)")
  }

  /// Cell tables as files, whose sums a certificate would be about.
  @Test func cells() throws {
    let small = try SmallPortfolio()
    let certified = CertifiedCells(cells: small.cells)
    let columns = certified.columns
    let place = try Workplace()
    let path = place.path("cells.csv")
    let read = Self.run([certified.file(in: "data").bytes], seed: 2) { bytes in
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let csv = try CellCsv(
        path, names: columns.bins, directions: columns.directions.map(\.rawValue),
        read: { try TableReader.read($0, options: ReadOptions()).table }, say: { _ in })
      let cells = try csv.cellTable(
        production: columns.production, numerator: columns.numerator, denominator: columns.denominator,
        multiplier: columns.multiplier, scale: small.cells.scale)
      _ = try CertifiedGrid(cells, pins: [])
    }
    #expect(read > 0)
  }

  @Test func configurations() throws {
    let text = """
      seed = 42
      [preprocessing]
      optimum_risk = 5.25
      values = { booked = ["a", "b"], "rejected" = ['c'] }
      bins.score.edges = [-inf, 449.4, 1_000, 0x1F, inf]
      when = 2022-01-01T10:00:00Z
      [[stage]]
      id = "x"
      text = \"\"\"a
      b\"\"\"
      """
    let read = Self.run([Array(text.utf8)], seed: 3) { bytes in
      let table = try ConfigDocument.parse(String(decoding: bytes, as: UTF8.self), source: "c.toml")
      // What is written of it is read again.
      for entry in table.entries { _ = entry.value.toml }
    }
    #expect(read > 0)
    for deep in [
      "a = " + String(repeating: "[", count: 100_000), String(repeating: "a.", count: 20_000) + "b = 1",
      String(repeating: "\"a,\".", count: 20_000) + "b = 1", "[" + String(repeating: "a.", count: 20_000) + "b]",
      "a = " + String(repeating: "{ b = ", count: 100_000),
    ] {
      #expect(throws: Faults.self) { try ConfigDocument.parse(deep, source: "deep.toml") }
    }
  }

  /// Stored outputs, held against the laws of their kinds as a run does before it takes them.
  @Test func artefacts() throws {
    let small = try SmallPortfolio()
    let registry = try ConformanceTests.registry()
    let values: [String: any Artifact] = [
      "cube": small.cube, "surface": small.surface, "exposure": small.exposure, "rejects": small.rejects,
      "cells": small.cells, "frontier": small.frontier, "rates": small.rates,
    ]
    func stored<A: StoredArtifact>(_ artifact: A) throws -> (ArtifactCodec, [UInt8]) {
      let codec = ArtifactCodec(A.self)
      return (codec, Array(try codec.encode(artifact)))
    }
    for (kind, name, (codec, bytes)) in [
      ("cells", "standard", try stored(small.cells)), ("search", "frontier", try stored(small.frontier)),
      ("scenarios", "appetite", try stored(small.scenarios)), ("cube", "standard", try stored(small.cube)),
      ("exposure", "ratio", try stored(small.exposure)), ("infer-rejects", "none", try stored(small.rejects)),
    ] {
      let stage = try registry.stage(kind: kind, name: name, at: .default)
      var stream = RandomStream(seed: 4)
      for _ in 0..<max(1, Self.rounds / 6) {
        // Any error is an answer: the stage would run again.
        guard let output = try? codec.decode(Data(Self.mutated(bytes, &stream))) else { continue }
        _ = try? stage.check(
          output, against: PortValues(values.filter { name, _ in stage.ports.contains { $0.name == name } }))
      }
    }
  }

  @Test func manifests() throws {
    let place = try Workplace()
    try place.simulate(rows: 300)
    #expect(try place.tool("run", "-o", "out", "--until", "cube").code == 0)
    let original = Array(try Data(contentsOf: URL(fileURLWithPath: place.path("out/manifest.json"))))
    _ = Self.run([original], seed: 5) { bytes in _ = try CanonicalJSON.decode(Manifest.self, from: Data(bytes)) }
  }

  /// Models of other libraries and our own, asked where they could be read.
  @Test func models() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/imports")
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { !$0.lastPathComponent.contains("expected") && ["json", "txt"].contains($0.pathExtension) }
      .sorted { $0.path < $1.path }
    let originals = try files.map { Array(try Data(contentsOf: $0)) }.filter { $0.count < 40_000 }
    #expect(originals.count > 3)
    let read = Self.run(originals, seed: 6) { bytes in
      let model = try ModelImport.read(Data(bytes), source: "model")
      _ = model.form.inputCount
    }
    #expect(read > 0)
  }

  /// Nothing follows 100,000 brackets down.
  @Test func nothingNestsTooDeep() {
    for bracket in ["[", "{\"a\":"] {
      let data = Data(String(repeating: bracket, count: 100_000).utf8)
      #expect(throws: (any Error).self) { try CanonicalJSON.decode(Manifest.self, from: data) }
      #expect(throws: (any Error).self) { try ModelImport.read(data, source: "m") }
    }
    #expect(CanonicalJSON.depth(of: Data("{\"a[[[\\\"[\":[1,{}]}".utf8)) == 3)
  }
}
