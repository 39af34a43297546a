"""Applications, read and prepared by the words of the specification: an independent check of `cutline run`.

Standard library only. Amounts are exact: text -> Decimal -> integer cents, half to even. Ratios are Fractions.
Sections named here are those of the pipeline's specification; where it is silent the doc comment of the stage rules.
"""

import csv
import datetime
import gzip
import math
import tomllib
from bisect import bisect_left, bisect_right
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

INDICATORS = ["acct_booked_h0", "oa_amt", "todu_30ever_h6", "todu_amt_pile_h6", "oa_amt_h0"]
ACCOUNTS, REQUESTED, NUMERATOR, DENOMINATOR, PRODUCTION = range(5)

KNOWN_KEYS = set(
    """data_path keep_vars indicators date_ini_book_obs date_fin_book_obs variables optimum_risk risk_step
    reject_inference_method reject_uplift_factor reject_max_risk_multiplier stress stress_share stress_variable
    duplicates eligible bins octroi_bins efx_bins inv_var1 segment_filter n_months multiplier cv_folds repeated_ids
    accept_direction_conflict granularity date_ini_book_obs_mr date_fin_book_obs_mr audit_tables resamples changes_most pictures""".split()
)


def load_config(path, overrides=()):
    """The table [preprocessing] with `key=value` overrides, values in TOML or plain text."""
    with open(path, "rb") as file:
        document = tomllib.load(file)
    if set(document) - {"preprocessing", "seed", "stages"}:
        raise SystemExit(f"{path}: this check knows [preprocessing] only")
    table = document["preprocessing"]
    for item in overrides:
        key, text = item.split("=", 1)
        # What a stage is told besides: the run says what came of it, and that is recomputed.
        if key.startswith("stages."):
            continue
        try:
            value = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            value = text
        if isinstance(value, datetime.date):
            value = value.isoformat()
        parts = key.removeprefix("preprocessing.").split(".")
        place = table
        for part in parts[:-1]:
            place = place.setdefault(part, {})
        place[parts[-1]] = value
    unknown = set(table) - KNOWN_KEYS
    if unknown:
        raise SystemExit(f"{path}: this check does not know {sorted(unknown)}")
    return table


def standardised(text):
    """Section 4: trimmed, lower case, spaces to underscores."""
    return text.strip().lower().replace(" ", "_")


