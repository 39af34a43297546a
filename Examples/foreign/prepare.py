#!/usr/bin/env python3
"""Makes application files of public loan files, under those files' own names.

    prepare.py gmsc cs-training.csv.gz gmsc.csv
    prepare.py hmeq hmeq.csv hmeq.csv
    prepare.py sba SBAnational.csv.gz sba.csv

Public files hold what became of loans, and no decision. What they lack is added: a date, an amount, two scores of the
file's own features, and a lender's simulated policy, which declines low scores (and a few applicants for other
reasons), takes some low ones all the same, and so hides the outcomes of those whom it declines. The same input gives
the same output. Only the standard library.
"""
import csv, datetime, gzip, math, random, sys


def number(text):
    try:
        return float(text)
    except ValueError:
        return None


def known(text, otherwise):
    value = number(text)
    return otherwise if value is None else value


# Per file: column names of its own for what is added, how a row says that it went bad, its amount, features of a score.
def gmsc(row):
    late = sum(min(known(row[name], 0), 20) for name in row if "PastDue" in name or "DaysLate" in name)
    use = min(known(row["RevolvingUtilizationOfUnsecuredLines"], 0.5), 2)
    return {
        "bad": row["SeriousDlqin2yrs"] == "1",
        "amount": max(500, round(known(row["MonthlyIncome"], 4000) * 1.5, -2)),
        "behaviour": 620 - 110 * use + 1.2 * known(row["age"], 45),
        "bureau": 720 - 60 * math.log1p(late) - 20 * min(known(row["DebtRatio"], 0.3), 3),
    }


def hmeq(row):
    delinquent, derogatory = known(row["h8"], 1), known(row["h7"], 1)
    ratio = known(row["h12"], 55)
    return {
        "bad": row["st"] == "1",
        "amount": known(row["h1"], 10000),
        "behaviour": 640 - 3 * ratio + 0.2 * known(row["h9"], 150),
        "bureau": 700 - 55 * math.log1p(delinquent) - 45 * math.log1p(derogatory) - 8 * known(row["h10"], 1),
    }


def sba(row):
    if row["MIS_Status"].strip() not in ("P I F", "CHGOFF"):
        return None
    money = float(row["GrAppv"].replace("$", "").replace(",", ""))
    term = known(row["Term"], 60)
    return {
        "bad": row["MIS_Status"].strip() == "CHGOFF",
        "amount": money,
        "behaviour": 500 + min(term, 240) * 0.9,
        "bureau": 560 + 14 * math.log1p(known(row["NoEmp"], 1)) + 25 * math.log10(max(money, 1000)),
    }


FILES = {
    "gmsc": (gmsc, dict(id="AppNo", date="ApplicationDate", decision="Decision", reason="DeclineReason",
                        asked="RequestedAmount", given="FundedAmount", bad="SeriousDlqin2yrs",
                        behaviour="BehaviourScore", bureau="BureauScore"),
             ("Funded", "Declined", "Withdrawn"), "%Y-%m-%d"),
    "hmeq": (hmeq, dict(id="APP_ID", date="APP_DATE", decision="APP_STATUS", reason="REJECT_REASON",
                        asked="LOAN_AMOUNT", given="GRANTED_AMOUNT", bad="BAD",
                        behaviour="SCORECARD_PTS", bureau="BUREAU_PTS"),
             ("BOOKED", "DENIED", "CANCELLED"), "%Y-%m-%d"),
    "sba": (sba, dict(id="RequestId", date="DecisionDate", decision="Outcome", reason="Reason",
                      asked="AmountRequested", given="DisbursedAmount", bad="DefaultFlag",
                      behaviour="TermScore", bureau="FirmScore"),
            ("disbursed", "refused", "expired"), "%d/%m/%Y"),
}


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in FILES:
        sys.exit(__doc__)
    describe, names, (booked, declined, withdrawn), form = FILES[sys.argv[1]]
    opened = gzip.open if sys.argv[2].endswith(".gz") else open
    draw = random.Random(20260101)
    with opened(sys.argv[2], "rt", encoding="utf-8", errors="replace", newline="") as source:
        rows = [(row, facts) for row in csv.DictReader(source) if (facts := describe(row)) is not None]
    # The lender's cut: the lowest 35 % of what it sees, which is the scores with some judgement of its own.
    seen = [facts["behaviour"] + facts["bureau"] + draw.gauss(0, 25) for _, facts in rows]
    cut = sorted(seen)[int(0.35 * len(seen))]
    with open(sys.argv[3], "w", encoding="utf-8", newline="") as target:
        out = csv.writer(target)
        out.writerow(names.values())
        for number_, ((_, facts), view) in enumerate(zip(rows, seen)):
            day = datetime.date(2023, 1, 1) + datetime.timedelta(days=draw.randrange(730))
            chance = draw.random()
            decision, reason = booked, ""
            if chance < 0.02:
                decision, reason = declined, "POLICY"
            elif chance < 0.05:
                decision = withdrawn
            elif view < cut and chance < 0.97:
                decision, reason = declined, "SCORE"
            isBooked = decision == booked
            # What was booked in the last half year has no outcome yet.
            isKnown = isBooked and day < datetime.date(2024, 7, 1)
            out.writerow([
                f"{sys.argv[1].upper()}-{number_ + 1:07d}", day.strftime(form), decision, reason,
                f"{facts['amount']:.0f}", f"{facts['amount'] if isBooked else 0:.0f}",
                int(facts["bad"]) if isKnown else "",
                f"{facts['behaviour']:.1f}", f"{facts['bureau']:.1f}" if draw.random() > 0.01 else "",
            ])
    print(f"{sys.argv[3]}: {len(rows)} applications", file=sys.stderr)


main()
