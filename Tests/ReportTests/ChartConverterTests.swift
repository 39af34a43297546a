@_spi(Run) import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineReport

/// Charts drawn by the library, where it is installed.
@Suite(.serialized) struct ChartConverterTests {
  private static let converter = ChartConverter.find()
  private static let missing: Comment = "needs the library for charts (scripts/setup)"
  private static let hostile = [
    "<script>alert(1)</script>", "javascript:alert(1)", "\"];alert(1)//", "]]>", "' onload='x", "&lt;b&gt; & \\u003c",
    "العربية ١٢٣", "Кириллица", String(repeating: "long name ", count: 20), "a\u{202E}b\u{0007}c", "datum['x']",
    "a.b[0]",
  ]

  private static func documents(_ tables: ChartTables = ChartTables()) throws -> [(
    name: String, document: Specification
  )] {
    // Scenarios are drawn alike.
    try Pictures.all(of: tables.tables()).filter { !$0.name.hasSuffix("_careful") }.map { ($0.name, $0.document()) }
  }

  @Test(.enabled(if: converter != nil, missing)) func allPicturesAreDrawnTheSameTwice() async throws {
    let converter = try #require(Self.converter)
    let documents = try Self.documents()
    let first = try await converter.images(of: documents, beside: ["shap_summary": .png])
    #expect(Set(first.keys) == Set(documents.map(\.name)))
    for (name, image) in first {
      #expect(
        image.svg.starts(with: Array("<svg ".utf8)) && image.svg.count < 60_000, "\(name): \(image.svg.count) bytes")
      #expect((image.beside != nil) == (name == "shap_summary"), "\(name)")
      // Every text of a drawing has been measured and stands in it.
      #expect(String(decoding: image.svg, as: UTF8.self).contains("<text"), "\(name)")
    }
    // In another order and company.
    let again = try await converter.images(
      of: documents.reversed().filter { $0.name.hasPrefix("risk") || $0.name.hasPrefix("shap") },
      beside: ["shap_summary": .png])
    for (name, image) in again {
      #expect(image.svg == first[name]?.svg && image.beside == first[name]?.beside, "\(name)")
    }
  }

  @Test(.enabled(if: converter != nil, missing)) func hostileNamesAreText() async throws {
    let converter = try #require(Self.converter)
    var documents: [(name: String, document: Specification)] = []
    for (number, name) in Self.hostile.enumerated() {
      var tables = ChartTables()
      tables.name = name
      let charts = try Pictures.all(of: tables.tables()).filter {
        ["shap_summary", "risk_production_visualizer_base"].contains($0.name)
      }
      #expect(charts.count == 2)
      documents += charts.map { ("\($0.name)-\(number)", $0.document()) }
    }
    for (name, image) in try await converter.images(of: documents) {
      let svg = String(decoding: image.svg, as: UTF8.self)
      #expect(!svg.contains("<script") && !svg.contains("' onload") && !svg.contains("href"), "\(name)")
    }
  }

  @Test(.enabled(if: converter != nil, missing)) func whatCannotBeDrawnIsAFault() async throws {
    let converter = try #require(Self.converter)
    let fault = await expectFaults(.io) {
      try await converter.images(of: [
        ("odd", ["mark": "no such mark", "encoding": ["x": ["field": "a", "type": "quantitative"]]])
      ])
    }
    #expect(fault?.problem.contains("did not draw odd") == true)
    let fetched = await expectFaults(.io) {
      try await converter.images(of: [
        (
          "net",
          [
            "data": ["url": "http://127.0.0.1:9/a.json"], "mark": "point",
            "encoding": ["x": ["field": "a", "type": "quantitative"]],
          ]
        )
      ])
    }
    #expect(fetched?.problem.contains("not allowed") == true)
    #expect(try await converter.images(of: []).isEmpty)
  }

  @Test func whereNothingIsInstalledThereIsNoConverter() throws {
    let folder = try TemporaryFolder()
    #expect(ChartConverter.find(in: [(folder.path, ["/usr/bin/env"])]) == nil)
    let places = ChartConverter.candidates(executable: "/opt/cutline/bin/cutline", workingFolder: "/home/someone").map(
      \.folder)
    #expect(
      places
        == [
          "/opt/cutline/lib/cutline/charts", "/opt/cutline/bin/.dependencies/charts",
          "/opt/cutline/.dependencies/charts", "/opt/.dependencies/charts",
        ].filter { places.contains($0) })
    #expect(places.first == "/opt/cutline/lib/cutline/charts" && !places.contains { $0.hasPrefix("/home") })
  }

  /// A program in place of Python that gives what no library would.
  @Test func hostileAnswersAreRefused() async throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: "\(folder.path)/vl_convert", withIntermediateDirectories: true)
    try Data().write(to: URL(fileURLWithPath: "\(folder.path)/vl_convert/vl_convert.abi3.so"))
    let chart: [(name: String, document: Specification)] = [("a", ["mark": "point"])]
    func answer(_ lines: String, _ end: String = "exit 0") async throws -> Faults? {
      let program = "\(folder.path)/python3"
      try Data("#!/bin/sh\ncat >/dev/null\n\(lines)\n\(end)\n".utf8).write(to: URL(fileURLWithPath: program))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
      let converter = try #require(ChartConverter.find(in: [(folder.path, ["/no/such/python3", program])]))
      return await expectFaults(.io) { try await converter.images(of: chart, beside: ["a": .png]) }
    }
    func svg(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
    let start: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let png = Data(start + [UInt8](repeating: 0, count: 100) + [0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82])
      .base64EncodedString()
    #expect(
      try await answer("echo '{\"svg\":\"\(svg("<svg><script/></svg>"))\",\"beside\":\"\(png)\"}'")?.problem.contains(
        "<script>") == true)
    #expect(
      try await answer("echo '{\"svg\":\"\(svg("<svg></svg>"))\",\"beside\":\"AAAA\"}'")?.problem.contains("no PNG")
        == true)
    #expect(try await answer("echo '{\"svg\":\"\(svg("<svg></svg>"))\"}'")?.problem.contains("no PNG") == true)
    #expect(try await answer("echo '{}'")?.problem.contains("no drawing") == true)
    #expect(try await answer("echo nonsense")?.problem.contains("no JSON") == true)
    #expect(try await answer("")?.problem.contains("0 of 1") == true)
    #expect(try await answer("echo '{}'; echo '{}'")?.problem.contains("2 of 1") == true)
    #expect(try await answer("echo broken >&2", "exit 3")?.problem.contains("status 3: broken") == true)
  }

  @Test func aQuestionHasATimeAndAnAnswerALimit() async throws {
    let slow = AskedProgram("/bin/sh", ["-c", "sleep 20"], environment: [:], timeLimitSeconds: 0.2, byteLimit: 100)
    #expect(await expectFaults(.io) { try await slow.answer("") }?.problem.contains("did not end") == true)
    let long = AskedProgram(
      "/bin/sh", ["-c", "head -c 5000 /dev/zero"], environment: [:], timeLimitSeconds: 20, byteLimit: 100)
    #expect(await expectFaults(.io) { try await long.answer("") }?.problem.contains("answered more") == true)
    // It is ended when it has said too much, not when its time is over.
    let flood = AskedProgram(
      "/bin/sh", ["-c", "exec yes"], environment: ["PATH": "/usr/bin:/bin"], timeLimitSeconds: 600, byteLimit: 100_000)
    #expect(await expectFaults(.io) { try await flood.answer("") }?.problem.contains("answered more") == true)
    let plain = AskedProgram(
      "/bin/sh", ["-c", "cat; echo $A $PATH_OF_MINE"], environment: ["A": "b"], timeLimitSeconds: 20, byteLimit: 100)
    #expect(try await plain.answer("question ") == Array("question b\n".utf8))
    let none = AskedProgram("/no/such/program", [], environment: [:], timeLimitSeconds: 1, byteLimit: 1)
    #expect(await expectFaults(.io) { try await none.answer("") }?.problem.contains("cannot be started") == true)
  }
}
