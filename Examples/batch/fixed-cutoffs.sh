#!/usr/bin/env bash
# Cutoffs that are decided already: one segment is run with them instead of a search.
source "$(dirname "$0")/data.sh"
cutline batch --segments-config fixed.toml -s existing_customer --output output/fixed "$@"
cat output/fixed/existing_customer/data/risk_production_summary_base.csv
