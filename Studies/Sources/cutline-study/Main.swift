import CutlineCore
import Foundation

/// Studies with known truth: how far what Cutline promises is from what is. `scripts/study-models` runs the first.
@main enum Main {
  static func main() async {
    let words = Array(CommandLine.arguments.dropFirst())
    let portfolios = words.count > 1 ? Int(words[1]) : nil
    guard words.first == "models", let portfolios = portfolios ?? (words.count == 1 ? 200 : nil), portfolios > 0 else {
      FileHandle.standardError.write(Data("usage: cutline-study models [PORTFOLIOS]\n".utf8))
      exit(2)
    }
    do {
      let study = try ModelsStudy()
      print(try await study.table(portfolios: portfolios), terminator: "")
    } catch {
      FileHandle.standardError.write(Data("cutline-study: \(error)\n".utf8))
      exit(1)
    }
  }
}
