import Foundation
import Testing

/// clang fuses a × b + c wherever a target has an instruction for it, so that bits would depend on the processor.
@Suite struct ContractionTests {
  /// C sources that touch doubles without forbidding it, and why they may.
  private static let reasons: [(reason: String, files: [String])] = [
    (
      "declares and computes nothing",
      [
        "Core/Sources/CCompute/include/CCompute_forms.h", "Core/Sources/CCompute/include/CCompute_resample.h",
        "Core/Sources/CToml/include/CToml.h",
        "Data/Sources/CSystem/include/CSystem.h", "Optimize/Sources/CClosure/frontier.hpp",
        "Optimize/Sources/CClosure/include/CClosure.h", "Optimize/Sources/CHighs/include/CHighs.h",
        "Optimize/Sources/CSearch/include/CSearch_frontier.h", "Optimize/Sources/CSearch/include/CSearch_opencl.h",
        "Optimize/Sources/CSearch/include/CSearch_search.h", "Optimize/Sources/CSearch/search/envelope.h",
        "Optimize/Sources/CSearch/frontier/labels.hpp",
      ]
    ),
    ("copies or parses numbers and adds none", ["Data/Sources/CSystem/text.c"]),
    (
      "doubles are whole numbers below 2^53, or bounds whose margins cover a rounding more or less; integers decide",
      [
        "envelope.c", "lagrangian.c", "scan.c", "scan_x86.c",
      ].map { "Optimize/Sources/CSearch/search/\($0)" }
        + [
          "known.cpp", "label_kernel.hpp", "label_kernel_baseline.cpp", "label_kernel_x86.cpp", "label_search.cpp",
          "lattice.cpp", "lattice.hpp",
        ].map { "Optimize/Sources/CSearch/frontier/\($0)" }
        + [
          "frontier.cpp", "poset.hpp", "problem.hpp", "refinement.cpp", "search.hpp",
          "threshold.cpp",
        ].map { "Optimize/Sources/CClosure/\($0)" }
    ),
  ]

  @Test func everyCSourceWithDoublesForbidsFusing() throws {
    let packages = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Packages")
    var touching: Set<String> = []
    var fusing: Set<String> = []
    for package in try FileManager.default.contentsOfDirectory(atPath: packages.path) {
      let sources = packages.appending(path: "\(package)/Sources")
      for target in (try? FileManager.default.contentsOfDirectory(atPath: sources.path)) ?? [] where Self.isC(target) {
        let folder = sources.appending(path: target)
        for case let file as String in FileManager.default.enumerator(atPath: folder.path) ?? .init()
        where ["c", "cpp", "h", "hpp"].contains((file as NSString).pathExtension) {
          let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
          guard text.contains(/\b(double|float)\b/) else { continue }
          let name = "\(package)/Sources/\(target)/\(file)"
          touching.insert(name)
          if !text.contains("#pragma clang fp contract(off)"), !text.contains("#pragma STDC FP_CONTRACT OFF") {
            fusing.insert(name)
          }
        }
      }
    }
    #expect(touching.contains("Core/Sources/CCompute/forms/lanes.h"))
    let listed = Set(Self.reasons.flatMap(\.files))
    #expect(fusing.subtracting(listed).sorted() == [], "these need #pragma clang fp contract(off)")
    #expect(listed.subtracting(fusing).sorted() == [], "these are listed without need")
  }

  /// Targets of C begin with a C before another capital; `CutlineCore` does not.
  private static func isC(_ target: String) -> Bool { target.prefixMatch(of: /C[A-Z]/) != nil }
}
