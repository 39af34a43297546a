import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineFormats
import Foundation
import TestSupport
import Testing

/// pypmml reads the documents and gives the values of the form.
@Suite struct ExportedPmmlTests {
  static let hasPmml = Scratch.pythonHas("import pypmml, jpype, shutil, sys; sys.exit(not shutil.which('java'))")

  @Test(.enabled(if: hasPmml, "needs Python with pypmml and JPype1, and Java")) func pypmmlGivesTheValuesOfTheForm()
    throws
  {
    // Readers know no record without a field, and take long for wide ones.
    let cases = try ExportedModels.all.get().filter {
      !$0.columns.isEmpty && (!$0.name.hasPrefix("wide-") || $0.name == "wide-logit")
    }
    let files = try ExportedFiles(cases) { try ModelExport.text(of: $0.model, as: .pmml) }
    let said = try Scratch.python(["\(Scratch.oracles)/run_pmml.py", files.place.path("cases.json")])
    try #require(said.code == 0, "\(said.text)")
    for (k, exported) in files.cases.enumerated() {
      // JSON, in which its reader answers, has no infinity; points are added in the reader's order.
      let found = zip(exported.expected, try files.place.doubles("\(k).result")).map {
        $0.isInfinite && $1.isNaN ? $0 : $1
      }
      let isExact = exported.isExact && !exported.model.form.addsPoints
      #expect(
        ExportedModels.difference(exported, isExact: isExact, found, tolerance: 1e-12, floor: isExact ? 0 : 1e-14)
          == nil)
    }
  }

  @Test func whatPmmlCannotCarryIsRefused() throws {
    let form = try ModelForm.linear(intercept: 1, coefficients: [2])
    for name in ["", "a\u{1}b", "a\nb", "\u{FFFF}"] {
      let model = try Model(name: "m", features: [.init(name)], unit: "fraction", form: form)
      let faults = expectFaults(.data, "\(name)") { try ModelExport.text(of: model, as: .pmml) }
      #expect(faults?.problem == "has a feature whose name XML cannot hold")
    }
    let axes = try (0..<2).map { _ in try BinEdges((0..<1099).map(Double.init)) }
    let cells = try ModelForm.cells(axes: axes, values: [Double](repeating: 0.1, count: 1_210_000))
    let large = try ExportedModels.model("large", cells)
    #expect(expectFaults(.data) { try ModelExport.text(of: large, as: .pmml) }?.advice == "Export it to C or JSON.")
  }

  /// A feature that is called as the output, or as a step, keeps its name; the output gets another.
  @Test func namesOfTheDocumentGiveWay() throws {
    let form = try ModelForm.linear(intercept: 1, coefficients: [2, 3], link: .logit)
    let model = try Model(name: "m", features: [.init("prediction"), .init("step")], unit: "fraction", form: form)
    let text = try ModelExport.text(of: model, as: .pmml)
    #expect(text.contains("<DataField name=\"prediction\"") && text.contains("<OutputField name=\"prediction_1\""))
  }
}

extension ModelForm {
  /// Whether a scorecard of several characteristics is in it.
  fileprivate var addsPoints: Bool {
    switch self {
    case .scorecard(let form): form.characteristics.count > 1
    case .then(let form): form.first.addsPoints || form.after.addsPoints
    case .blend(let form): form.models.contains(where: \.addsPoints)
    case .product(let form): form.models.contains(where: \.addsPoints)
    case .linear, .trees, .steps, .expand, .cells: false
    }
  }
}
