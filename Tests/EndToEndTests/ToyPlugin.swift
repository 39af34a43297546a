import CutlineCore
import CutlineCredit
import Foundation

/// A plugin that is compiled against the Core beside the built tool.
struct ToyPlugin {
  let path: String
  /// The compiler as the plugin's note names it.
  let compiler: String

  struct Failed: Error { let said: String }

  init() throws {
    let built = BuiltModules()
    let folder = URL(fileURLWithPath: built.folder).appendingPathComponent("toy-plugin")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let source = folder.appendingPathComponent("Toy.swift")
    try Data(Self.source.utf8).write(to: source)
    let initialiser = folder.appendingPathComponent("initialiser.c")
    try Data(Self.initialiser.utf8).write(to: initialiser)
    let object = folder.appendingPathComponent("initialiser.o").path
    try built.run(["clang", "-c", "-fPIC", initialiser.path, "-o", object])
    path = folder.appendingPathComponent("libToy.so").path
    try built.run(
      ["swiftc", "-emit-library", "-module-name", "Toy", "-swift-version", "6", source.path, object, "-o", path]
        + built.flags() + ["-L", built.folder, "-lCutlineCore"])
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    guard let note = bytes.range(of: Data("Cutline\u{0}\(PluginInterface.own.number) ".utf8)) else {
      throw Failed(said: "no note")
    }
    compiler = String(decoding: bytes[note.upperBound...].prefix { $0 != 0 }, as: UTF8.self)
  }

  /// Copies the library to `target`, with every `text` in it replaced by `other` (as long, or padded with zeros).
  func copy(to target: String, _ text: String, with other: some StringProtocol) throws {
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let old = Data(text.utf8)
    let new = Data(other.utf8) + Data(count: max(0, old.count - other.utf8.count))
    guard text.isEmpty || (new.count == old.count && bytes.range(of: old) != nil) else {
      throw Failed(said: "\(text) is not in the library")
    }
    var from = bytes.startIndex
    while !text.isEmpty, let range = bytes.range(of: old, in: from..<bytes.endIndex) {
      bytes.replaceSubrange(range, with: new)
      from = range.upperBound
    }
    try bytes.write(to: URL(fileURLWithPath: target), options: .atomic)
  }

  /// Says when the library is loaded.
  private static let initialiser = #"""
    #include <unistd.h>
    __attribute__((constructor)) static void loaded(void) {
      if (write(2, "toy initialiser\n", 16) < 0) { _exit(1); }
    }

    """#

  private static let source = #"""
    internal import CPluginInterface
    internal import CutlineCore
    internal import CutlineCredit

    struct TwiceAsRisky: Stage {
      typealias Kind = InferRejects
      static let name = "acceptance-upliff"
      static let summary = "Doubles the risk of rejects."
      init(config: NoConfig) {}
      func run(_ input: InferRejects.Input, in context: RunContext) async throws -> RejectAdjustment {
        context.note("the toy plugin was here")
        let cells = input.cube.grid.cellCount
        return RejectAdjustment(method: Self.name, multiplier: [Double](repeating: 2, count: cells), cappedCells: 0)
      }
    }

    struct WeightedMean: Stage {
      typealias Kind = Fit
      static let name = "toy-mean"
      static let summary = "The weighted mean."
      init(config: NoConfig) {}
      func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
        let design = input.design
        let sum = zip(design.weights, design.target).reduce(0) { $0 + $1.0 * $1.1 }
        return try Model(
          name: Self.name, features: design.features.map { Model.Feature($0) }, unit: design.targetUnit,
          form: .linear(
            intercept: sum / design.weights.reduce(0, +), coefficients: design.features.map { _ in 0 }))
      }
    }

    struct Toy: StoredArtifact {
      static let typeName = "toy"
      let value: Int
    }

    enum ToyKind: Kind {
      typealias Input = NoInput
      typealias Output = Toy
      static let name = "toy-kind"
      static let summary = "A kind that only the toy knows."
    }

    struct ToyStage: Stage {
      typealias Kind = ToyKind
      static let name = "toy-stage-of-own-kind"
      static let summary = "Makes a toy."
      init(config: NoConfig) {}
      func run(_ input: NoInput, in context: RunContext) async throws -> Toy { Toy(value: 1) }
    }

    @c(cutline_plugin_interface) public func interface() -> UnsafePointer<CChar> { cutline_plugin_record() }

    @c(cutline_plugin_register) public func register(_ host: UnsafeMutableRawPointer) {
      PluginHost.register(host, name: "toy", version: "1.5", summary: "For tests.") {
        try $0.register(TwiceAsRisky.self)
        try $0.register(WeightedMean.self)
        try $0.register(ToyStage.self)
      }
    }
    """#
}
