#!/usr/bin/env python3
"""Keeps failures of mutants as regressions, and measures how small they become.

    keep ID SCENARIO SEED   shrinks that failure with its luck pinned, gives it time to end well on the core, and writes
                            scenarios/regressions/ID-JUDGE-NUMBER.yaml
    measure                 shrinks what every regression was made from once more; the table of results/shrink.md

Both use the programs in .build/mutants/bin, where `./faultline mutants --build` leaves them; the core is the one in .build/release.
"""
import glob, json, os, re, statistics, subprocess, sys, tempfile, time

HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEPT = os.path.join(HOME, "scenarios/regressions")
PROGRAMS = os.path.join(HOME, ".build/mutants/bin")
BUDGET = 60
# A regression must fail on its mutant and pass on the core with each of them.
SEEDS = 50
SIZE = re.compile(r"([\d,]+) faults?, ([\d,]+) operations?, ([\d,]+) nodes? and ([^,]+?)(?: of|, in)")


def program(name):
    found = glob.glob(f"{PROGRAMS}/{name}-*[0-9a-f]") if name != "core" else [f"{HOME}/.build/release/faultline"]
    if len(found) != 1:
        sys.exit(f"{PROGRAMS}: found {len(found)} programs of {name}; expected one, from ./faultline mutants --only {name} --build")
    return found[0]


def hunts():
    paths = sorted(glob.glob(f"{HOME}/scenarios/hunt/*.yaml"))
    return {re.search(r"^name: (.*)$", open(path).read(), re.M)[1]: path for path in paths}


def shrink(mutant, hunt, seed, out):
    """Seconds, or None where the run does not fail."""
    start = time.monotonic()
    answer = subprocess.run(
        [program(mutant), "shrink", hunts()[hunt], "--seed", seed, "--pin", "--budget", f"{BUDGET}s", "--out", out, "--quiet"])
    return time.monotonic() - start if answer.returncode == 0 else None


def judges(executable, path, first, last, *settings):
    """What each run broke first; 'pass' or 'inconclusive' where it broke nothing."""
    answer = subprocess.run(
        [executable, "run", path, "--seeds", f"{first}..{last}", *settings, "--format", "json", "--quiet", "--artifacts", "none"],
        capture_output=True, text=True)
    found = []
    for line in answer.stdout.splitlines():
        run = json.loads(line)
        missed = [each["name"] for each in run["expectations"] if each["verdict"] in ("violation", "violated")]
        broken = [each["invariant"] for each in run["violations"]] + missed
        found.append(broken[0] if run["verdict"] == "violation" else run["verdict"])
    return set(found) if len(found) == last - first + 1 else {"crash"}


def nanoseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(ns|us|ms|s|m|h)", text).groups()
    return round(float(number) * {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9}[unit])


