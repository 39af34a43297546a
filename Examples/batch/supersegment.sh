#!/usr/bin/env bash
# A supersegment: its model is trained once and serves two segments; the second batch takes it as it is.
source "$(dirname "$0")/data.sh"
cutline batch -s consumer_std consumer_plus --output output/super "$@"
cutline models list output/super/_supersegment_consumer
cutline batch -s consumer_std consumer_plus --output output/super --reuse-models "$@"
