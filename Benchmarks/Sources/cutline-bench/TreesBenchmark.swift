import CutlineCompute
import CutlineCredit
import CutlineModels
import Foundation

extension Benchmark {
  /// A model that `peers/xgboost_trees.py` has written, on rows like those on which that script measures the library.
  static let trees = Benchmark(name: "trees", usage: "MODEL.json [rows] [repetitions]") { arguments in
    guard let path = arguments.first else { return print("name a model that peers/xgboost_trees.py has written") }
    let rows = arguments.count > 1 ? Int(arguments[1]) ?? 200_000 : 200_000
    let repetitions = arguments.count > 2 ? Int(arguments[2]) ?? 5 : 5
    let read = try Measurement(repetitions: 1) { _ = try ModelImport.read(path) }
    let model = try ModelImport.read(path)
    var random = RandomStream(seed: 1)
    let columns = model.features.map { _ in (0..<rows).map { _ in 4 * random.uniform() - 2 } }
    print("\(path): read in \(read.text)")
    let evaluator = FormEvaluator(model.form)
    for set in InstructionSet.supported {
      var sum = 0.0
      let time = try Measurement(repetitions: repetitions) {
        sum = try evaluator.evaluate(columns: columns, rows: rows, instructionSet: set)[0][rows / 2]
      }
      print(
        "\(rows) rows, one worker, \(set.rawValue): \(time.text)",
        String(format: "(%.3f us a row), row in the middle %.6f", time.cpu / Double(rows) * 1e6, sum))
    }
    let records = (0..<min(rows, 5_000)).map { row in columns.map { $0[row] } }
    let linear = try ModelForm.linear(
      intercept: 0.25, coefficients: columns.map { _ in random.uniform() - 0.5 }, link: .logit)
    let plain = try ModelForm.linear(intercept: 0.25, coefficients: columns.map { _ in random.uniform() - 0.5 })
    for (name, form, times) in [("trees", model.form, 1), ("logistic", linear, 50), ("linear", plain, 50)] {
      let time = try Measurement(repetitions: repetitions) {
        for _ in 0..<times { for record in records { _ = try form.value(of: record) } }
      }
      print("\(name), one record: \(String(format: "%.3f", time.cpu / Double(records.count * times) * 1e6)) us")
    }
  }
}
