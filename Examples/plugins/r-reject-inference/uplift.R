# Reject inference in base R: a cell's rejects are the riskier, the fewer of its applications were booked, and a cell
# with few applications is drawn towards the rate of the whole sample.
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
# The key is a whole number of 64 bits, which R has no type for; it is not needed here.
sample <- read.csv(file.path(folder, "input/sample/sample.csv"), colClasses = c(key = "character"), check.names = FALSE)

# The variables are the columns between cell and status, each followed by its raw score.
names <- setdiff(colnames(sample)[2:(which(colnames(sample) == "status") - 1)], "")
names <- names[paste0(names, "_raw") %in% names]

# Every cell of the grid, also the empty ones: the number of bins stands in sample.json, as one edge more than bins.
text <- paste(readLines(file.path(folder, "input/sample/sample.json"), warn = FALSE), collapse = " ")
found <- regmatches(text, gregexpr('"edges"[ ]*:[ ]*\\[[^]]*\\]', text))[[1]]
bins <- lengths(strsplit(found, ",")) - 1
grid <- do.call(expand.grid, rev(lapply(bins, seq_len)))[, rev(seq_along(bins)), drop = FALSE]
colnames(grid) <- names

count <- function(status) {
  tabulate(sample$cell[sample$status == status] + 1, nbins = nrow(grid))
}
booked <- count("booked")
rejected <- count("score-rejected")
rate <- sum(booked) / (sum(booked) + sum(rejected))
acceptance <- (booked + prior * rate) / pmax(booked + rejected + prior, 1e-12)
grid$multiplier <- pmin(cap, 1 + uplift * (1 - acceptance))

write.csv(grid, file.path(folder, "output/multiplier.csv"), row.names = FALSE, quote = FALSE)
cat(sprintf('{"note":"acceptance %.1f %%, multipliers from %.3f to %.3f"}\n',
            100 * rate, min(grid$multiplier), max(grid$multiplier)))
