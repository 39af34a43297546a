"""Writes Parquet files of every sort into a folder, and expected.json: what a table of each must hold, worked out from the
values themselves and not by reading the files. Needs pyarrow.

    python3 parquet_files.py FOLDER
"""

import base64
import datetime as dt
import decimal
import json
import os
import random
import struct
import sys
from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe

EPOCH = 3653  # days from 1960 to 1970
random.seed(9)


def number(values):
    return "number", [None if v is None else float(v) for v in values]


def text(values):
    return "text", [v if v else None for v in values]


def ticks(values, digits, unit="dateTime", shift=EPOCH * 86400):
    return unit, [None if v is None else float(Fraction(v, 10**digits) + shift) for v in values]


def holes(values):
    return [None if i % 5 == 3 else v for i, v in enumerate(values)]


def basic(rows):
    """Columns of the common sorts: name → (array, what is expected)."""
    words = holes([random.choice(["booked", "rejected", "ä €", "", "x" * 40]) for _ in range(rows)])
    keys = [f"A{random.randrange(10**9):09d}" for _ in range(rows)]
    amounts = holes([round(random.uniform(-1e6, 1e6), 2) for _ in range(rows)])
    counts = holes([random.randrange(-(2**31), 2**31) for _ in range(rows)])
    flags = holes([random.random() < 0.3 for _ in range(rows)])
    days = holes([random.randrange(-10000, 30000) for _ in range(rows)])
    moments = holes([random.randrange(-(10**15), 10**16) for _ in range(rows)])
    return {
        "key": (pa.array(keys, pa.string()), text(keys)),
        "word": (pa.array(words, pa.string()), text(words)),
        "amount": (pa.array(amounts, pa.float64()), number(amounts)),
        "count": (pa.array(counts, pa.int32()), number(counts)),
        "flag": (pa.array(flags, pa.bool_()), text([None if f is None else str(f).lower() for f in flags])),
        "day": (pa.array(days, pa.int32()).cast(pa.date32()), ticks(days, 0, "date", EPOCH)),
        "moment": (pa.array(moments, pa.int64()).cast(pa.timestamp("us")), ticks(moments, 6)),
    }


def integers():
    columns = {}
    for bits in [8, 16, 32, 64]:
        limit = 2**53 if bits == 64 else 2 ** (bits - 1) - 1
        values = holes([-limit - (bits < 64), limit, 0, None, -1, 7])
        columns[f"i{bits}"] = (pa.array(values, f"int{bits}"), number(values))
        values = holes([2**53 if bits == 64 else 2**bits - 1, 0, 1, None, 5, 9])
        columns[f"u{bits}"] = (pa.array(values, f"uint{bits}"), number(values))
    # Beyond 2^53: numbers while they are exact and of 19 digits at most, else the column is of codes.
    for name, values, kind in [
        ("exact", [2**53 + 2, -(2**63), 5, None, 2**62, 0], "int64"),
        ("codes", [5, -17, None, 0, 9007199254740993, 12], "int64"),
        ("negative_codes", [-9223372036854775807, 1, None, 1, 1, 1], "int64"),
        ("unsigned_codes", [1, 2**64 - 1, None, 3, 0, 2**64 - 1], "uint64"),
        ("unsigned_long", [1, 2**63 + 2**62, None, 3, 0, 2**63], "uint64"),
    ]:
        codes = any(v is not None and (int(float(v)) != v or abs(v) >= 10**19) for v in values)
        columns[name] = (pa.array(values, kind), text([None if v is None else str(v) for v in values]) if codes
                         else number(values))
    return columns


