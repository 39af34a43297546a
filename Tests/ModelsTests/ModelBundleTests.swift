import CutlineCore
import CutlineCredit
import Foundation
import TestSupport
import Testing

@testable import CutlineModels

/// A model is what was written, for the bins it was learnt on, or it is refused.
@Suite struct ModelBundleTests {
  /// A folder with the bundle of a trained model, that lives as long as a test.
  final class Stored {
    let root = NSTemporaryDirectory() + "cutline-model-" + UUID().uuidString
    let sample = SampleFixture.planted(4, 5) { x, y in 0.05 - 0.02 * x - 0.01 * y }
    let surface: RiskSurface
    let exposure: ExposureModel
    let folder: String

    init() async throws {
      surface = try await SampleFixture.run(RidgeTraining(config: PolynomialTrainingConfig()), on: sample)
      exposure = try await SampleFixture.run(RatioExposure(config: NoConfig()), on: sample)
      let input = try ModelFiles.ports.make(PortValues(["surface": surface, "exposure": exposure]))
      let files = try await BundleWriter(config: NoConfig()).run(input, in: SampleFixture.context()).files
      for file in files {
        let url = URL(fileURLWithPath: root + "/" + file.path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(file.bytes).write(to: url)
      }
      let bundle = try #require(files.first { $0.path.hasSuffix("/bundle.json") })
      folder = root + "/" + (bundle.path as NSString).deletingLastPathComponent
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }  // best effort in a temporary place

    var bundle: URL { URL(fileURLWithPath: folder + "/bundle.json") }

    func load(for sample: Sample) async throws -> RiskSurface {
      try await SampleFixture.run(LoadedSurface(config: LoadConfig(path: folder)), on: sample)
    }
  }

  static func canonical<T: Encodable>(_ value: T) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try encoder.encode(value)
  }

  @Test func aBundleReadsBackAsItself() async throws {
    let stored = try await Stored()
    // By its own folder, by the folder of models, and by the folder of the run.
    for path in [stored.folder, stored.root + "/models", stored.root] {
      let loaded = try ModelBundle.load(path)
      #expect(try Self.canonical(loaded.surface) == Self.canonical(stored.surface))
      #expect(try Self.canonical(loaded.exposure) == Self.canonical(stored.exposure))
    }
    #expect(try Self.canonical(try await stored.load(for: stored.sample)) == Self.canonical(stored.surface))
    let exposure = try await SampleFixture.run(
      LoadedExposure(config: LoadConfig(path: stored.folder)), on: stored.sample)
    #expect(exposure.ratio == stored.exposure.ratio)
  }

  @Test func everyFlippedByteIsRefused() async throws {
    let stored = try await Stored()
    let bytes = try Data(contentsOf: stored.bundle)
    for index in [0, 1, bytes.count - 1] + Array(stride(from: 2, to: bytes.count, by: 61)) {
      var damaged = bytes
      damaged[index] ^= 1
      try damaged.write(to: stored.bundle)
      expectFaults(.integrity, "byte \(index)") { try ModelBundle.load(stored.folder) }
    }
    for damaged in [Data(), bytes.dropLast(), bytes + Data([10])] {
      try damaged.write(to: stored.bundle)
      expectFaults(.integrity) { try ModelBundle.load(stored.folder) }
    }
    try bytes.write(to: stored.bundle)
    _ = try ModelBundle.load(stored.folder)
  }

  @Test func otherBinsAreRefused() async throws {
    let stored = try await Stored()
    let axes = stored.sample.grid.axes
    func axis(
      name: String = "a", source: String = "a_raw", direction: Direction = .higherIsSafer,
      numbering: GridAxis.Numbering = .ascending, closed: GridAxis.Closed = .right, edges: [Double]? = nil
    ) -> GridAxis {
      GridAxis(
        name: name, source: source, direction: direction, numbering: numbering, closed: closed,
        edges: edges ?? axes[0].edges)
    }
    let others = [
      axis(name: "c"), axis(source: "other"), axis(direction: .higherIsRiskier), axis(numbering: .descending),
      axis(closed: .left), axis(edges: [0, 10, 20, 30, 40.5]),
    ]
    for other in others {
      let grid = CellGrid(axes: [other, axes[1]])
      let sample = SampleFixture.sample(grid, [.init(bins: [0, 0]), .init(bins: [1, 1])])
      await expectFaults(.integrity) { try await stored.load(for: sample) }
    }
    let fewer = SampleFixture.sample(SampleFixture.grid(3, 5), [.init(bins: [0, 0])])
    await expectFaults(.integrity) { try await stored.load(for: fewer) }
    let four = SampleFixture.sample(stored.sample.grid, multiplier: 4, [.init(bins: [0, 0])])
    await expectFaults(.integrity) { try await stored.load(for: four) }
  }

  @Test func aMissingOrMovedBundleIsSaid() async throws {
    expectFaults(.io) { try ModelBundle.load("/nonexistent/model") }
    let stored = try await Stored()
    let moved = stored.root + "/models/model_0000000000000000"
    try FileManager.default.moveItem(atPath: stored.folder, toPath: moved)
    expectFaults(.integrity) { try ModelBundle.load(moved) }
  }

  @Test func aNewerBundleIsRefusedWithTheVersionThatWroteIt() async throws {
    let stored = try await Stored()
    let text = String(decoding: try Data(contentsOf: stored.bundle), as: UTF8.self)
    let newer = Data(text.replacing("\"cutline-model-2\"", with: "\"cutline-model-9\"").utf8)
    let folder = stored.root + "/models/" + ModelBundle.folderName(newer)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try newer.write(to: URL(fileURLWithPath: folder + "/bundle.json"))
    func problem() -> String? { expectFaults(.integrity) { try ModelBundle.load(folder) }?.problem }
    let reads = "in a newer format, cutline-model-9; this version reads up to cutline-model-2"
    #expect(problem() == "was written by a newer cutline \(reads)")
    try Data(#"{"format":"cutline-run-9","version":"7.1"}"#.utf8)
      .write(to: URL(fileURLWithPath: stored.root + "/manifest.json"))
    #expect(problem() == "was written by cutline 7.1 \(reads)")
  }
}
