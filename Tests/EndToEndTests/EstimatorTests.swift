import CutlineCore
import CutlineCredit
import CutlineRun
import Foundation
import Testing

/// Estimators that settings hold, whoever wrote them, on the same folds.
@Suite struct EstimatorTests {
  /// Weighted least squares by normal equations, in plain Python.
  private static let program = """
    import csv, json, os, sys
    request = json.load(sys.stdin)
    folder = request["input"]["design"]["path"]
    names = json.load(open(folder + "/design.json"))["features"]
    rows = list(csv.DictReader(open(folder + "/design.csv")))
    n = len(names) + 1
    a = [[0.0] * (n + 1) for _ in range(n)]
    for row in rows:
        x = [1.0] + [float(row[name]) for name in names]
        w, y = float(row["weight"]), float(row["target"])
        for i in range(n):
            for j in range(n):
                a[i][j] += w * x[i] * x[j]
            a[i][n] += w * x[i] * y
    for i in range(n):
        pivot = max(range(i, n), key=lambda k: abs(a[k][i]))
        a[i], a[pivot] = a[pivot], a[i]
        for k in range(n):
            if k != i:
                f = a[k][i] / a[i][i]
                a[k] = [u - f * v for u, v in zip(a[k], a[i])]
    with open(request["output"]["path"] + "/coefficients.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["term", "coefficient"])
        for term, i in zip(["(intercept)"] + names, range(n)):
            writer.writerow([term, repr(a[i][n] / a[i][i])])
    """

  @Test func nativeLibraryAndProgramAreComparedOnTheSameFolds() throws {
    let place = try Workplace()
    let plugin = try ToyPlugin()
    try place.simulate(rows: 4000)
    try place.write("fit.py", Self.program)
    let config = try place.read("config.toml")
    try place.write(
      "config.toml",
      config + """

        [plugins]
        load = ["\(plugin.path)"]

        [stages.train]
        with = { feature_sets = ["simple"], estimators = [
          "linear",
          "toy-mean",
          { use = "process", with = { command = ["python3", "fit.py"] } },
          { use = "process", with = { command = ["sh", "-c", "echo sec''ret >&2; exit 3"] } },
          { use = "ridge", with = { alpha = 2 } },
        ] }
        """)
    let run = try place.tool("run", "-c", "config.toml", "-o", "out")
    #expect(run.code == 0, "\(run.err)")
    let surface = try RunArtifact.load(RiskSurface.self, stage: "train", from: place.path("out"))
    let found = surface.candidates
    #expect(
      found.map(\.estimator) == [
        "linear", "toy-mean", "process python3 fit.py", "process sh -c 'echo sec''ret >&2; exit 3'", "ridge",
      ])
    let scores = found.map(\.outOfFoldR2)
    #expect(scores[3] == nil && found[3].failure?.contains("estimators[4] process") == true)
    #expect(run.err.contains("exit 3' with simple features is left out"))
    let known = try scores.enumerated().filter { $0.offset != 3 }.map { try #require($0.element) }
    // Least squares by another program on the same folds is the same to rounding; another draw of folds would not be.
    #expect(abs(known[0] - known[2]) < 1e-9, "\(known)")
    #expect(known[1] < known[0])
    #expect(surface.model?.features.map(\.name).count == 2)
    // What the failing program said may be of a person: it is not kept.
    let kept = try place.read("out/events.jsonl") + place.read("out/manifest.json")
    #expect(!kept.contains("secret"))
    #expect(try place.tool("verify", "out").code == 0)
  }

  @Test func mistakesInEstimatorsAreSaidTogether() throws {
    let place = try Workplace()
    try place.simulate(rows: 200)
    let config = try place.read("config.toml")
    try place.write(
      "config.toml",
      config + """

        [stages.train]
        with = { estimators = [
          "lniear",
          { use = "ridge", with = { alhpa = 1 } },
          { use = "ridge", with = { alpha = -1 } },
        ], select = "bets" }
        """)
    let check = try place.tool("check", "-c", "config.toml")
    #expect(check.code == 2)
    for said in [
      "there is no fit called lniear; did you mean linear", "unknown key alhpa of estimators[2] ridge",
      "alpha is the number -1", "select is the text \"bets\"; did you mean best",
    ] { #expect(check.err.contains(said), "\(said) in \(check.err)") }
  }
}
