import CutlineCore
import Foundation

/// Studies with known truth: how far what Cutline promises is from what is. `scripts/study-models` runs the first,
/// `scripts/study-level` the second, `scripts/study-intervals` the third, `scripts/study-alarms` the fourth.
@main enum Main {
  static func main() async {
    let words = Array(CommandLine.arguments.dropFirst())
    let studies: [String: (portfolios: Int, table: (Int) async throws -> String)] = [
      "models": (200, { try await ModelsStudy().table(portfolios: $0) }),
      "level": (12, { try await LevelStudy().table(portfolios: $0) }),
      "intervals": (150, { try await IntervalsStudy().table(portfolios: $0) }),
      "alarms": (1000, { try await AlarmsStudy().table(portfolios: $0) }),
    ]
    guard let study = words.first.flatMap({ studies[$0] }), words.count <= 2,
      let portfolios = words.count == 2 ? Int(words[1]) : study.portfolios, portfolios > 0
    else {
      FileHandle.standardError.write(Data("usage: cutline-study models|level|intervals|alarms [PORTFOLIOS]\n".utf8))
      exit(2)
    }
    do { print(try await study.table(portfolios), terminator: "") } catch {
      FileHandle.standardError.write(Data("cutline-study: \(error)\n".utf8))
      exit(1)
    }
  }
}
