internal import CutlineCredit

/// Which draws of several runs belong together.
///
/// The weight of an application in resample b is made of the seed, b and its key, whatever run it is in: the b-th draws of all
/// segments are one resample of the portfolio. An application in two segments has one weight; two segments that share a customer
/// through `group_by` move together. Jackknife groups are hash classes of the keys, so that the j-th of each leaves out the same class.
struct JointDraws {
  /// Per draw, the place of it among the draws of each run: resamples, then groups.
  private(set) var indices: [[Int]] = []
  private(set) var resamples = 0
  private(set) var method = "", confidence = 0.95
  /// Why there are none; nil where there are.
  private(set) var problem: String?

  init(_ runs: [(run: ConsolidatedRun, own: ConsolidatedRun.Scenario)]) {
    if let without = runs.first(where: { $0.run.draws == nil || $0.own.draws.isEmpty }) {
      problem = "\(without.run.name) has no draws"
      return
    }
    let all = runs.compactMap(\.run.draws)
    guard let first = all.first else {
      problem = "no draws"
      return
    }
    for (run, draws) in zip(runs.map(\.run), all) {
      if draws.head.seed != first.head.seed || draws.head.method != first.head.method {
        problem = "the draws of \(run.name) have another seed or method than those of \(runs[0].run.name)"
        return
      }
      if draws.method != first.method || draws.confidence != first.confidence {
        problem = "the intervals of \(run.name) have another method or confidence than those of \(runs[0].run.name)"
        return
      }
    }
    (method, confidence) = (first.method, first.confidence)
    let places = all.map { Dictionary(uniqueKeysWithValues: $0.head.made.enumerated().map { ($1, $0) }) }
    for number in first.head.made {
      let at = places.compactMap { $0[number] }
      if at.count == all.count { indices.append(at) }
    }
    resamples = indices.count
    // Classes of different numbers of groups leave out different applications.
    guard all.allSatisfy({ $0.head.groups == first.head.groups }) else { return }
    let groups = all.map { draws in
      Dictionary(
        uniqueKeysWithValues: draws.head.groupsMade.enumerated().map { ($1, draws.head.made.count + $0) })
    }
    for number in first.head.groupsMade {
      let at = groups.compactMap { $0[number] }
      if at.count == all.count { indices.append(at) }
    }
  }
}
