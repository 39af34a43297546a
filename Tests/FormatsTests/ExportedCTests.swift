import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineFormats
import Foundation
import TestSupport
import Testing

/// Compiled C gives the bits of the form; exp, log and erfc those of the C library.
@Suite struct ExportedCTests {
  static let compilers = ["/usr/bin/gcc", "/usr/bin/clang", toolchain].filter(FileManager.default.isExecutableFile)

  /// The compiler beside `swift`.
  private static var toolchain: String {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let home = folders.first { FileManager.default.isExecutableFile(atPath: "\($0)/swift") }
    return "\(home ?? "")/clang"
  }

  @Test(.enabled(if: !compilers.isEmpty, "needs a C compiler"), arguments: compilers)
  func compiledModelsAreTheForm(_ compiler: String) throws {
    let place = try Scratch()
    let cases = try ExportedModels.all.get()
    var files: [String] = []
    for (k, exported) in cases.enumerated() {
      var options = ModelExport.Options()
      options.function = "model_\(k)"
      let file = place.path("m\(k).c")
      try place.write(ModelExport.text(of: exported.model, as: .c, options: options), to: "m\(k).c")
      files.append(file)
    }
    // Optimised, for the processor at hand: what a compiler may fuse or reorder, it would here.
    let library = place.path("models.so")
    let said = try Scratch.run(
      compiler,
      [
        "-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O2", "-march=native", "-ffp-contract=off", "-shared",
        "-fPIC", "-o", library,
      ] + files + ["-lm"])
    try #require(said.code == 0, "\(said.text)")
    let handle = try #require(dlopen(library, RTLD_NOW), "the compiled models cannot be opened")
    defer { dlclose(handle) }
    typealias Function = @convention(c) (UnsafePointer<Double>) -> Double
    for (k, exported) in cases.enumerated() {
      let symbol = try #require(dlsym(handle, "model_\(k)"))
      let function = unsafeBitCast(symbol, to: Function.self)
      let found = exported.expected.indices.map { row in function(exported.columns.map { $0[row] } + [0]) }
      #expect(ExportedModels.difference(exported, found, tolerance: 1e-13) == nil)
      if exported.isExact {
        #expect(zip(exported.expected, found).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN })
      }
    }
  }

  @Test func aNameThatIsNoneIsRefused() throws {
    let model = try ExportedModels.model("m", .linear(intercept: 1, coefficients: [2]))
    for name in ["", "1a", "a-b", "double", "log", "a\nb", "größe"] {
      var options = ModelExport.Options()
      options.function = name
      expectFaults(.usage, "\(name)") { try ModelExport.text(of: model, as: .c, options: options) }
    }
  }

  /// What stands in a model file cannot end a comment.
  @Test func namesStayInComments() throws {
    let form = try ModelForm.linear(intercept: 1, coefficients: [2])
    let name = "*/ int main(void) { return 1; } /* \\\n#error"
    let model = try Model(name: name, features: [.init("??/*/")], unit: "*/", form: form)
    let text = try ModelExport.text(of: model, as: .c)
    #expect(text.matches(of: /\*\//).count == 1 && !text.contains("#error\n"))
  }
}
