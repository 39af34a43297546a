internal import CutlineCore
internal import CutlineCredit

/// `Cube(of: sample)`, on all workers.
struct StandardCube: Stage {
  typealias Kind = Cubes
  static let name = "standard"
  static let summary = "Adds the rows of the sample up, exactly, by cell, month, status, outcome and bucket."
  static let reads = ["sample"]
  init(config: NoConfig) {}

  func run(_ input: Cubes.Input, in context: RunContext) async throws -> Cube {
    let sample = try connected(input.sample)
    let cube = try Cube(of: sample, workers: context.workers)
    for measure in cube.measures where !measure.isExact {
      context.note(
        "\(word: measure.column) has scores with more than \(measure.scale) decimals: they are added up rounded to these"
      )
    }
    if cube.buckets == nil {
      context.note(
        "\(cube.grid.cellCount) cells are too many for buckets of the applications in them: folds are made of rows"
      )
    }
    return cube
  }
}

/// `ScoreProfile(of: sample)`, on all workers.
struct StandardProfile: Stage {
  typealias Kind = Profiles
  static let name = "standard"
  static let summary = "Adds the rows of the sample up by score value, month, status and outcome."
  static let reads = ["sample"]
  init(config: NoConfig) {}

  func run(_ input: Profiles.Input, in context: RunContext) async throws -> ScoreProfile {
    let profile = try ScoreProfile(of: connected(input.sample), workers: context.workers)
    for variable in profile.variables where variable.isClassed {
      context.note(
        "\(word: variable.source) has more than \(ScoreProfile.valueLimit) values: its profile has \(variable.values.count) classes between quantiles"
      )
    }
    return profile
  }
}

/// - Throws: `Faults` (usage) where no sample is connected.
private func connected(_ sample: Sample?) throws -> Sample {
  guard let sample else {
    throw Faults.usage("port sample", "is not connected", "Connect it with from = { sample = \"prepare\" }.")
  }
  return sample
}