def cents(text):
    """Hundredths, half to even; None where missing."""
    if text == "":
        return None
    return int((Decimal(text) * 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def month_index(iso):
    return int(iso[:4]) * 12 + int(iso[5:7]) - 1


class Axis:
    """One score of the grid. Bins count from 1 by ascending raw value, or descending where asked (CONVENTIONS)."""

    def __init__(self, name, table):
        self.name = name
        self.source = standardised(table["source"])
        self.safer_high = {"higher-is-safer": True, "higher-is-riskier": False}[table["direction"]]
        self.ascending = table.get("numbering", "ascending") == "ascending"
        self.right_closed = table.get("closed", "right") == "right"
        self.edges = [float(edge) for edge in table["edges"]]
        self.missing = table.get("missing", "error")
        self.outside = table.get("outside", "error")
        self.special = [(float(code), policy) for code, policy in table.get("special", {}).items()]
        self.count = len(self.edges) - 1

    def bin(self, value):
        """The bin number from 1, None outside the edges."""
        if not self.edges[0] <= value <= self.edges[-1]:
            return None
        inner = self.edges[1:-1]
        below = bisect_left(inner, value) if self.right_closed else bisect_right(inner, value)
        return below + 1 if self.ascending else self.count - below

    def position(self, number):
        """How many bins are safer than bin `number`."""
        safest_is_last = self.safer_high == self.ascending
        return self.count - number if safest_is_last else number - 1

    def number(self, position):
        """The bin at a position counted from the safe end, from 0."""
        safest_is_last = self.safer_high == self.ascending
        return self.count - position if safest_is_last else position + 1

    def middle(self, number):
        """A raw value for a bin that nobody is in: the middle, or the finite edge of an open bin."""
        index = number - 1 if self.ascending else self.count - number
        low, high = self.edges[index], self.edges[index + 1]
        if math.isinf(low) and math.isinf(high):
            return 0.0
        if math.isinf(low):
            return high
        return low if math.isinf(high) else (low + high) / 2


def axes_of(config):
    """The two scores, the requirement's octroi_bins and efx_bins translated as CONVENTIONS say."""
    axes = []
    for place, name in enumerate(config["variables"]):
        table = config.get("bins", {}).get(name)
        if table is None and place == 0:
            table = {"source": "score_rf", "direction": "higher-is-safer", "edges": config["octroi_bins"]}
        elif table is None:
            direction = "higher-is-riskier" if config.get("inv_var1", False) else "higher-is-safer"
            table = {"source": "risk_score_rf", "direction": direction, "numbering": "descending",
                     "edges": config["efx_bins"]}
        axes.append(Axis(name, table))
    return axes


class Application:
    __slots__ = ("key", "booked", "bins", "scores", "amounts", "mature", "order")

    def __init__(self, key, booked, bins, scores, amounts, mature, order):
        self.key, self.booked, self.bins, self.order = key, booked, bins, order
        self.scores, self.amounts, self.mature = scores, amounts, mature


def fnv1a(text):
    """What stands for an application: the 64-bit FNV-1a hash of its id."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 % (1 << 64)
    return value


def read_rows(path, limit=None):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = [standardised(name) for name in next(reader)]
        for count, row in enumerate(reader):
            if limit is not None and count >= limit:
                return
            yield header, row


class Portfolio:
    """The applications of the main period and everything that is said once about them."""

    def __init__(self, config, path, limit=None):
        self.config = config
        self.axes = axes_of(config)
        self.multiplier = Fraction(str(config.get("multiplier", 7)))
        self.applications = []
        self.waterfall = {}
        self.outside = {}
        self.rows_in = 0
        start, end = month_index(str(config["date_ini_book_obs"])), month_index(str(config["date_fin_book_obs"]))
        if config.get("granularity", "month") != "month":
            raise SystemExit("this check knows granularity = month only")
        self.months = end - start + 1
        self.annual = Fraction(12, self.months)
        wanted = config.get("segment_filter")
        if wanted is not None:
            wanted = {standardised(value) for value in ([wanted] if isinstance(wanted, str) else wanted)}
        eligible = config.get("eligible", {"column": "se_decision_id", "values": ["ok", "rv"]})
        window = range(end - int(config.get("n_months", 12)) + 1, end + 1)
        self.eligible_amount = self.eligible_booked = 0
        demand = dict.fromkeys(("booked", "granted", "cancelled", "other", "offered", "all", "eligible"), 0)
        seen = set()
        kept = []
        for header, row in read_rows(path, limit):
            self.rows_in += 1
            key = tuple(row)
            if config.get("duplicates", "drop-exact") == "drop-exact":
                if key in seen:
                    self._count("dropped", "identical to an earlier row")
                    continue
                seen.add(key)
            field = dict(zip(header, row))
            if wanted is not None:
                segment = standardised(field["segment_cut_off"])
                if segment not in wanted:
                    self._count("dropped", "another segment" if segment else "no segment")
                    continue
            if field["mis_date"] == "":
                self._count("dropped", "mis_date is missing")
                continue
            month = month_index(field["mis_date"])
            status = standardised(field["status_name"])
            booked = status == "booked"
            amounts = [cents(field[name]) for name in INDICATORS]
            mature = amounts[NUMERATOR] is not None and amounts[DENOMINATOR] is not None
            amounts = [amount or 0 for amount in amounts]
            # 6.3: an application that was not booked would have produced what it asked for.
            if not booked:
                amounts[PRODUCTION] = amounts[REQUESTED]
            # Section 7, with the window ending with the main period; whatever the score and the reason.
            is_eligible = eligible == "all" or standardised(field[eligible["column"]]) in [
                standardised(v) for v in eligible["values"]]
            if is_eligible and month in window:
                self.eligible_amount += amounts[REQUESTED]
                self.eligible_booked += amounts[REQUESTED] if booked else 0
            if month in window and self._bins(field)[1] != "drop":
                self._add_demand(demand, status, standardised(field["reject_reason"]), amounts, is_eligible)
            kept.append((self.rows_in, field, month, status, booked, amounts, mature))
        self.immature_months = self._immature(kept, range(start, end + 1))
        self.months -= len(self.immature_months)
        self.annual = Fraction(12, self.months)
        for order, field, month, status, booked, amounts, mature in kept:
            self._place(order, field, month, start, end, status, booked, amounts, mature)
        self.rate = Fraction(self.eligible_booked, self.eligible_amount)
        self._rates(demand)
        self._stress()

    @staticmethod
    def _add_demand(demand, status, reason, amounts, is_eligible):
        """Requested and granted amounts of the window, of all that has a place in the grid or outside it."""
        requested = amounts[REQUESTED]
        demand["all"] += requested
        demand["eligible"] += requested if is_eligible else 0
        if status == "booked":
            demand["booked"] += requested
            demand["granted"] += amounts[PRODUCTION]
        elif status in ("canceled", "cancelled"):
            demand["cancelled"] += requested
        elif reason != "09-score":
            demand["other"] += requested
            demand["offered"] += requested if is_eligible else 0

    def _rates(self, demand):
        """What other rules let pass, what of the offers is taken, what of a request is granted. An offer that was not taken
        has passed; where everything counts as eligible, nothing says which of the rejected were offers."""
        offers = demand["booked"] + demand["cancelled"]
        offers += demand["offered"] if demand["eligible"] != demand["all"] else 0
        self.passing = Fraction(offers, demand["booked"] + demand["cancelled"] + demand["other"])
        self.take_up = Fraction(demand["booked"], offers)
        self.granted = Fraction(demand["granted"], demand["booked"])

    @staticmethod
    def _immature(rows, period):
        """Months in which fewer than half of the booked applications have an outcome."""
        booked, known = {}, {}
        for _, _, month, _, is_booked, _, mature in rows:
            if is_booked and month in period:
                booked[month] = booked.get(month, 0) + 1
                known[month] = known.get(month, 0) + mature
        return {month for month in booked if 2 * known[month] < booked[month]}

    def _count(self, role, reason):
        self.waterfall[role, reason] = self.waterfall.get((role, reason), 0) + 1

    def _place(self, order, field, month, start, end, status, booked, amounts, mature):
        """Everything that can still send a row away, in the order of the waterfall."""
        if month < start:
            return self._count("dropped", "before the main period")
        if month > end:
            return self._count("dropped", "after the main period")
        if month in self.immature_months:
            return self._count("dropped", "month without outcomes yet")
        if status not in ("booked", "rejected"):
            return self._count("dropped", "status is neither booked nor rejected")
        if not booked and standardised(field["reject_reason"]) != "09-score":
            return self._count("dropped", "rejected for another reason than the score")
        if not (booked and mature):
            amounts[NUMERATOR] = amounts[DENOMINATOR] = 0
        bins, policy, scores, reason = self._bins(field)
        if policy == "error":
            raise SystemExit(f"row {order}: {reason}")
        if policy == "own-bin":
            line = self.outside.setdefault(reason, [0] * 5)
            if booked:
                for index in range(5):
                    line[index] += amounts[index]
            return self._count("outside", reason + ", keeps its decision")
        if policy:
            return self._count("dropped", reason)
        self._count("used", "booked, in the grid" if booked else "rejected by score, in the grid")
        self.applications.append(Application(
            fnv1a(field["authorization_id"]), booked, tuple(bins), scores, amounts, booked and mature, order))

    def _bins(self, field):
        """The bins, None, the scores and None; or None, what becomes of the row and why."""
        bins, scores = [], []
        for axis in self.axes:
            text = field[axis.source]
            value = None if text == "" else float(text)
            number = None if value is None else axis.bin(value)
            special = next((item for item in axis.special if item[0] == value), None)
            if special is not None:
                code = f"{special[0]:g}"
                reason, policy = f"{axis.name}: special code {code} in {axis.source}", special[1]
            elif value is None:
                reason, policy = f"{axis.name}: {axis.source} is missing", axis.missing
            elif number is None:
                reason, policy = f"{axis.name}: {axis.source} lies outside the edges", axis.outside
            else:
                bins.append(number)
                scores.append(value)
                continue
            return None, policy, None, reason
        return bins, None, scores, None

    def _stress(self):
        """R03: risk of the worst share of the mature booked over the risk of all of them; of the rows with the score
        at the border each counts in part, whatever its id."""
        config = self.config
        mode = config.get("stress", "off")
        self.stress = Fraction(1)
        if mode == "off":
            return
        name = config.get("stress_variable", self.axes[-1].name)
        index = [axis.name for axis in self.axes].index(name)
        sign = 1 if self.axes[index].safer_high else -1
        mature = [a for a in self.applications if a.mature]
        ranks = sorted(sign * a.scores[index] for a in mature)
        wanted = math.ceil(Fraction(str(config.get("stress_share", 0.05))) * len(mature))
        border = ranks[wanted - 1]
        inside, tied = sum(rank < border for rank in ranks), ranks.count(border)

        def weight(a):
            rank = sign * a.scores[index]
            return Fraction(1) if rank < border else Fraction(wanted - inside, tied) if rank == border else Fraction(0)

        totals = [sum(of(a) * a.amounts[i] for a in mature) for of in (weight, lambda _: 1) for i in (NUMERATOR, DENOMINATOR)]
        if totals[1] > 0 and totals[2] > 0 and totals[3] > 0:
            self.stress = Fraction(totals[0], totals[1]) / Fraction(totals[2], totals[3])

    # Cells: (bin of the first score, bin of the last one), both from 1.

    def cells(self):
        return [(i, j) for i in range(1, self.axes[0].count + 1) for j in range(1, self.axes[1].count + 1)]

    def sums(self, booked):
        """Per cell: the five sums in hundredths, and the number of rows."""
        table = {cell: [0] * 5 for cell in self.cells()}
        rows = dict.fromkeys(table, 0)
        for a in self.applications:
            if a.booked == booked:
                rows[a.bins] += 1
                line = table[a.bins]
                for index in range(5):
                    line[index] += a.amounts[index]
        return table, rows

    def exposure_ratio(self):
        """Section 10 after the arrow: sum of piles over sum of requested amounts, mature booked applications."""
        mature = [a for a in self.applications if a.mature]
        return Fraction(sum(a.amounts[DENOMINATOR] for a in mature), sum(a.amounts[REQUESTED] for a in mature))

    def reject_multipliers(self, surface):
        """Section 13, by counts in the main period; or parcelling by bands of predicted risk (docs/methods/reject-inference.md)."""
        method = self.config.get("reject_inference_method", "parceling-score-band")
        if method == "none":
            return dict.fromkeys(self.cells(), Fraction(1))
        if method == "parceling-score-band":
            return self._bands(surface)
        if method not in ("acceptance-uplift", "parceling"):
            raise SystemExit(f"this check does not know {method}")
        uplift = Fraction(str(self.config.get("reject_uplift_factor", 1.5)))
        cap = Fraction(str(self.config.get("reject_max_risk_multiplier", 3.0)))
        _, booked = self.sums(True)
        _, rejected = self.sums(False)
        result = {}
        for cell in self.cells():
            rows = booked[cell] + rejected[cell]
            raw = 1 + uplift * (1 - Fraction(booked[cell], rows)) if rows else Fraction(1)
            result[cell] = min(max(raw, Fraction(1)), cap)
        return result

    def _bands(self, surface, bands=10, factor=Fraction(6, 5), prior=10):
        """Ten bands of equally many applications; the booked ones' ratio of observed to predicted risk, drawn to that of all."""
        risk = {cell: max(Fraction(0), Fraction(surface[cell])) for cell in self.cells()}
        ranks = sorted(risk[a.bins] for a in self.applications)
        band = {c: min(bands - 1, bands * bisect_left(ranks, risk[c]) // len(ranks)) for c in self.cells()}
        mature = [a for a in self.applications if a.mature]
        bad = [a.amounts[NUMERATOR] for a in mature if a.amounts[NUMERATOR] > 0]
        event = Fraction(sum(bad), len(bad))
        sums = [[Fraction(0)] * 5 for _ in range(bands)]
        for a in mature:
            line = sums[band[a.bins]]
            line[0] += a.amounts[NUMERATOR]
            line[1] += a.amounts[DENOMINATOR]
            line[2] += a.amounts[DENOMINATOR] * risk[a.bins] / self.multiplier
        rejected = {cell: 0 for cell in self.cells()}
        for a in self.applications:
            if not a.booked:
                line = sums[band[a.bins]]
                line[3] += a.amounts[REQUESTED]
                line[4] += a.amounts[REQUESTED] * risk[a.bins]
                rejected[a.bins] += 1
        overall = sum(line[0] for line in sums) / sum(line[2] for line in sums)
        observed = [None] * bands
        for k, (seen, owed, expected, _, _) in enumerate(sums):
            if owed > 0:
                ratio = (seen / event + prior * overall) / (expected / event + prior)
                observed[k] = self.multiplier * (ratio * expected if expected > 0 else seen) / owed
        result = {}
        for cell in self.cells():
            k = band[cell]
            _, _, _, requested, predicted = sums[k]
            known = [j for j in range(k, bands) if observed[j] is not None] or [
                j for j in reversed(range(k)) if observed[j] is not None]
            if rejected[cell] == 0 or predicted == 0:
                result[cell] = Fraction(1)
                continue
            cap = Fraction(str(self.config.get("reject_max_risk_multiplier", 3.0)))
            result[cell] = min(max(factor * observed[known[0]] / (predicted / requested), Fraction(0)), cap)
        return result

    def swap_in(self, surface):
        """Section 12 and CONVENTIONS: prediction x stress, uplift on the numerator, x pass x take-up, production x granted too; rounded once."""
        rejected, rows = self.sums(False)
        ratio, uplift = self.exposure_ratio(), self.reject_multipliers(surface)
        result = {}
        for cell in self.cells():
            risk = max(Fraction(0), self.stress * Fraction(surface[cell]))
            pile = ratio * rejected[cell][REQUESTED]
            bad = risk * pile / self.multiplier * uplift[cell]
            values = [Fraction(100 * rows[cell]), Fraction(rejected[cell][REQUESTED]), bad, pile,
                      self.granted * rejected[cell][PRODUCTION]]
            # Python rounds a Fraction half to even.
            result[cell] = [round(value * self.passing * self.take_up) for value in values]
        return result