def decimals():
    columns = {}
    for kind, precision, scale in [
        (pa.decimal32, 9, 2), (pa.decimal64, 18, 4), (pa.decimal128, 38, 0), (pa.decimal128, 38, 20),
        (pa.decimal128, 20, 2), (pa.decimal128, 15, 0), (pa.decimal256, 76, 30), (pa.decimal256, 40, 0),
    ]:
        values = [random.randrange(-(10**precision) + 1, 10**precision) for _ in range(200)] + [0, 1, -1]
        values = holes([v // 10 ** random.randrange(precision) for v in values])
        values = [None if v is None else Decimal(v).scaleb(-scale, decimal.Context(prec=100)) for v in values]
        codes = scale == 0 and precision > 15
        columns[f"{kind.__name__}_{precision}_{scale}"] = (
            pa.array(values, kind(precision, scale)),
            text([None if v is None else str(int(v)) for v in values]) if codes else number(values))
    return columns


def floats():
    doubles = [0.1, -0.0, 1e308, 5e-324, float("inf"), float("-inf"), float("nan"), None, 1 / 3]
    singles = [None if v is None else struct.unpack("f", struct.pack("f", v))[0]
               for v in [0.1, -2.5, 16777217, None, float("nan"), 3e38, 1, 2, 3]]
    halves = [0.5, None, 2048.0, -1.5, 65504.0, 0.25, 1.0, 2.0, 3.0]
    return {
        name: (pa.array(values, kind), number([None if v is None or v != v else v for v in values]))
        for name, values, kind in [
            ("double", doubles, pa.float64()), ("single", singles, pa.float32()), ("half", halves, pa.float16())]
    }


def moments():
    seconds = holes([0, -1, -315619200, 1640995200, 253402300799, -62135596800, 1, 99, -99])
    columns = {}
    for unit, digits in [("s", 0), ("ms", 3), ("us", 6), ("ns", 9)]:
        some = [None if v is None else v * 10**digits + (random.randrange(10**digits) if digits else 0) for v in seconds]
        if unit == "ns":
            some = [None if v is None or abs(v) >= 2**63 else v for v in some]
            some[0] = 2**63 - 1
        array = pa.array(some, pa.int64())
        # Parquet has no seconds; they are written as milliseconds.
        columns[f"plain_{unit}"] = (array.cast(pa.timestamp(unit)), ticks(some, digits))
        columns[f"zoned_{unit}"] = (array.cast(pa.timestamp(unit, "America/Lima")), ticks(some, digits))
        columns[f"utc_{unit}"] = (array.cast(pa.timestamp(unit, "UTC")), ticks(some, digits))
    clock = holes([0, 1, 43200, 86399, 60, 61, 3599, 3600, 7])
    for kind, digits in [(pa.time32("s"), 0), (pa.time32("ms"), 3), (pa.time64("us"), 6), (pa.time64("ns"), 9)]:
        some = [None if v is None else v * 10**digits + (7 if digits else 0) for v in clock]
        array = pa.array(some, pa.int32() if digits < 6 else pa.int64()).cast(kind)
        columns[f"time_{digits}"] = (array, ticks(some, digits, "time", 0))
    days = holes([0, -1, -719162, 2932896, 18993, -3653, -3654, 5, 6])
    columns["date32"] = (pa.array(days, pa.int32()).cast(pa.date32()), ticks(days, 0, "date", EPOCH))
    columns["date64"] = (pa.array(days, pa.int32()).cast(pa.date32()).cast(pa.date64()), ticks(days, 0, "date", EPOCH))
    return columns


def texts():
    words = ["a", "bb", "a text longer than twelve bytes", None, "", "ünï €😀", "a", "bb", "x,\"y\"\n", "0012"]
    uuids = [None if i == 4 else random.randbytes(16) for i in range(10)]
    spelled = [u and "-".join(u.hex()[a:b] for a, b in [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)]) for u in uuids]
    fixed = [None if i == 2 else f"{i:04d}".encode() for i in range(10)]
    raw = [None if w is None else w.encode() for w in words]
    plain = {
        name: (pa.array(words, kind), text(words))
        for name, kind in [("utf8", pa.string()), ("large", pa.large_string()), ("view", pa.string_view())]
    }
    return plain | {
        "category": (pa.array(words).dictionary_encode(), text(words)),
        "bytes": (pa.array(raw, pa.binary()), text(words)),
        "large_bytes": (pa.array(raw, pa.large_binary()), text(words)),
        "fixed": (pa.array(fixed, pa.binary(4)), text([None if v is None else v.decode() for v in fixed])),
        "uuid": (pa.array(uuids, pa.uuid()), text(spelled)),
        "nothing": (pa.nulls(10), number([None] * 10)),
    }


expected = {}


def write(folder, name, columns, left=(), names=None, **options):
    arrays = [array for array, _ in columns.values()]
    table = pa.Table.from_arrays(arrays, names=names or list(columns))
    pq.write_table(table, os.path.join(folder, name), **options)
    expected[name] = [
        {"name": column, "type": kind, "values": [repr(v) if isinstance(v, float) else v for v in values]}
        for column, (_, (kind, values)) in columns.items() if column not in left
    ]


def encrypted(folder):
    class Keys(pe.KmsClient):
        """Wraps a key in nothing at all: these are tests."""

        def __init__(self, _):
            pe.KmsClient.__init__(self)

        def wrap_key(self, key, _):
            return base64.b64encode(key)

        def unwrap_key(self, key, _):
            return base64.b64decode(key)

    factory = pe.CryptoFactory(Keys)
    table = pa.table({"a": [1, 2, 3], "secret": ["x", "y", "z"]})
    for name, plain in [("encrypted_footer.parquet", False), ("encrypted_column.parquet", True)]:
        settings = pe.EncryptionConfiguration(
            footer_key="footer", column_keys={"column": ["secret"]}, plaintext_footer=plain)
        properties = factory.file_encryption_properties(pe.KmsConnectionConfig(), settings)
        with pq.ParquetWriter(os.path.join(folder, name), table.schema, encryption_properties=properties) as writer:
            writer.write_table(table)


def main(folder):
    some = basic(700)
    for codec in ["none", "snappy", "gzip", "zstd", "brotli", "lz4"]:
        for version in ["1.0", "2.0"]:
            write(folder, f"codec_{codec}_{version[0]}.parquet", some, compression=codec, data_page_version=version,
                  use_dictionary=version == "1.0", row_group_size=300)
    write(folder, "encodings.parquet", some, use_dictionary=False, column_encoding={
        "key": "DELTA_BYTE_ARRAY", "word": "DELTA_LENGTH_BYTE_ARRAY", "amount": "BYTE_STREAM_SPLIT",
        "count": "DELTA_BINARY_PACKED", "day": "DELTA_BINARY_PACKED", "moment": "PLAIN", "flag": "RLE"})
    write(folder, "checksums.parquet", some, write_page_checksum=True, compression="none")
    write(folder, "without_arrow_schema.parquet", some, store_schema=False)
    # More rows than are read at a time, more words than a page of a dictionary holds.
    many = {name: column for name, column in basic(70_000).items() if name in ["key", "word", "count"]}
    write(folder, "many.parquet", many, row_group_size=40_000, dictionary_pagesize_limit=20_000)
    write(folder, "small_groups.parquet", basic(500), row_group_size=7)
    write(folder, "one_row.parquet", basic(1))
    write(folder, "no_rows.parquet", basic(0))
    write(folder, "integers.parquet", integers())
    write(folder, "floats.parquet", floats())
    write(folder, "decimals.parquet", decimals())
    write(folder, "decimals_as_integers.parquet", {k: v for k, v in decimals().items() if "decimal256" not in k},
          store_decimal_as_integer=True)
    write(folder, "moments.parquet", moments())
    write(folder, "texts.parquet", texts())
    write(folder, "texts_plain.parquet", texts(), use_dictionary=False)
    old = [dt.datetime(1960, 1, 1), dt.datetime(2022, 5, 4, 3, 2, 1, 250000), None, dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31)]
    since = [None if v is None else (v - dt.datetime(1970, 1, 1)) // dt.timedelta(microseconds=1) for v in old]
    int96 = {"old": (pa.array(since, pa.int64()).cast(pa.timestamp("us")), ticks(since, 6))}
    write(folder, "int96.parquet", int96, use_deprecated_int96_timestamps=True)
    rows = 5
    nested = {
        "id": (pa.array(range(rows)), number(range(rows))),
        "list": (pa.array([[i] * i for i in range(rows)]), number([])),
        "struct": (pa.array([{"a": i, "b": "x"} for i in range(rows)]), number([])),
        "map": (pa.array([[("k", i)] for i in range(rows)], pa.map_(pa.string(), pa.int64())), number([])),
        "span": (pa.array(range(rows), pa.duration("s")), number([])),
        "picture": (pa.array([b"x", b"\xff\xd8\xff", None, b"", b"y"], pa.binary()), text([])),
        "last": (pa.array(["a"] * rows), text(["a"] * rows)),
    }
    write(folder, "nested.parquet", nested, left=["list", "struct", "map", "span", "picture"])
    latin = pa.Array.from_buffers(pa.string(), 2, [None, pa.py_buffer(struct.pack("3i", 0, 1, 3)), pa.py_buffer(b"ak\xe4")])
    pq.write_table(pa.table({"id": [1, 2], "name": latin}), os.path.join(folder, "latin.parquet"))
    twice = {"x": some["key"], "y": some["amount"]}
    pq.write_table(pa.Table.from_arrays([a for a, _ in twice.values()], names=["x", "x"]), os.path.join(folder, "twice.parquet"))
    # Some kilobytes that would be 320 MB of numbers.
    pq.write_table(pa.table({"x": pa.nulls(40_000_000, pa.int8())}), os.path.join(folder, "unfolding.parquet"))
    encrypted(folder)
    with open(os.path.join(folder, "expected.json"), "w", encoding="utf-8") as file:
        json.dump(expected, file)


main(sys.argv[1])
