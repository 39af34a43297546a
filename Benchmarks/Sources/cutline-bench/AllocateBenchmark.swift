import CutlineAllocate
import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation
import Synchronization

extension Benchmark {
  /// One point of each of many frontiers: what `peers/highs_allocation.py` does with HiGHS on the file that this writes.
  static let allocate = Benchmark(
    name: "allocate",
    usage: "[segments] [points] [target in percent] [repetitions] [method] [FILE to write the peer's input to]"
  ) { arguments in
    func number(_ place: Int, _ otherwise: Int) -> Int {
      arguments.count > place ? Int(arguments[place]) ?? otherwise : otherwise
    }
    let (count, points) = (number(0, 50), number(1, 3000))
    let target = arguments.count > 2 ? Double(arguments[2]) ?? 1.5 : 1.5
    let repetitions = number(3, 3)
    let method = arguments.count > 4 ? arguments[4] : "exact"
    let segments = frontiers(count, points)
    if arguments.count > 5 {
      var text = "segment,production,numerator,denominator\n"
      for segment in segments {
        for point in segment.points {
          text += "\(segment.name),\(point.production),\(point.numerator),\(point.denominator)\n"
        }
      }
      try Data(text.utf8).write(to: URL(fileURLWithPath: arguments[5]))
    }
    var registry = Registry()
    try AllocateStages.register(in: &registry)
    let stage = try registry.stage(kind: Allocate.name, name: method, at: .default).instance([], registry: registry)
    let limits = AllocationLimits(target: try DecimalNumber(target))
    let values = PortValues(lists: ["segments": segments.map { ($0.name, $0) }, "limits": [("limits", limits)]])
    let result = Mutex<Allocation?>(nil)
    let time = try Measurement(repetitions: repetitions) {
      let found = try awaited { try await stage.run(values, in: RunContext(stageID: "allocate", seed: 1)) }
      result.withLock { $0 = found as? Allocation }
    }
    guard let found = result.withLock({ $0 }) else { return }
    print(
      "\(count) segments x \(points) points at \(target) %, \(method): \(time.text); \(found.status.rawValue), production \(found.sums.production), bound \(found.bound.map(String.init) ?? "none"), \(found.labels) labels"
    )
  }

  /// Frontiers as a search gives them: cells by rising risk, cumulated, of sizes and risks of their own; amounts in cents.
  private static func frontiers(_ segments: Int, _ points: Int) -> [SegmentFrontier] {
    var random = RandomStream(seed: 1)
    return (0..<segments).map { segment in
      let (size, level) = (1 + 9 * random.uniform(), 0.3 + random.uniform())
      var (production, numerator, denominator) = (Int64(0), Int64(0), Int64(0))
      var all: [SegmentFrontier.Point] = []
      for place in 0..<points {
        let amount = 1e7 / Double(points) * size * (0.2 + 1.6 * random.uniform())
        let exposure = amount * 6 * (0.9 + 0.2 * random.uniform())
        // From a tenth to four times the level of the segment.
        let risk = 0.01 * level * (0.1 + 3.9 * Double(place) / Double(points)) * (0.95 + 0.1 * random.uniform())
        production += Int64(100 * amount)
        denominator += Int64(100 * exposure)
        numerator += Int64(100 * exposure * risk / 7)
        all.append(.init(production: production, numerator: numerator, denominator: denominator))
      }
      return SegmentFrontier(
        name: "s\(segment)", measure: RiskMeasure(multiplier: 7), scale: .hundredths, points: all)
    }
  }
}
