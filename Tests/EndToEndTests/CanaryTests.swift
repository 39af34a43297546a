import Foundation
import Testing

/// Values that stand in one application alone are planted in every cell of a table, and looked for in everything that commands
/// write. What may hold them: files of rows that were asked for, which the manifest marks, and a console under `--show-values`;
/// a console may say a word of a column of few kinds.
@Suite(.enabled(if: OracleScripts.isAvailable, OracleScripts.missing)) struct CanaryTests {
  private static let script = OracleScripts.folder + "/canary.py"

  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.simulate(rows: 3000)
    try FileManager.default.moveItem(atPath: place.path("applications.csv"), toPath: place.path("plain.csv"))
    try plant("applications.csv")
    try place.write(
      "coarse.toml",
      """
      extends = "config.toml"
      [preprocessing]
      resamples = 20
      date_ini_book_obs_mr = "2023-01-01"
      date_fin_book_obs_mr = "2023-06-01"
      [preprocessing.bins.score_bin]
      edges = [-inf, 485, 510, inf]
      [preprocessing.bins.bureau_bin]
      edges = [-inf, 600, 650, 700, inf]

      """)
    try FileManager.default.createDirectory(atPath: place.path("said"), withIntermediateDirectories: true)
  }

  private func plant(_ name: String, wrong: String? = nil) throws {
    let words = [Self.script, "plant", place.path("plain.csv"), place.path(name)] + (wrong.map { [$0] } ?? [])
    let outcome = try OracleScripts.python(words)
    try #require(outcome.code == 0, "\(outcome.err)")
  }

  /// Runs a command and keeps what it said.
  @discardableResult
  private func call(_ name: String, _ words: String..., ending codes: Set<Int32> = [0]) throws -> Tool.Outcome {
    let outcome = try place.tool.run(words)
    #expect(codes.contains(outcome.code), "\(name): \(outcome.code) \(outcome.err)")
    try place.write("said/\(name)", outcome.out + outcome.err)
    return outcome
  }

  /// What was found, without the files that a manifest marks as personal.
  private func found(in names: [String]) throws -> [String] {
    let outcome = try OracleScripts.python(
      [Self.script, "look", place.path("applications.csv")] + names.map(place.path))
    try #require(outcome.code == 0, "\(outcome.err)")
    var personal: [String] = []
    for name in names where place.exists(name + "/manifest.json") {
      let manifest = try JSONSerialization.jsonObject(with: Data(place.read(name + "/manifest.json").utf8))
      let files = (manifest as? [String: Any])?["files"] as? [[String: Any]] ?? []
      for file in files where file["personal"] as? Bool == true {
        if let path = file["path"] as? String { personal.append(place.path(name + "/" + path)) }
      }
    }
    return outcome.out.split(separator: "\n").map(String.init).filter { line in
      !personal.contains { line.hasPrefix($0 + ":") }
    }
  }

  /// The words that the console may say: those of columns of few kinds that the configuration compares with.
  private func isWord(_ line: String) -> Bool {
    line.contains("/said/")
      && ["status_name", "reject_reason", "segment_cut_off", "early_bad"].contains { column in
        line.lowercased().contains("canary-\(column)")
      }
  }

  @Test func runsKeepNothing() throws {
    try call("run", "run", "-c", "coarse.toml", "-o", "out")
    #expect(try found(in: ["out"]) == [])
    // The test sees what it looks for: the audit is of rows, and marked.
    let audit = try OracleScripts.python([Self.script, "look", place.path("applications.csv"), place.path("out/data")])
    #expect(audit.out.contains("audit_base.csv: "), "\(audit.out.prefix(500))")
    try call(
      "bins", "run", "-c", "coarse.toml", "-o", "binned", "--set", "preprocessing.bins.score_bin.edges=optimal",
      "--set",
      "preprocessing.bins.bureau_bin.edges=quantile")
    try call(
      "types", "run", "-c", "coarse.toml", "-o", "types", "--set",
      "stages.source.with={ types = { born = \"date:iso\", income = \"number\" } }", ending: [3])
    try call(
      "flag", "run", "-c", "coarse.toml", "-o", "flag", "--set", "bad_flag=email", ending: [3])
    try call(
      "names", "run", "-c", "coarse.toml", "-o", "names", "--set", "monitor_only=[\"segment_cut_off\", \"phone\"]",
      ending: [2])
    try call(
      "filter", "run", "-c", "coarse.toml", "-o", "filter", "--set",
      "row_filters=[{ column = \"customer_name\", keep = [\"smith\"] }]", ending: [3])
    try call(
      "segment", "run", "-c", "coarse.toml", "-o", "segment", "--set", "segment_filter=CONSUMER_ST", ending: [3])
    try call("bins-command", "bins", "-c", "coarse.toml", "-o", "bins")
    try call("metrics", "score-metrics", "-c", "coarse.toml", "-o", "metrics")
    try call("track", "track", "out", "applications.csv", "-o", "track")
    try call("stability", "stability", "out")
    try call("explain", "explain-kpi", "out", "--cell", "1,1")
    try call("stress", "stress", "out", "--vintage", "2022-03..2022-08", ending: [0, 4])
    try call("frontier", "frontier", "--cells", "out", "-o", "f.csv", "--certificate", "f.json")
    try call("certificate", "check-certificate", "out")
    try call("wrong cells", "check-certificate", "applications.csv", "f.json", ending: [3])
    try call("wrong cutoffs", "evaluate", "out", "applications.csv", ending: [3])
    try call("export", "export", "out", "--format", "json", "-o", "x.json", "--check", "applications.csv")
    try call("chart", "chart", "risk_vs_production", "out", "-o", "chart.json")
    try call("diff", "diff", "out", "binned", "-o", "diff.csv", ending: [0, 2, 3])
    try call("diff scenarios", "diff", "out", "out", "--scenario", "pessimistic,base", "-o", "scenarios.csv")
    try call("evaluate", "evaluate", "out", "out/data/optimal_solution_base.csv", "--distance", "-o", "evaluated")
    try call("models", "models", "show", "out")
    try call("model", "models", "export", "out", "--to", "json", "-o", "model.json")
    try call("init", "init", "applications.csv", "-o", "init.toml")
    try call("schema", "table", "applications.csv", "--schema")
    try call("type", "table", "applications.csv", "--type", "born=date:iso", ending: [3])
    let left = try place.names(except: "applications.csv", "plain.csv")
    #expect(left.contains("types.failed") || left.contains("filter.failed"))
    #expect(try found(in: left) == [])
    let shown = try place.tool("table", "applications.csv", "--type", "born=date:iso", "--show-values")
    #expect(shown.err.contains("CANARY-BORN"), "\(shown.err)")
  }

  /// One mistyped value in each column that the run uses.
  @Test(arguments: [
    "oa_amt", "mis_date", "status_name", "score_rf", "early_bad", "segment_cut_off", "reject_reason", "todu_30ever_h6",
    "authorization_id", "acct_booked_h0",
  ])
  func mistypedValues(column: String) throws {
    try plant("wrong.csv", wrong: column)
    let run = try place.tool(
      "run", "-c", "coarse.toml", "-o", "out", "--set", "data_path=wrong.csv", "--until", "cells")
    #expect([0, 3].contains(run.code), "\(run.err)")
    try place.write("said/run", run.out + run.err)
    let left = try place.names(except: "applications.csv", "plain.csv", "wrong.csv")
    let hits = try found(in: left)
    #expect(hits.allSatisfy(isWord), "\(hits)")
    guard run.code == 3, !["status_name"].contains(column) else { return }
    let asked = try place.tool(
      "run", "-c", "coarse.toml", "-o", "asked", "--set", "data_path=wrong.csv", "--until", "cells", "--show-values")
    #expect(asked.err.contains("CANARY-\(column.uppercased())"), "\(asked.err)")
    #expect(try found(in: try place.names(except: "applications.csv", "plain.csv", "wrong.csv", "said")) == [])
  }

  /// Programs read rows, and may print them; batches have many folders.
  @Test func programsAndBatches() throws {
    try place.write(
      "talk.py",
      """
      import glob, json, sys
      request = json.load(sys.stdin)
      path = request["input"]["source"]["path"]
      text = "".join(open(name, encoding="utf-8", errors="replace").read(20000) for name in sorted(glob.glob(path + "/*.csv")))
      words = [word for word in text.replace("\\n", ",").split(",") if "CANARY" in word][:20]
      assert words
      for word in words: print(json.dumps({"note": word}), flush=True)
      print("\\n".join(words), file=sys.stderr)
      if len(sys.argv) > 1: raise SystemExit(3)
      json.dump({"checks": [], "skipped": False, "duplicateRows": []}, open(request["output"]["path"] + "/quality-report.json", "w"))
      """)
    for (name, words, code) in [("good", "", Int32(0)), ("bad", ", 'fail'", 3)] {
      try place.write(
        "\(name).toml",
        "extends = \"coarse.toml\"\n[stages.quality]\nuse = \"process\"\nwith = { command = ['python3', 'talk.py'\(words)] }\n"
      )
      let run = try call(name, "run", "-c", "\(name).toml", "-o", "by-\(name)", "--until", "cells", ending: [code])
      #expect(run.err.contains(code == 0 ? "(not shown)" : "lines that a program printed"), "\(run.err)")
    }
    try place.write(
      "segments.toml",
      "[segments.std]\nsegment_filter = \"CONSUMER_STD\"\n[segments.existing]\nsegment_filter = \"EXISTING_CUSTOMER\"\n"
    )
    try call("batch", "batch", "-c", "coarse.toml", "-o", "batch", ending: [0, 3, 5])
    #expect(place.exists("batch"))
    try call("allocate", "allocate", "--data-dir", "batch", "--target", "4.5", ending: [0, 3, 5])
    // The folders of a batch have manifests of their own, which mark their audits.
    let left = try place.names(except: "applications.csv", "plain.csv", "talk.py", "batch")
    let units = try FileManager.default.contentsOfDirectory(atPath: place.path("batch")).map { "batch/" + $0 }
    #expect(try found(in: left + units) == [])
  }
}
