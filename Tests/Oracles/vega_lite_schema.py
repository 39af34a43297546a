"""Checks Vega-Lite documents, one a line on standard input, against the schema that the package altair carries.

Says what breaks it on standard error; exits 1 where there is one, 2 where nothing was read.
"""
import json
import pathlib
import sys

import altair
import jsonschema

SCHEMA = pathlib.Path(altair.__file__).parent / "vegalite" / "v6" / "schema" / "vega-lite-schema.json"


def main():
    validator = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    count = 0
    broken = []
    for line in sys.stdin:
        document = json.loads(line)
        count += 1
        error = jsonschema.exceptions.best_match(validator.iter_errors(document))
        if error is not None:
            place = "/".join(str(part) for part in error.absolute_path)
            broken.append(f"document {count} at {place}: {error.message[:200]}")
    # One line: of what a program says before it fails, the last one is shown.
    print(f"{count} documents, {len(broken)} broken. " + " | ".join(broken), file=sys.stderr)
    return 2 if count == 0 else 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
