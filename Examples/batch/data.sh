# What the scripts share: the portfolio, simulated where it is not there yet. ROWS says how many applications.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
[ -f portfolio.toml ] ||
  cutline simulate --rows "${ROWS:-100000}" --seed 7 --output applications.csv --config portfolio.toml