def keep(mutant, hunt, seed):
    with tempfile.TemporaryDirectory() as folder:
        small = f"{folder}/small.yaml"
        seconds = shrink(mutant, hunt, seed, small)
        if seconds is None:
            return f"{mutant} {hunt} {seed}: does not fail"
        text = open(small).read()
        where = f"{mutant} {hunt} {seed}, {seconds:.0f} s"
        if "It fails with any seed." not in text:
            return f"{where}: its luck could not be pinned"
        comments = [line for line in text.splitlines() if line.startswith("#") and "./faultline" not in line]
        body = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
        # Clients who ask nothing prove nothing: one asks after all is over.
        body = re.sub(r"^  only: \[\]$", "  only: [200]", body, flags=re.M)
        length = nanoseconds(re.search(r"^duration: (\S+)$", body, re.M)[1])
        verdicts = []
        # The core is to finish what the mutant fails at; in as little time as it takes.
        for room in (0, 100, 300, 1000, 3000, 10000):
            end = -(-(length // 1_000_000 + room) // 100) * 100 if room else None
            longer = re.sub(r"^duration: .*$", f"duration: {end}ms", body, flags=re.M) if room else body
            open(small, "w").write(longer + "\n")
            own = int((re.search(r"^seed: (\d+)$", body, re.M) or [0, 1])[1])
            broken = judges(program(mutant), small, 1, SEEDS) | judges(program(mutant), small, own, own)
            sound = judges(program("core"), small, 1, SEEDS) | judges(program("core"), small, own, own)
            # Other orders of what happens at one instant must not matter to the core.
            sound |= judges(program("core"), small, 1, SEEDS, "--set", "ties=seeded")
            verdicts.append(f"+{room} ms {'/'.join(sorted(broken))}, core {'/'.join(sorted(sound))}")
            if len(broken) == 1 and sound == {"pass"} and not broken & {"pass", "inconclusive"}:
                return write(mutant, broken.pop(), comments, longer, where)
        return f"{where}: no regression: {'; '.join(verdicts)}"


def write(mutant, judge, comments, body, where):
    number = 1
    while os.path.exists(f"{KEPT}/{mutant}-{judge}-{number}.yaml"):
        number += 1
    file = f"{mutant}-{judge}-{number}"
    name = file.lower().replace("_", "-")
    sentence = re.search(r"^sentence: (.*)$", open(f"{HOME}/Tests/Mutants/{mutant}.patch").read(), re.M)[1]
    body = re.sub(r"^name: .*$", f"name: {name}", body, flags=re.M)
    comments = [re.sub(r"^# It fails with any seed\.$", f"# It fails with any seed on the mutant {mutant}, and passes on the core.", each) for each in comments]
    while comments and comments[-1] == "#":
        comments.pop()
    os.makedirs(KEPT, exist_ok=True)
    head = [f"# {mutant}: {sentence}", "#"]
    open(f"{KEPT}/{file}.yaml", "w").write("\n".join(head + comments) + "\n" + body.strip() + "\n")
    return f"{where}: kept as {file}"


def measure():
    rows, sizes = [], []
    for path in sorted(glob.glob(f"{KEPT}/*.yaml")):
        mutant = os.path.basename(path).split("-")[0]
        origin = re.search(r"^# From .* of (\S+) with seed (\d+)$", open(path).read(), re.M)
        if origin is None:
            continue  # Written by hand.
        hunt, seed = origin.groups()
        with tempfile.TemporaryDirectory() as folder:
            small = f"{folder}/small.yaml"
            seconds = shrink(mutant, hunt, seed, small)
            name = os.path.basename(path)[: -len(".yaml")]
            if seconds is None:
                rows.append(f"| {name} | {hunt} | does not fail there any more |")
                continue
            text = open(small).read()
        before = SIZE.search(re.search(r"^# From (.*)$", text, re.M)[1]).groups()
        after = SIZE.search(re.search(r"^# to (.*)$", text, re.M)[1]).groups()
        runs = re.search(r"in ([\d,]+) runs", text)[1]
        minimal, pinned = "Nothing can be left out" in text, "It fails with any seed." in text
        sizes.append((int(after[0]), int(after[1].replace(",", "")), seconds, minimal, pinned, int(before[0])))
        pairs = [f"{then} → {now}" for then, now in zip(before, after)]
        rows.append(f"| {name} | {hunt} | {' | '.join(pairs)} | {'yes' if minimal else 'no'} | {'yes' if pinned else 'no'} | {runs} | {seconds:.1f} |")
        print(rows[-1], file=sys.stderr)
    faults, operations, times = ([size[place] for size in sizes] for place in range(3))
    hard = [size for size in sizes if size[5] >= 5]
    soon = sum(size[2] <= BUDGET and size[3] for size in sizes)
    print(f"""# Shrinking

    ./faultline mutants --regressions
    python3 Tests/Mutants/regressions.py measure > results/shrink.md

The hunts' failures that became regressions in `scenarios/regressions`, shrunk once more on their mutants with
`faultline shrink --pin --budget {BUDGET}s`, {os.cpu_count()} runs at a time on {os.cpu_count()} cores. “1-minimal” says that the search ended before its time: no fault,
operation, node or fixed choice can be left out alone. “Pinned”: the luck is fixed, so that every seed fails.

**Of {len(sizes)}: median {statistics.median(faults):g} faults and {statistics.median(operations):g} operations, at most {max(faults)} and {max(operations)}; {soon} 1-minimal within {BUDGET} s; median {statistics.median(times):.1f} s.**
Many defects show before the first fault. Of the {len(hard)} that began with five faults or more: median {statistics.median(size[0] for size in hard):g} faults and {statistics.median(size[1] for size in hard):g} operations, {max(size[2] for size in hard):.1f} s at most.

These are failures that could be kept, not all that were tried: [which could not, and why](../docs/mutants.md#what-could-not-be-kept).

| regression | from | faults | operations | nodes | virtual time | 1-minimal | pinned | runs | wall s |
|---|---|---|---|---|---|---|---|---|---|""")
    print("\n".join(rows))


if sys.argv[1:2] == ["keep"] and len(sys.argv) == 5:
    print(keep(*sys.argv[2:]))
elif sys.argv[1:] == ["measure"]:
    measure()
else:
    sys.exit(__doc__)
