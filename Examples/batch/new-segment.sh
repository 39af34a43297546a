#!/usr/bin/env bash
# A new segment: segment_filter alone is enough, the rest is the configuration's.
source "$(dirname "$0")/data.sh"
cp segments.toml more.toml
printf '\n[segments.everybody_else]\nsegment_filter = ["NEW_CUSTOMER", "EXISTING_CUSTOMER"]\n' >> more.toml
cutline batch --segments-config more.toml -s everybody_else --output output/more "$@"
cutline verify output/more/everybody_else
