"""docs/python.md: its blocks are run one after the other, as somebody would."""

import contextlib
import io
import json
import pathlib
import re
import unittest

from support import REPOSITORY, Workplace


class PageTests(Workplace):
    def test_the_blocks_run(self):
        text = (REPOSITORY / "docs/python.md").read_text(encoding="utf-8")
        blocks = re.findall(r"^```python run\n(.*?)^```$", text, re.S | re.M)
        self.assertEqual(len(blocks), 5)
        names, printed = {}, io.StringIO()
        with contextlib.redirect_stdout(printed):
            for block in blocks:
                exec(compile(block, "docs/python.md", "exec"), names)
        self.assertRegex(printed.getvalue(), r"^(age|debt) .+ \d+\n4 \['bad_rate'\]\n$")
        self.assertEqual(names["run"].gates["samples"].state, "PASS")
        kinds = [json.loads(line)["eventType"] for line in pathlib.Path("lineage.jsonl").read_text().splitlines()]
        self.assertEqual(kinds, ["START", "COMPLETE"] * 2)

    def test_it_names_all_exceptions_and_options(self):
        import inspect

        import cutline
        from cutline import process

        text = (REPOSITORY / "docs/python.md").read_text(encoding="utf-8")
        for name in cutline.__all__:
            if name.endswith("Error") or name in ("Cancelled", "ToolNotFound"):
                self.assertIn(f"`{name}`", text)
        for option in list(inspect.signature(process.arguments).parameters)[2:]:
            self.assertIn(f"`{option}`", text)


if __name__ == "__main__":
    unittest.main()
