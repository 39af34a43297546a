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
      exposure = try await SampleFixture.run(RatioExposure(config: ExposureConfig()), on: sample)
      let input = try ModelFiles.ports.make(PortValues(["surface": surface, "exposure": exposure]))
      let files = try await BundleWriter(config: NoConfig()).run(input, in: SampleFixture.context()).files
      for file in files {
        let url = URL(fileURLWithPath: root + "/" + file.path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(file.bytes).write(to: url)
      }
      let sums = try #require(files.first { $0.path.hasSuffix("/SHA256SUMS") })
      folder = root + "/" + (sums.path as NSString).deletingLastPathComponent
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }  // best effort in a temporary place

    /// Every file of the two models.
    static let parts = [
      "model.json", "metadata.json", "SHA256SUMS", "../todu_model/model.json", "../todu_model/metadata.json",
    ]

    func url(_ part: String) -> URL { URL(fileURLWithPath: folder + "/" + part) }

    /// Reads both models.
    func loadBoth() throws {
      let stored = try StoredModel(folder)
      _ = try stored.exposure()
    }

    func load(for sample: Sample) async throws -> RiskSurface {
      try await SampleFixture.run(LoadedSurface(config: LoadConfig(path: folder)), on: sample)
    }
  }

  static func canonical<T: Encodable>(_ value: T) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try encoder.encode(value)
  }

  @Test func aModelReadsBackAsItself() async throws {
    let stored = try await Stored()
    // By its own folder, by the folder of models, and by the folder of the run.
    for path in [stored.folder, stored.root + "/models", stored.root] {
      let loaded = try StoredModel(path)
      #expect(try Self.canonical(loaded.surface) == Self.canonical(stored.surface))
      #expect(try Self.canonical(loaded.exposure()) == Self.canonical(stored.exposure))
      #expect(loaded.formatNumber == 4 && stored.folder.hasSuffix("model_\(loaded.digest.prefix(16))"))
    }
    var again = try await stored.load(for: stored.sample)
    #expect(again.origin == (try StoredModel(stored.folder).digest))
    again.origin = nil
    #expect(try Self.canonical(again) == Self.canonical(stored.surface))
    let exposure = try await SampleFixture.run(
      LoadedExposure(config: LoadConfig(path: stored.folder)), on: stored.sample)
    #expect(exposure.ratio == stored.exposure.ratio)
  }

  /// Handed on, a loaded model stays the same one, and of two folders' models neither is a pair.
  @Test func aLoadedModelIsWrittenAsItself() async throws {
    let stored = try await Stored()
    let surface = try await stored.load(for: stored.sample)
    let exposure = try await SampleFixture.run(
      LoadedExposure(config: LoadConfig(path: stored.folder)), on: stored.sample)
    #expect(exposure.origin == surface.origin && surface.origin != nil)
    let files = try StoredModel.files(surface, exposure)
    #expect(files.contains { $0.path.hasPrefix("models/\((stored.folder as NSString).lastPathComponent)/") })
  }

  /// 9999 is no score of the surface: neither another grid's nor any record's.
  @Test func specialCodesAreOfTheModel() async throws {
    let stored = try await Stored()
    let axes = stored.sample.grid.axes.map {
      GridAxis(name: $0.name, source: $0.source, direction: $0.direction, edges: $0.edges, codes: [9999, 0])
    }
    #expect(axes[0].codes == [0, 9999])
    let own = stored.sample
    let other = Sample(
      grid: CellGrid(axes: axes), measure: own.measure, cell: own.cell, month: own.month, status: own.status,
      outcome: own.outcome, scores: own.scores,
      amounts: try Dictionary(uniqueKeysWithValues: own.amounts.map { ($0, try own.values(of: $0)) }),
      summary: own.summary)
    do {
      _ = try await stored.load(for: other)
      Issue.record("codes are not compared")
    } catch let faults as Faults { #expect(faults.code == .integrity && faults.problem.contains("special codes")) }
    let surface = try await SampleFixture.run(RidgeTraining(config: PolynomialTrainingConfig()), on: other)
    #expect(surface.model?.features.map(\.codes) == [[0, 9999], [0, 9999]])
    let design = Design(
      features: surface.model?.features.map(\.name) ?? [], columns: [[5, 9999], [5, 5]], target: [0, 0],
      targetUnit: "fraction", weights: [1, 1])
    let rows = try ModelRows(design, try #require(surface.model))
    #expect(rows.columns[0][1].isNaN && rows.columns[0][0] == 5)
  }

  @Test func everyFlippedBitOfEveryPartIsRefused() async throws {
    let stored = try await Stored()
    for part in Stored.parts {
      let bytes = try Data(contentsOf: stored.url(part))
      for index in [0, 1, bytes.count - 1] + Array(stride(from: 2, to: bytes.count, by: 61)) {
        var damaged = bytes
        damaged[index] ^= 1 << UInt8(index % 8)
        try damaged.write(to: stored.url(part))
        expectFaults(.integrity, "\(part), byte \(index)") { try stored.loadBoth() }
      }
      for damaged in [Data(), bytes.dropLast(), bytes + Data([10])] {
        try damaged.write(to: stored.url(part))
        expectFaults(.integrity, "\(part)") { try stored.loadBoth() }
      }
      try FileManager.default.removeItem(at: stored.url(part))
      let faults = expectFaults(.integrity, "\(part)") { try stored.loadBoth() }
      #expect(faults?.problem.hasPrefix("is missing") == true)
      try bytes.write(to: stored.url(part))
    }
    try stored.loadBoth()
  }

  /// Both are whole, but they were not learnt together.
  @Test func theExposureModelOfAnotherRunIsRefused() async throws {
    let stored = try await Stored()
    let other = ExposureModel(
      method: "ratio", ratio: 2 * stored.exposure.ratio, r2: stored.exposure.r2, rows: stored.exposure.rows)
    for file in try StoredModel.files(stored.surface, other) where file.path.contains("todu_model") {
      try Data(file.bytes).write(to: URL(fileURLWithPath: stored.root + "/" + file.path))
    }
    _ = try StoredModel(stored.folder)
    let faults = expectFaults(.integrity) { try StoredModel(stored.folder).exposure() }
    #expect(faults?.problem.contains("belongs to another model") == true)
    await expectFaults(.integrity) {
      try await SampleFixture.run(LoadedExposure(config: LoadConfig(path: stored.root)), on: stored.sample)
    }
  }

  /// What people read beside the model, and `sha256sum -c` checks without cutline.
  @Test func metadataSaysHowTheModelWasLearnt() async throws {
    let stored = try await Stored()
    let data = try Data(contentsOf: stored.url("metadata.json"))
    let found = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let expected = [
      "estimator", "featureSet", "parameters", "features", "coefficients", "featureSets", "inputs", "trainR2",
      "outOfFold", "trainingRows", "trainingCells", "folds", "targetVariable", "multiplier", "axes", "gridDigest",
      "candidates",
    ]
    #expect(expected.allSatisfy { found[$0] != nil }, "\(found.keys.sorted())")
    let axes = try #require(found["axes"] as? [[String: Any]])
    #expect(axes.count == 2 && axes[0]["direction"] as? String == "higher-is-safer")
    #expect((axes[0]["edges"] as? [Double])?.count == 5)
    for line in try String(contentsOf: stored.url("SHA256SUMS"), encoding: .utf8).split(separator: "\n") {
      let parts = line.split(separator: " ").map(String.init)
      #expect(try Digest.ofFile(stored.url(parts[1]).path).sha256 == parts[0])
    }
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

  @Test func aMissingOrMovedModelIsSaid() async throws {
    expectFaults(.io) { try StoredModel("/nonexistent/model") }
    let stored = try await Stored()
    try FileManager.default.copyItem(atPath: stored.folder, toPath: stored.root + "/models/model_0000000000000000")
    let several = expectFaults(.usage) { try StoredModel(stored.root) }
    #expect(several?.problem == "holds 2 models")
    expectFaults(.integrity) { try StoredModel(stored.root + "/models/model_0000000000000000") }
  }

  @Test func aNewerModelIsRefusedWithTheVersionThatWroteIt() async throws {
    let stored = try await Stored()
    let text = String(decoding: try Data(contentsOf: stored.url("model.json")), as: UTF8.self)
    let newer = Data(text.replacing("\"cutline-model-4\"", with: "\"cutline-model-9\"").utf8)
    let metadata = try Data(contentsOf: stored.url("metadata.json"))
    let parts = ModelParts([("model.json", newer), ("metadata.json", metadata)])
    let folder = stored.root + "/models/" + parts.folderName
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, bytes) in [("model.json", newer), ("metadata.json", metadata), ("SHA256SUMS", Data(parts.text.utf8))] {
      try bytes.write(to: URL(fileURLWithPath: folder + "/" + name))
    }
    func problem() -> String? { expectFaults(.integrity) { try StoredModel(folder) }?.problem }
    let reads = "in a newer format, cutline-model-9; this version reads up to cutline-model-4"
    #expect(problem() == "was written by a newer cutline \(reads)")
    try Data(#"{"format":"cutline-run-9","version":"7.1"}"#.utf8)
      .write(to: URL(fileURLWithPath: stored.root + "/manifest.json"))
    #expect(problem() == "was written by cutline 7.1 \(reads)")
  }

  @Test func bundlesOfOlderFormatsAreRead() async throws {
    let stored = try await Stored()
    struct Bundle: Encodable {
      let format: String
      let surface: RiskSurface
      let exposure: ExposureModel
    }
    for number in 1...2 {
      let bytes = try CanonicalJSON.encode(
        Bundle(format: "cutline-model-\(number)", surface: stored.surface, exposure: stored.exposure))
      let folder = stored.root + "/old/" + ModelBundle.folderName(bytes)
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try bytes.write(to: URL(fileURLWithPath: folder + "/bundle.json"))
      let loaded = try StoredModel(folder)
      #expect(loaded.formatNumber == number && loaded.digest == Digest.of(bytes))
      #expect(try Self.canonical(loaded.surface) == Self.canonical(stored.surface))
      #expect(try loaded.exposure().ratio == stored.exposure.ratio)
      try (bytes + Data([10])).write(to: URL(fileURLWithPath: folder + "/bundle.json"))
      expectFaults(.integrity) { try StoredModel(folder) }
    }
  }
}
