import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation
import TestSupport
import Testing

/// Cube and profile as files.
@Suite struct CubeExchangeTests {
  private let folder = TemporaryFolder()

  private func write(_ artifact: some ExchangedArtifact) throws {
    try? FileManager.default.removeItem(atPath: folder.path("out"))  // there is none at first
    try FileManager.default.createDirectory(atPath: folder.path("out"), withIntermediateDirectories: true)
    try artifact.write(to: folder.path("out"))
  }

  private func read<A: ExchangedArtifact>(_ type: A.Type) throws -> A {
    try A(readingFrom: ExchangeFolder(folder.path("out")))
  }

  private func bytes(_ artifact: some BinaryArtifact) throws -> [UInt8] {
    var writer = BinaryWriter()
    try artifact.encode(to: &writer)
    return writer.bytes
  }

  @Test func aCubeComesBack() throws {
    let cube = try Cube(of: CubeFixture.sample(900, bins: [2, 3], outside: 2))
    try write(cube)
    #expect(try bytes(read(Cube.self)) == bytes(cube))
    let lines = try folder.read("out/cube.csv").split(separator: "\n")
    #expect(lines.count == 1 + 8)
    #expect(
      lines[0].hasPrefix("cell,v0,v1,outside,rows_booked_mature,bad_rows_booked_mature,acct_booked_h0_booked_mature"))
    #expect(lines[1].hasPrefix("0,1,1,,") && lines[8].hasPrefix("7,,,reason 1,"))
    try folder.write("out/cube.csv", lines.dropLast().joined(separator: "\n"))
    expectFaults(.data) { try read(Cube.self) }
    try FileManager.default.removeItem(atPath: folder.path("out/cube.csv"))
    #expect(try bytes(read(Cube.self)) == bytes(cube))
  }

  @Test func aProfileComesBackAndAddsUp() throws {
    let sample = CubeFixture.sample(900)
    let profile = try ScoreProfile(of: sample)
    try write(profile)
    #expect(try bytes(read(ScoreProfile.self)) == bytes(profile))
    for (variable, scores) in zip(profile.variables, sample.scores) {
      // A class for each distinct score: it, or where few rows have it a number between it and the next one.
      let distinct = Set(scores.filter { !$0.isNaN }).sorted()
      #expect(!variable.isClassed && variable.values.count == distinct.count)
      for (place, score) in distinct.enumerated() {
        let isShared = scores.count { $0 == score } >= Vocabulary.fewestRows
        let (own, next) = (variable.values[place], place + 1 < distinct.count ? distinct[place + 1] : .infinity)
        #expect(isShared ? own == score : score < own && own < next, "\(score) \(own) \(next)")
      }
      let sums = try profile.sums(of: Measure(.requested), variable: variable.name, [.bookedMature])
      var expected = [Int64](repeating: 0, count: variable.values.count + 1)
      let values = try sample.values(of: .requested)
      for row in values.indices where sample.outcome[row] == .mature {
        expected[distinct.firstIndex(of: scores[row]) ?? distinct.count] += values[row]
      }
      #expect(sums == expected)
    }
    let month = try #require(profile.months.first)
    let rows = try profile.sums(of: .rows, variable: "v1", ApplicationState.all, months: [month])
    #expect(rows.reduce(0, +) == Int64(sample.month.count { $0 == month }))
    expectFaults(.data) { try profile.sums(of: .rows, variable: "v9", ApplicationState.all) }
  }

  @Test func manyValuesAreClassedAndNoneIsLost() throws {
    let sample = CubeFixture.sample(9000, outside: 0, decimals: 1e7)
    let profile = try ScoreProfile(of: sample, workers: 2)
    for (variable, scores) in zip(profile.variables, sample.scores) {
      #expect(variable.isClassed && variable.values.count == ScoreProfile.classCount)
      let rows = try profile.sums(of: .rows, variable: variable.name, ApplicationState.all)
      #expect(rows.last == Int64(scores.count(where: \.isNaN)) && rows.reduce(0, +) == 9000)
      // Nine rows a class, a few more where a quantile falls between them.
      #expect(rows.dropLast().allSatisfy { (8...10).contains($0) })
    }
    #expect(try bytes(profile) == bytes(ScoreProfile(of: sample)))
  }

  private static func input(_ sample: Sample?) throws -> Cubes.Input {
    try Cubes.ports.make(PortValues(sample.map { ["sample": $0] } ?? [:]))
  }

  private static func profileInput(_ sample: Sample?) throws -> Profiles.Input {
    try Profiles.ports.make(PortValues(sample.map { ["sample": $0] } ?? [:]))
  }

  @Test func kindsKeepTheirLaws() throws {
    let sample = CubeFixture.sample(500)
    let (cube, profile) = (try Cube(of: sample), try ScoreProfile(of: sample))
    try Cubes.check(cube, against: Self.input(sample))
    try Cubes.check(cube, against: Self.input(nil))
    try Profiles.check(profile, against: Self.profileInput(sample))
    expectFaults(.data) { try Cubes.check(cube, against: Self.input(CubeFixture.sample(501))) }
    expectFaults(.data) { try Profiles.check(profile, against: Self.profileInput(CubeFixture.sample(501))) }
    // The same rows in other buckets: one slice against the other.
    try write(cube)
    let folds = try folder.read("out/folds.csv").split(separator: "\n")
    try folder.write("out/folds.csv", folds.dropLast().joined(separator: "\n") + "\n")
    try FileManager.default.removeItem(atPath: folder.path("out/cube.csv"))
    let other = try read(Cube.self)
    let error = expectFaults(.data) { try Cubes.check(other, against: Self.input(sample)) }
    #expect(error?.description.contains("by month than by fold") ?? false)
  }

  @Test func damagedFilesNeverCrash() throws {
    try write(Cube(of: CubeFixture.sample(60, bins: [1, 2])))
    try FileManager.default.removeItem(atPath: folder.path("out/cube.csv"))
    let names = ["cube.json", "months.csv", "folds.csv"]
    let files = try names.map { Array(try Data(contentsOf: URL(fileURLWithPath: folder.path("out/\($0)")))) }
    var random = RandomStream(seed: 5)
    for _ in 0..<150 {
      for (name, bytes) in zip(names, files) {
        var damaged = bytes
        let place = random.index(below: bytes.count)
        switch random.index(below: 3) {
        case 0: damaged[place] ^= 1 << UInt8(random.index(below: 8))
        case 1: damaged.removeLast(place)
        default: damaged.insert(contentsOf: Array("99999999".utf8), at: place)
        }
        try Data(damaged).write(to: URL(fileURLWithPath: folder.path("out/\(name)")))
        do {
          let cube = try read(Cube.self)
          do { try Cubes.check(cube, against: Self.input(nil)) } catch { #expect(error is Faults) }
        } catch { #expect(error is Faults, "\(error)") }
        try Data(bytes).write(to: URL(fileURLWithPath: folder.path("out/\(name)")))
      }
    }
  }
}
