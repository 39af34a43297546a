import Foundation

/// Median time of repeated runs.
struct Measurement {
  let wall, cpu: Double

  /// Runs `body` once unmeasured, then `repetitions` times.
  init(repetitions: Int, _ body: () throws -> Void) rethrows {
    try body()
    var walls: [Double] = []
    var cpus: [Double] = []
    for _ in 0..<max(1, repetitions) {
      let wall = ContinuousClock.now
      let cpu = Self.cpuSeconds()
      try body()
      cpus.append(Self.cpuSeconds() - cpu)
      walls.append((ContinuousClock.now - wall) / .seconds(1))
    }
    self.wall = walls.sorted()[walls.count / 2]
    self.cpu = cpus.sorted()[cpus.count / 2]
  }

  /// CPU time of all threads of this process.
  private static func cpuSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  var text: String { "cpu \(Self.milliseconds(cpu)) wall \(Self.milliseconds(wall))" }

  static func milliseconds(_ seconds: Double) -> String { String(format: "%.2f ms", seconds * 1000) }
}
