"""What the benchmarks compute from what they measured, and how it is shown."""

import math

UNITS_OF_RATE = ("events/s", "requests/s")


def spread(values):
    """The median, least and most of some runs; None when nothing was measured."""
    values = sorted(values)
    if not values:
        return None
    middle = len(values) // 2
    median = values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2
    return {"median": median, "least": values[0], "most": values[-1], "runs": len(values)}


def percentile(values, share):
    """The least value that at least `share` of all are not above."""
    values = sorted(values)
    return values[max(0, math.ceil(share * len(values)) - 1)]


def ratio(ours, theirs):
    """Our median over theirs; None when one is missing."""
    if not ours or not theirs or theirs["median"] == 0:
        return None
    return ours["median"] / theirs["median"]


def verdict(row):
    """True: what is required is met; False: it is not; None: it cannot be told."""
    if not row["ours"] or row["required"] is None:
        return None
    figure = row["ours"]["median"]
    if row.get("to"):
        theirs = next((one for one in row["beside"] if one["name"] == row["to"]), {})
        figure = ratio(row["ours"], theirs.get("figure"))
    if figure is None:
        return None
    return figure >= row["required"] if row["better"] == "more" else figure <= row["required"]


def number(value):
    """Three digits that count, and thousands apart."""
    if value is None:
        return "-"
    if value != 0 and abs(value) < 100:
        digits = max(0, 2 - math.floor(math.log10(abs(value))))
        return f"{value:.{digits}f}"
    return f"{round(value, 2 - math.floor(math.log10(abs(value))) if value else 0):,.0f}"


def shown(figure, unit):
    """`520,000 events/s (480,000 to 530,000)`."""
    if not figure:
        return "not measured"
    text = f"{number(figure['median'])} {unit}".strip()
    if figure["runs"] > 1:
        text += f" ({number(figure['least'])} to {number(figure['most'])})"
    return text


def requirement(row):
    if row["required"] is None:
        return "-"
    sign = "≥" if row["better"] == "more" else "≤"
    if row.get("to"):
        return f"{sign} {number(row['required'])} × {row['to']}"
    return f"{sign} {number(row['required'])} {row['unit']}".strip()


def cells(*texts):
    return "| " + " | ".join(str(text).replace("|", "/") for text in texts) + " |"


def rows_table(rows):
    lines = [cells("what", "required", "ladderd", "met", "beside it, in the same run",
                   "ladderd / it"), cells(*["---"] * 6)]
    for row in rows:
        met = {True: "yes", False: "**no**", None: "?"}[verdict(row)]
        met = "-" if row["required"] is None else met
        first = [row["name"], requirement(row), shown(row["ours"], row["unit"]), met]
        beside = row["beside"] or [None]
        for place, one in enumerate(beside):
            left = first if place == 0 else [""] * 4
            if one is None:
                lines.append(cells(*left, "", ""))
            elif one.get("missing"):
                lines.append(cells(*left, f"{one['name']}: missing: {one['missing']}", ""))
            else:
                share = ratio(row["ours"], one["figure"]) if one.get("same", True) else None
                text = f"{one['name']}: {shown(one['figure'], one.get('unit', row['unit']))}"
                lines.append(cells(*left, text, "" if share is None else number(share)))
    return "\n".join(lines)


def size_name(size):
    return f"{number(size / 1e6)} million" if size >= 1e6 else f"{size:,}"


def growth_table(rows):
    """Each figure at each size; with the last over the first."""
    grown = [row for row in rows if row.get("growth")]
    sizes = sorted({int(size) for row in grown for size in row["growth"]})
    if not sizes:
        return ""
    lines = [cells("what", "unit", *[f"at {size_name(size)}" for size in sizes], "last / first"),
             cells(*["---"] * (len(sizes) + 3))]
    for row in grown:
        found = {int(size): value for size, value in row["growth"].items()}
        there = [found[size] for size in sizes if size in found]
        share = number(there[-1] / there[0]) if len(there) > 1 and there[0] else ""
        lines.append(cells(row.get("short", row["name"]), row["unit"], *[number(found.get(size)) for size in sizes],
                           share))
    return "\n".join(lines)


def report(result):
    """All of it as Markdown."""
    machine = result["machine"]
    lines = [
        f"Measured on {result['day']} in {result['seconds'] / 60:.0f} minutes "
        f"(`{result['command']}`).", "",
        f"{machine['cores']} cores ({machine['processor']}), {machine['memory_gib']:.0f} GiB, "
        f"{machine['system']}, Linux {machine['kernel']}. `fdatasync` after an append of 4 KiB: "
        f"{number(machine['fdatasync_ms']['p50'])} ms, p99 "
        f"{number(machine['fdatasync_ms']['p99'])} ms; {number(machine['write_mib_s'])} MiB/s "
        "written in sequence and synced.", ""]
    if result["load_before"] > 0.5:
        lines += [f"**Other programs were running** (load average {result['load_before']:.1f} "
                  "before it began): compare ratios, not figures.", ""]
    if result["quick"]:
        lines += ["**Quick**: smaller stores and shorter runs than the requirements are about.", ""]
    lines += ["Versions: " + ", ".join(f"{name} {version}" for name, version
                                       in sorted(result["versions"].items())) + ".", "",
              "A figure is the median of its runs, with the least and the most.", "",
              rows_table(result["rows"]), ""]
    notes = [f"- {row.get('short', row['name'])}: {note}." for row in result["rows"]
             for note in row.get("notes", []) if note]
    if notes:
        lines += ["What was measured, precisely:", "", *notes, ""]
    growth = growth_table(result["rows"])
    if growth:
        lines += ["How it grows with the events in the store, one run each; what is measured at the "
                  "largest above is repeated here:", "", growth, ""]
    for problem in result["problems"]:
        lines += [f"Not measured: {problem}", ""]
    return "\n".join(lines)


def replaced(text, new, begin, end):
    """`text` with what is between the two marks replaced."""
    before, rest = text.split(begin)
    _, after = rest.split(end)
    return f"{before}{begin}\n\n{new.strip()}\n\n{end}{after}"
