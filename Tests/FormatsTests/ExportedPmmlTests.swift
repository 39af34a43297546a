import CutlineCompute
import CutlineCore
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
    let files = try ExportedFiles(ExportedModels.all.get()) { try ModelExport.text(of: $0.model, as: .pmml) }
    let said = try Scratch.python(["\(Scratch.oracles)/run_pmml.py", files.place.path("cases.json")])
    try #require(said.code == 0, "\(said.text)")
    for (k, exported) in files.cases.enumerated() {
      let found = try files.place.doubles("\(k).result")
      #expect(ExportedModels.difference(exported, found, tolerance: 1e-12, floor: 1e-200) == nil)
    }
  }
}
