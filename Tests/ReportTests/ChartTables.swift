@_spi(Run) import CutlineCore

@testable import CutlineReport

/// Tables as a run, a batch and `cutline score-metrics` leave them, small enough to be read here.
struct ChartTables {
  /// A name that people gave: of a segment, a variable, a score, a feature.
  var name = "score_rf"
  /// Bins of both scores.
  var lines = 3
  var columns = 4
  /// Points of the frontier.
  var points = 12
  /// Months; the third one has no demand.
  var months = 8
  var hasRecent = true

  static let scenarios = ["careful", "base"]

  func tables() -> RunTables { RunTables([StageFiles(FileSet(files: files()))]) }

  func files() -> [ResultFile] {
    var all =
      monthly() + grid() + [strategies(), frontier(), stability(), stabilityMonthly(), shap(), shapValues(), reject()]
    all += scores() + [consolidated(), bins()]
    return all
  }

  private func file(_ path: String, _ columns: String, _ rows: [[String]]) -> ResultFile {
    ResultFile(
      path: path, columns: columns.split(separator: ",").map { ColumnNote(String($0), unit: "text", "Of a test.") },
      rows: rows)
  }

  private func monthly() -> [ResultFile] {
    let rows = (0..<months).map { month -> [String] in
      let name = "202\(month / 12)-\(month % 12 < 9 ? "0" : "")\(month % 12 + 1)"
      // The second year has no entry, the last months no outcome.
      let zone = month < 5 ? "4.5" : ""
      let risk = month < months - 2 ? "\(4 + Double(month % 3))" : ""
      return [name, "\(1_000_000 + 50_000 * month)", month == 2 ? "" : "0.\(60 + month % 10)", risk, risk, zone]
    }
    let anomalies = (0..<months).flatMap { month in
      [name, "risk_rate"].map { metric in
        [
          metric, rows[month][0], "\(10 + month)", month > 3 ? "8" : "", month > 3 ? "14" : "",
          month > 4 ? "anomaly" : "insufficient",
        ]
      }
    }
    return [
      file(
        "data/monthly_metrics_all.csv",
        "month,total_production,transformation_rate,risk_rate,risk_rate_trailing_6m,comfort_zone",
        rows), file("data/trend_anomalies_all.csv", "metric,month,value,low,high,status", anomalies),
    ]
  }

  private var cells: [(Int, Int)] { (1...lines).flatMap { line in (1...columns).map { (line, $0) } } }

  private func grid() -> [ResultFile] {
    func summary(_ path: String, _ factor: Double) -> ResultFile {
      file(
        path, "\(name),bureau_bin,acct_booked_h0_boo,oa_amt_boo,todu_amt_pile_h6_boo,oa_amt_h0,b2_ever_h6",
        cells.map { line, column in
          let risk = column == columns && line == lines ? "" : "\(factor * 20 / Double(line * column))"
          return [
            "\(line)", "\(column)", "9", "\(1000 * column)", "\(5900 * column)", "\(12_345 * line * column)", risk,
          ]
        })
    }
    return Self.scenarios.flatMap { scenario -> [ResultFile] in
      let accepts = { (line: Int, column: Int) in line + column > (scenario == "base" ? 4 : 5) }
      return [
        summary("data/data_summary_desagregado_\(scenario).csv", 1),
        file(
          "data/decisions_\(scenario).csv",
          "\(name),\(name)_interval,bureau_bin,bureau_bin_interval,decision,in_force,change",
          cells.map { line, column in
            let (now, before) = (accepts(line, column), column > 2)
            return [
              "\(line)", "(\(line), \(line + 1)]", "\(column)", "(\(column), \(column + 1)]", now ? "accept" : "reject",
              before ? "accept" : "reject", now == before ? "" : now ? "opened" : "closed",
            ]
          }),
        file(
          "data/cutoff_stability_\(scenario).csv", "\(name),bureau_bin,accepted,accepted_share",
          cells.map { line, column in
            let isAccepted = accepts(line, column)
            return ["\(line)", "\(column)", isAccepted ? "1" : "0", isAccepted ? "0.97" : "0.125"]
          }),
        file(
          "data/price_of_change_\(scenario).csv",
          "changes_at_most,status,limit_pct,production,gain,gain_share,risk_pct",
          [
            ["0", "infeasible", "5", "", "", "", ""], ["1", "optimal", "5", "1000000", "0", "0", "4.5"],
            ["2", "optimal", "5", "1900000", "900000", "96", "4.8"],
            ["3", "optimal", "5", "1937500", "937500", "100", "4.9"],
          ]),
      ] + (hasRecent ? [summary("data/data_summary_desagregado_mr_\(scenario).csv", 1.5)] : [])
    }
  }

  private func bins() -> ResultFile {
    let sides = [(name, lines), ("bureau_bin", columns)]
    return file(
      "data/bins.csv", "variable,source,direction,bin,low,high",
      sides.flatMap { side in
        (1...side.1).map {
          [side.0, "\(side.0)_raw", "higher-is-safer", "\($0)", $0 == 1 ? "" : "\(400 + $0)", "\(401 + $0)"]
        }
      })
  }

