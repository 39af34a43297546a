// How long a shelf of runs takes: the first reading, and lists afterwards. cutline-shelf-bench FOLDER [ROUNDS]
import CutlineServe
import Foundation

let words = CommandLine.arguments
guard words.count > 1 else {
  print("cutline-shelf-bench FOLDER [ROUNDS]")
  exit(2)
}
let rounds = words.count > 2 ? Int(words[2]) ?? 200 : 200
let clock = ContinuousClock()

func milliseconds(_ duration: Duration) -> Double { duration / .milliseconds(1) }

let start = clock.now
let shelf = try RunShelf(words[1])
let first = shelf.list(limit: 50)
print("first answer", milliseconds(clock.now - start), "ms, complete:", first.isComplete, "runs:", first.total)
guard shelf.filled(within: 600) else {
  print("not filled within 600 s")
  exit(1)
}
print("filled", milliseconds(clock.now - start), "ms, runs:", shelf.list(limit: 1).total)

/// The median and the 95th percentile of a page.
func measure(_ name: String, _ body: () -> RunShelf.Page) {
  var times: [Double] = []
  var rows = 0
  for _ in 0..<rounds {
    let start = clock.now
    let page = body()
    times.append(milliseconds(clock.now - start))
    rows = page.entries.count
  }
  times.sort()
  print(
    name, "rows:", rows, "median", times[rounds / 2], "ms, p95", times[rounds * 95 / 100], "ms, worst",
    times[rounds - 1], "ms")
}

measure("page of 50") { shelf.list(limit: 50) }
measure("page of 200 in the middle") {
  let middle = shelf.list(limit: shelf.list(limit: 1).total / 2)
  return shelf.list(limit: 200, after: middle.next)
}
measure("all") { shelf.list(limit: 100_000) }
var filter = RunShelf.Filter()
filter.text = "run-77"
measure("by text") { shelf.list(limit: 200, filter: filter) }
