#!/usr/bin/env bash
# From a file of applications to a scorecard in force, and back: the commands of README.md, in a folder `work` beside this
# script, which each call makes anew. HMEQ=FILE takes the real file instead of the one that is made up here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
rm -rf work
mkdir work
cp first.toml second.toml third.toml work/
if [ -n "${HMEQ:-}" ]; then
  # Copies of HMEQ call their columns differently; the order is the same in all of them.
  (echo BAD,LOAN,MORTDUE,VALUE,REASON,JOB,YOJ,DEROG,DELINQ,CLAGE,NINQ,CLNO,DEBTINC && tail -n +2 "$HMEQ") >work/hmeq.csv
else
  python3 applications.py work/hmeq.csv
fi
cd work

# Prints a command, runs it, and goes on where it ends with the exit code that the first word says.
say() {
  local wanted=0 code=0
  if [[ $1 =~ ^[0-9]$ ]]; then
    wanted=$1
    shift
  fi
  local word line="$"
  for word in "$@"; do
    [[ $word == *" "* ]] && line+=" \"$word\"" || line+=" $word"
  done
  echo "$line"
  "$@" 2>&1 || code=$?
  [ "$code" -eq "$wanted" ] || { echo "tutorial: exit code $code, not $wanted" >&2; exit 1; }
  [ "$code" -eq 0 ] || echo "(exit code $code)"
  echo
}
now() { date -u +%Y-%m-%dT%H:%M:%S.%6NZ; }

echo "== 1 is the configuration right?"
say cutline check -c first.toml

echo "== 2 the first card"
say cutline run -c first.toml -o first
say cutline scorecard show first/data/scorecard.json
say cat first/data/gates.csv

echo "== 3 scores and reasons"
say cutline scorecard score first/data/scorecard.json hmeq.csv --reasons -o scored.csv
say cutline table scored.csv --head 4 --columns BAD,score,band,pd,decision,reason_1,reason_2

echo "== 4 people"
say cutline store init --admin root --write-token root.token
say cutline product add home-equity --token-file root.token
say cutline principal add anna --role analyst --write-token anna.token --token-file root.token
say cutline principal add boris --role approver --write-token boris.token --token-file root.token
say cutline principal add cora --role approver --write-token cora.token --token-file root.token

echo "== 5 into force"
say cutline version create --kind scorecard --from-run first --notes "the first card" --token-file anna.token
say 2 cutline version activate v1 --token-file boris.token
say cutline version submit v1 --token-file anna.token
say 2 cutline version approve v1 --reason "mine" --token-file anna.token
say cutline version approve v1 --reason "committee of 12 March" --token-file boris.token
say cutline version activate v1 --token-file boris.token
then=$(now)

echo "== 6 a second card that is not better"
say 4 cutline run -c second.toml -o second
say cat second.failed/data/gates.csv

echo "== 7 a third card that is"
say cutline run -c third.toml -o third
say cat third/data/gates.csv
say cutline scorecard compare first/data/scorecard.json hmeq.csv --with third/data/scorecard.json --outcome BAD
say cutline version create --kind scorecard --from-run third --base v1 --token-file anna.token
say cutline version submit v2 --token-file anna.token
say cutline version approve v2 --reason "committee of 9 April" --token-file boris.token
say cutline version activate v2 --token-file cora.token

echo "== 8 what was in force then, and what is now"
say cutline version live --at "$then"
say cutline version live

echo "== 9 back"
say cutline version rollback --reason "arrears of week 3" --token-file boris.token
say cutline version confirm v1 --token-file cora.token
say cutline version history v1
say cutline version content v1 -o in-force.json
say cmp in-force.json first/data/scorecard.json
say cutline audit verify