  private func strategies() -> ResultFile {
    file(
      "data/strategies.csv", "strategy,limit_pct,production,risk_pct,acceptance_pct,changed_cells",
      [
        ["actual", "", "1000000", "5.5", "60", ""], ["in force", "", "900000", "5.1", "58", "0"],
        ["careful", "4", "800000", "3.9", "50", "5"], ["base", "5", "1937500", "4.9", "70", "3"],
        ["bold", "0.1", "", "", "", ""],
      ])
  }

  private func frontier() -> ResultFile {
    file(
      "data/pareto_optimal_solutions.csv", "oa_amt_h0,b2_ever_h6",
      (0..<points).map { ["\(193_750 * $0 + ($0 == 10 ? 0 : 7))", "\(0.49 * Double($0))"] })
  }

  private func stability() -> ResultFile {
    file(
      "data/stability_psi.csv", "variable,role,psi,noise_bound,status,beyond_noise",
      hasRecent
        ? [
          [name, "score", "0.31", "0.01", "unstable", "true"],
          ["oa_amt", "amount", "0.004", "0.01", "stable", "false"],
        ] : [])
  }

  private func stabilityMonthly() -> ResultFile {
    file(
      "data/stability_monthly.csv", "variable,month,rows,psi,noise_bound,status,in_main_period",
      (1...6).map {
        [name, "2022-0\($0)", "500", $0 == 4 ? "" : "0.0\($0)", "0.02", "stable", $0 > 2 ? "true" : "false"]
      })
  }

  private func shap() -> ResultFile {
    file(
      "data/shap_summary.csv", "feature,mean_abs_shap,share,mean_shap,min_shap,max_shap,permutation_importance",
      [[name, "0.5", "0.8", "0", "-1", "1.25", "0.04"], ["income", "0.125", "0.2", "0", "-0.5", "0.25", "0.01"]])
  }

  private func shapValues() -> ResultFile {
    file(
      "data/shap_values.csv", "value_\(name),value_income,shap_\(name),shap_income",
      (0..<40).map { ["\($0)", "\($0 % 7)", "\(Double(20 - $0) / 20)", "\(Double($0 % 7) / 14)"] })
  }

  private func reject() -> ResultFile {
    file(
      "data/reject_check.csv",
      "stage,method,\(name),bureau_bin,booked_rows,rejected_rows,status,multiplier,predicted_risk_pct,overrides,observed_risk_pct,"
        + "override_risk_pct,override_risk_low_pct,override_risk_high_pct",
      cells.map { line, column in
        [
          "infer-rejects", "parcelling", "\(line)", "\(column)", "\(10 * column)", "90",
          column < 3 ? "compared" : "no_rejects", "1.5",
          "\(3 * line)", "\(column)", "\(2 * line)", column < 3 ? "\(2 * line + column)" : "", "1", "9",
        ]
      })
  }

  private func scores() -> [ResultFile] {
    let file = { (path: String, columns: String, rows: [[String]]) in self.file(path, columns, rows) }
    let names = [name, "combined"]
    let stem = "scores/"
    var all = [
      file(
        stem + "score_discriminance.csv",
        "level,name,supersegment,period,score,auroc,gini,ks,n_records,n_bads,bad_rate,auroc_low,auroc_high,ks_score,"
          + "average_precision,population,outcome,weighting",
        names.map {
          [
            "segment", name, "", "main", $0, "0.7", "0.4", "0.3", "1000", "50", "0.05", "0.65", "0.75", "500", "0.1",
            "booked", "early_bad", "applications",
          ]
        }),
      file(
        stem + "delong_comparisons.csv",
        "level,name,supersegment,period,score_1,score_2,auc1,auc2,auc_diff,p_value,p_holm",
        [["segment", name, "", "main", name, "combined", "0.7", "0.65", "0.05", "0.01", "0.02"]]),
    ]
    for score in names {
      let end = "\(SegmentName.file(name))_main_\(SegmentName.file(score)).csv"
      let steps = (0...120).map { Double($0) / 120 }
      all += [
        file(stem + "roc/" + end, "score,fpr,tpr", steps.map { ["\(700 - 300 * $0)", "\($0 * $0)", "\($0)"] }),
        file(stem + "cap/" + end, "score,population,captured,perfect", steps.map { ["1", "\($0)", "\($0)", "1"] }),
        file(stem + "pr/" + end, "score,recall,precision", steps.map { ["1", "\($0)", "0.1"] }),
        file(
          stem + "lift_tables/" + end, "bin,cumulative_pct_population,cumulative_lift",
          (1...10).map { ["\($0)", "\(10 * $0)", "\(3 - Double($0) / 5)"] }),
      ]
    }
    return all
  }

  private func consolidated() -> ResultFile {
    file(
      "consolidated_risk_production.csv",
      "group,kind,period,scenario,status,segments,actual_production,actual_risk_pct,optimum_production,optimum_risk_pct,"
        + "production_ci_lower,production_ci_upper,risk_ci_lower,risk_ci_upper,interval_method",
      [
        [
          "segment", "segment", "main", "base", "complete", name, "1000000", "5", "1100000", "4.5", "1000000",
          "1200000", "4", "5", "bca",
        ],
        ["missing", "segment", "main", "base", "missing", "lost", "", "", "", "", "", "", "", "", ""],
        [
          "TOTAL", "total", "main", "base", "incomplete", name, "1000000", "5", "1100000", "4.5", "", "", "", "", "bca",
        ],
      ])
  }
}
