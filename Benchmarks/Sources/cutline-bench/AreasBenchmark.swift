import CutlineCompute
import Foundation

extension Benchmark {
  /// The area of one score, and DeLong's comparison of two, on the same applications; `peers/sklearn_areas.py` does the area.
  static let areas = Benchmark(name: "areas", usage: "[rows] [repetitions] [folder for the peer]") { arguments in
    let rows = arguments.count > 0 ? Int(arguments[0]) ?? 1_000_000 : 1_000_000
    let repetitions = arguments.count > 1 ? Int(arguments[1]) ?? 7 : 7
    var stream = RandomStream(seed: 1)
    let isBad = (0..<rows).map { _ in stream.uniform() < 0.06 }
    func score(_ shift: Double) -> [Double] {
      isBad.map { Normal.quantile(min(max(stream.uniform(), 1e-15), 1 - 1e-15)) + ($0 ? shift : 0) }
    }
    let scores = [score(1), score(0.8)]
    var area: Double?
    let one = Measurement(repetitions: repetitions) { area = RocAreas.area(scores[0], isBad: isBad) }
    print("\(rows) rows, area of one score: \(one.text) (\(area ?? .nan))")
    var comparison: RocAreas.Comparison?
    let two = Measurement(repetitions: repetitions) {
      comparison = RocAreas(scores, isBad: isBad)?.comparison(0, 1)
    }
    print("  areas of two scores with DeLong's covariance: \(two.text) (z \(comparison?.z ?? .nan))")
    // Scores as files have them: whole points, with ties.
    let points = scores[0].map { ($0 * 40 + 500).rounded() }
    let tied = Measurement(repetitions: repetitions) { area = RocAreas.area(points, isBad: isBad) }
    print("  area of one score in whole points: \(tied.text) (\(area ?? .nan))")
    guard arguments.count > 2 else { return }
    for (name, values) in [("score", scores[0]), ("points", points), ("bad", isBad.map { $0 ? 1 : 0 })] {
      try values.withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: "\(arguments[2])/\(name).f64")) }
    }
  }
}
