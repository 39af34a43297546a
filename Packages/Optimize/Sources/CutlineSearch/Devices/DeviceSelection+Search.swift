public import CutlineCompute
import Synchronization

/// A frontier, with where it was found.
public struct SelectedSearch: Sendable {
  public let result: ExhaustiveResult
  /// Where and why, as a sentence.
  public let remark: String
  /// What failed on the devices before the CPU took over; its log says more.
  public let failure: DeviceError?
}

extension DeviceSelection {
  /// Finds the frontier on the chosen devices; where they fail, on the CPU. The points do not depend on it.
  ///
  /// - Parameters:
  ///   - preference: what is asked for.
  ///   - memoryLimit, timeLimitSeconds: as for `ExhaustiveSearch`; time runs from the choice on.
  ///   - workers: threads of the forms on the CPU; how many a device uses is for its driver to say.
  ///   - progress: as for `ExhaustiveSearch`; where the CPU takes over it stands still until the CPU has caught up.
  /// - Throws: as `ExhaustiveSearch.frontier`, but no `DeviceError`.
  public func frontier(
    of grid: GridSums, preference: DeviceChoice, workers: Int,
    strategyLimit: UInt64 = ExhaustiveSearch.largestStrategyLimit, memoryLimit: Int = .max,
    timeLimitSeconds: Double? = nil, progress: (@Sendable (Double) -> Void)? = nil,
    isCancelled: (@Sendable () -> Bool)? = nil
  ) throws -> SelectedSearch {
    let clock = ContinuousClock()
    let start = clock.now
    let reported = Mutex(0.0)
    @Sendable func advance(_ share: Double) {
      reported.withLock {
        if share > $0 {
          $0 = share
          progress?(share)
        }
      }
    }
    func search(_ form: ExhaustiveForm, _ devices: [DeviceCapabilities] = []) throws -> ExhaustiveResult {
      var openCL = options
      openCL.devices = devices
      // What was tried before counts.
      let left = timeLimitSeconds.map { max(0, $0 - (clock.now - start) / .seconds(1)) }
      return try ExhaustiveSearch(
        form: form, workers: workers, strategyLimit: strategyLimit, openCL: openCL, memoryLimit: memoryLimit,
        timeLimitSeconds: left
      )
      .frontier(of: grid, progress: { advance($0) }, isCancelled: isCancelled)
    }
    let decision = decision(for: grid, preference: preference, workers: workers)
    var failure: DeviceError?
    if decision.form == .opencl {
      do {
        let result = try search(.opencl, decision.devices)
        let names = result.devices.joined(separator: ", ")
        return SelectedSearch(
          result: result, remark: "searched by OpenCL on \(names): \(decision.reason)", failure: nil)
      } catch let error as DeviceError { failure = error }
    }
    let result = try search(decision.form == .scalar ? .scalar : .cpu)
    let place = result.instructionSet.map { "on the CPU with \($0.rawValue)" } ?? "on the CPU by the scalar definition"
    return SelectedSearch(
      result: result, remark: "searched \(place): \(failure?.summary ?? decision.reason)", failure: failure)
  }
}
