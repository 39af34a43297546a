#!/usr/bin/env bash
# The standard batch: all segments anew, several at a time, and one table over all of them. Options go to `cutline batch`.
source "$(dirname "$0")/data.sh"
cutline batch --list
cutline config diff consumer_std base
cutline batch --clean --parallel --output output/standard "$@"
grep --max-count 1 base output/standard/consolidated_risk_production.csv
grep TOTAL output/standard/consolidated_risk_production.csv
