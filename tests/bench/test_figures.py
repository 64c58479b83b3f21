"""The arithmetic of the benchmarks, and how they show it. Nothing is timed here."""

import unittest

import figures


def row(**fields):
    return {"name": "a row", "unit": "events/s", "required": 100, "better": "more",
            "ours": figures.spread([120]), "beside": [], **fields}


class Arithmetic(unittest.TestCase):
    def test_the_spread_is_the_median_with_least_and_most(self):
        self.assertEqual(figures.spread([3, 1, 2]),
                         {"median": 2, "least": 1, "most": 3, "runs": 3})
        self.assertEqual(figures.spread([4, 1, 2, 9])["median"], 3)
        self.assertIsNone(figures.spread([]))

    def test_a_percentile_is_one_of_the_values(self):
        values = list(range(1, 101))
        self.assertEqual([figures.percentile(values, share) for share in (0.5, 0.99, 1)],
                         [50, 99, 100])
        self.assertEqual(figures.percentile([7], 0.99), 7)
        self.assertEqual(figures.percentile([2, 1], 0.5), 1)

    def test_a_ratio_is_of_medians_and_none_without_both(self):
        self.assertEqual(figures.ratio(figures.spread([1, 9, 4]), figures.spread([8])), 0.5)
        self.assertIsNone(figures.ratio(None, figures.spread([8])))
        self.assertIsNone(figures.ratio(figures.spread([8]), None))
        self.assertIsNone(figures.ratio(figures.spread([8]), figures.spread([0])))

    def test_the_verdict_holds_the_figure_or_its_ratio_against_what_is_required(self):
        bare = {"name": "bare", "figure": figures.spread([100])}
        for fields, met in (({}, True), ({"required": 121}, False), ({"required": 120}, True),
                            ({"better": "less"}, False),
                            ({"better": "less", "required": 120}, True),
                            ({"ours": None}, None),
                            ({"to": "bare", "required": 1.2, "beside": [bare]}, True),
                            ({"to": "bare", "required": 1.3, "beside": [bare]}, False),
                            ({"to": "bare", "required": 1, "better": "less", "beside": [bare]},
                             False),
                            ({"to": "bare", "required": 1}, None)):
            with self.subTest(fields=fields):
                self.assertIs(figures.verdict(row(**fields)), met)


class Rendering(unittest.TestCase):
    def test_what_nobody_requires_is_shown_without_a_verdict(self):
        row = {"name": "a", "unit": "s", "required": None, "better": "less", "beside": [],
               "ours": figures.spread([1])}
        self.assertIsNone(figures.verdict(row))
        self.assertIn("| a | - | 1.00 s | - |", figures.rows_table([row]))

    def test_numbers_have_three_digits_that_count(self):
        for value, text in ((0, "0"), (0.01234, "0.0123"), (1.5, "1.50"), (99.94, "99.9"),
                            (100, "100"), (123456, "123,000"), (1234567, "1,230,000"),
                            (None, "-")):
            self.assertEqual(figures.number(value), text)

    def test_a_row_is_shown_with_all_that_is_beside_it(self):
        table = figures.rows_table([row(beside=[
            {"name": "one", "figure": figures.spread([60, 80])},
            {"name": "two", "missing": "it is not installed"},
            {"name": "three", "figure": figures.spread([5]), "unit": "s", "same": False}])])
        self.assertEqual(table.split("\n")[2:], [
            "| a row | ≥ 100 events/s | 120 events/s | yes "
            "| one: 70.0 events/s (60.0 to 80.0) | 1.71 |",
            "|  |  |  |  | two: missing: it is not installed |  |",
            "|  |  |  |  | three: 5.00 s |  |"])

    def test_growth_has_a_column_a_size_and_the_last_over_the_first(self):
        table = figures.growth_table([row(growth={"100000": 50, "10000000": 25}), row()])
        self.assertEqual(table.split("\n")[2], "| a row | events/s | 50.0 | 25.0 | 0.500 |")
        self.assertIn("at 100,000 | at 10.0 million", table)
        self.assertEqual(figures.growth_table([row()]), "")

    def test_what_stands_between_the_marks_is_replaced_and_nothing_else(self):
        text = "before\n<!-- a -->\nold\n<!-- z -->\nafter"
        once = figures.replaced(text, "new\n", "<!-- a -->", "<!-- z -->")
        self.assertEqual(once, "before\n<!-- a -->\n\nnew\n\n<!-- z -->\nafter")
        self.assertEqual(figures.replaced(once, "new\n", "<!-- a -->", "<!-- z -->"), once)
        with self.assertRaises(ValueError):
            figures.replaced("no marks", "new", "<!-- a -->", "<!-- z -->")

    def test_a_report_names_what_is_missing_and_that_others_were_running(self):
        text = figures.report({
            "day": "2026-01-02", "seconds": 90, "command": "make bench", "load_before": 3.2,
            "quick": True,
            "machine": {"cores": 2, "processor": "some", "memory_gib": 4, "system": "Debian 12",
                        "kernel": "6.1", "fdatasync_ms": {"p50": 1.2, "p99": 3},
                        "write_mib_s": 200},
            "versions": {"ladderd": "0.1.0"}, "rows": [row(notes=["what it is"])],
            "problems": ["the moon"]})
        for part in ("load average 3.2", "Not measured: the moon", "- a row: what it is.", "**Quick**",
                     "ladderd 0.1.0", "| a row |"):
            self.assertIn(part, text)


if __name__ == "__main__":
    unittest.main()
