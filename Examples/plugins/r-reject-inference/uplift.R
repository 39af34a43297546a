# Reject inference in base R: a cell's rejects are the riskier, the fewer of its applications were booked, and a cell
# with few applications is drawn towards the rate of all cells.
#
#   multiplier = min(cap, 1 + uplift * (1 - acceptance))
#   acceptance = (booked + prior * rate) / (booked + rejected + prior)
#
# A stage infer-rejects for Cutline: Rscript uplift.R UPLIFT CAP PRIOR. The paths follow from CUTLINE_FOLDER, so that no
# JSON has to be read.

words <- commandArgs(trailingOnly = TRUE)
if (length(words) != 3) stop("usage: uplift.R UPLIFT CAP PRIOR")
numbers <- suppressWarnings(as.numeric(words))
if (anyNA(numbers) || any(numbers < 0)) stop("UPLIFT, CAP and PRIOR must be numbers that are not negative")
uplift <- numbers[1]
cap <- numbers[2]
prior <- numbers[3]

folder <- Sys.getenv("CUTLINE_FOLDER")
if (folder == "") stop("CUTLINE_FOLDER is not set: this program is started by cutline")
cube <- read.csv(file.path(folder, "input/cube/cube.csv"), check.names = FALSE)

# The variables are the columns between cell and outside; where they are empty, the cell lies outside the grid.
names <- colnames(cube)[2:(which(colnames(cube) == "outside") - 1)]
cube <- cube[!is.na(cube[[names[1]]]), ]
grid <- cube[, names, drop = FALSE]

booked <- cube$rows_booked_mature + cube$rows_booked_immature
rejected <- cube$rows_score_rejected
rate <- sum(booked) / (sum(booked) + sum(rejected))
acceptance <- (booked + prior * rate) / pmax(booked + rejected + prior, 1e-12)
grid$multiplier <- pmin(cap, 1 + uplift * (1 - acceptance))

write.csv(grid, file.path(folder, "output/multiplier.csv"), row.names = FALSE, quote = FALSE)
cat(sprintf('{"note":"acceptance %.1f %%, multipliers from %.3f to %.3f"}\n',
            100 * rate, min(grid$multiplier), max(grid$multiplier)))
