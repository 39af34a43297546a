// Opens a folder of jobs as a server does, asks for one run and waits to be killed: for tests of what is left then.
// job-owner ROOT PROGRAM CONFIGURATION NAME
import CutlineCore
import CutlineData
import CutlineServe
import Foundation

let words = CommandLine.arguments
var registry = Registry()
try DataStages.register(in: &registry)
var options = Jobs.Options()
options.program = words[2]
options.workingFolder = words[1]
let jobs = try Jobs(
  words[1] + "/jobs",
  folders: DeclaredFolders(data: [words[1] + "/data"], configurations: nil, runs: words[1] + "/runs"),
  registry: registry, options: options)
if words.count > 4 {
  let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: words[3])), as: UTF8.self)
  _ = try jobs.submit(JobRequest(.run, name: words[4], configuration: .text(text)), by: "anna")
}
while true { sleep(60) }
