"""The page of a run in a real browser: it is clicked, zoomed and typed into, and what is then on it is looked at.

    python3 -m venv venv && venv/bin/pip install playwright pytest
    FAULTLINE=./faultline SHOTS=shots venv/bin/pytest Tests/Browser

needs Debian's chromium. A screenshot of each view goes to the folder SHOTS, where one is named.
"""

import json
import os
import pathlib
import re
import subprocess

import pytest
from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[2]
FAULTLINE = os.environ.get("FAULTLINE", str(ROOT / "faultline"))
SHOTS = os.environ.get("SHOTS")
# Pixels above the first lane.
LANES = 168


def run(out, scenario, *arguments):
    """The folder of a run, whatever its verdict."""
    done = subprocess.run(
        [FAULTLINE, "run", str(ROOT / "scenarios" / scenario), "--out", str(out), "--quiet", *arguments], cwd=ROOT
    )
    assert done.returncode in (0, 1, 2)
    return next(folder for folder in pathlib.Path(out).glob("*/*") if (folder / "report.html").exists())


@pytest.fixture(scope="session")
def crash(tmp_path_factory):
    return run(tmp_path_factory.mktemp("crash"), "raft/leader-crash.yaml")


@pytest.fixture(scope="session")
def missed(tmp_path_factory):
    """A run that misses what it was told to hold."""
    wish = "expect=[{measure: leader_changes, at_most: 0}, {measure: availability, at_least: 99%}]"
    return run(tmp_path_factory.mktemp("missed"), "raft/nemesis.yaml", "--set", wish)


@pytest.fixture(scope="session")
def mesh(tmp_path_factory):
    return run(tmp_path_factory.mktemp("mesh"), "mesh/heal-crash.yaml")


@pytest.fixture(scope="session")
def disorder(tmp_path_factory):
    """A run to whose history somebody has objected."""
    folder = run(tmp_path_factory.mktemp("disorder"), "raft/leader-crash.yaml")
    calls = {}
    for line in open(folder / "history.jsonl"):
        event = json.loads(line)
        if event["type"] == "invoke":
            calls[event["operation"]] = event | {"end": None}
        else:
            calls[event["operation"]]["end"] = event["time_ns"]
    key = [call for call in calls.values() if call.get("key") == "k3" and call["end"]][:9]
    lines = [
        {"number": c["operation"], "process": c["process"], "text": c["op"], "call_ns": c["time_ns"], "end_ns": c["end"]}
        for c in key
    ]
    explanation = {
        "key": "k3", "sentence": "Operation 7 read a value that nobody had written.", "operation": lines[-1],
        "states": ["12"], "order": lines[:-1], "around": lines[-3:-1],
    }
    (folder / "linearizability.json").write_text(json.dumps(explanation))
    subprocess.run([FAULTLINE, "report", str(folder), "--quiet"], cwd=ROOT, check=True)
    return folder


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield chromium
        chromium.close()


class Page:
    """A page whose console stays empty, and that asks the network for nothing."""

    def __init__(self, browser, folder, width=1280, **context):
        self.complaints = []
        self.context = browser.new_context(viewport={"width": width, "height": 900}, **context)
        self.tab = self.context.new_page()
        self.tab.on("console", lambda message: self.complaints.append(message.text))
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.tab.on("request", lambda request: self.asked(request.url))
        self.tab.goto(f"file://{folder / 'report.html'}")

    def asked(self, url):
        if not url.startswith(("file://", "data:", "blob:")):
            self.complaints.append(f"asked for {url}")

    def ready(self):
        self.tab.wait_for_selector("body[data-ready]", timeout=30_000)
        return self

    def text(self, selector):
        return self.tab.inner_text(selector).replace("\u00a0", " ")

    def settle(self):
        self.tab.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def shot(self, name):
        if SHOTS:
            os.makedirs(SHOTS, exist_ok=True)
            self.tab.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)

    def __enter__(self):
        return self.ready()

    def __exit__(self, kind, *rest):
        self.context.close()
        if kind is None:
            assert self.complaints == []


def window(page, of):
    """The window of a picture in seconds."""
    numbers = re.findall(r"([\d.]+)\s*s", page.text(f"#{of}-window"))
    return float(numbers[0]), float(numbers[1])


def test_a_run_opens_with_its_verdict_lanes_and_messages(browser, crash):
    with Page(browser, crash) as page:
        assert "leader-crash held all 6 expectations" in page.text("#verdict")
        assert {"availability", "operations", "latency"} <= set(page.tab.locator("#timeline text.label").all_text_contents())
        assert "4 clients, up all the time, have no lane" in page.text("#timeline-window")
        for node in ("n1", "n5"):
            assert page.tab.locator("#timeline text.label", has_text=node).count() == 1
        assert page.tab.locator("#timeline .lane.down").count() == 1
        assert page.tab.locator("#timeline .fault").count() == 1
        assert page.tab.locator("#spacetime .message").count() > 50
        assert page.tab.locator("#spacetime .stroke.lost").count() > 0
        page.shot("crash")


@pytest.mark.parametrize("picture", ["timeline", "spacetime"])
def test_buttons_and_keys_zoom_and_pan(browser, crash, picture):
    with Page(browser, crash) as page:
        page.tab.click(f"[data-do=all][data-of={picture}]")
        page.settle()
        assert window(page, picture) == (0, 20)
        page.tab.click(f"[data-do=in][data-of={picture}]")
        page.settle()
        assert window(page, picture) == (5, 15)
        page.tab.focus(f"#{picture}")
        page.tab.keyboard.press("+")
        page.settle()
        assert window(page, picture) == (7.5, 12.5)
        page.tab.keyboard.press("ArrowRight")
        page.settle()
        assert window(page, picture) == (8.5, 13.5)
        page.tab.keyboard.press("Home")
        page.tab.keyboard.press("ArrowLeft")
        page.settle()
        assert window(page, picture) == (0, 20), "nobody pans beyond the run"
        page.tab.keyboard.press("f")
        page.settle()
        start, end = window(page, picture)
        assert start < 6 < end and end - start < 1, "what matters"


def test_dragging_pans_and_the_wheel_zooms_where_it_points(browser, crash):
    with Page(browser, crash) as page:
        page.tab.click("[data-do=in][data-of=timeline]")
        page.settle()
        box = page.tab.locator("#timeline").bounding_box()
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] - 60)
        page.tab.mouse.move(*middle)
        page.tab.mouse.down()
        page.tab.mouse.move(middle[0] - 200, middle[1], steps=5)
        page.tab.mouse.up()
        page.settle()
        start, end = window(page, "timeline")
        assert 6.5 < start < 7.2 and abs(end - start - 10) < 0.1
        page.tab.keyboard.down("Control")
        page.tab.mouse.wheel(0, -300)
        page.tab.keyboard.up("Control")
        page.settle()
        nearer = window(page, "timeline")
        assert nearer[1] - nearer[0] < 5 and start < nearer[0] < nearer[1] < end


def test_many_messages_are_counted_and_say_so(browser, crash):
    with Page(browser, crash) as page:
        page.tab.click("[data-do=all][data-of=spacetime]")
        page.settle()
        assert page.tab.locator("#spacetime .message").count() == 0
        assert page.tab.locator("#spacetime .counted").count() > 5
        assert "zoom in to fewer than 1,500 to see each" in page.text("#spacetime-window")
        page.shot("counted")


def test_a_message_lights_all_that_led_to_it_and_came_of_it(browser, crash):
    with Page(browser, crash) as page:
        page.tab.focus("#spacetime")
        for _ in range(3):
            page.tab.keyboard.press("n")
        page.settle()
        look = page.text("#look")
        assert re.search(r"message [\d,]+", look) and "What led to it" in look and "events follow from it" in look
        assert page.tab.locator("#spacetime .stroke.lit").count() >= 1
        assert page.tab.locator("#spacetime .lit-event").count() >= 1
        first = look
        page.tab.keyboard.press("p")
        page.settle()
        assert page.text("#look") != first
        page.tab.keyboard.press("Escape")
        page.settle()
        assert page.tab.locator("#spacetime .lit").count() == 0
        page.tab.locator("#spacetime .message .hit").first.dispatch_event("pointerdown", {"pointerId": 1})
        page.tab.locator("#spacetime .message .hit").first.dispatch_event("pointerup", {"pointerId": 1, "bubbles": True})
        page.settle()
        assert page.tab.locator("#spacetime .lit").count() >= 1
        page.shot("path")


def test_a_process_at_a_moment_shows_its_state_and_what_had_changed(browser, crash):
    with Page(browser, crash) as page:
        box = page.tab.locator("#timeline").bounding_box()
        # The middle of the run, on the lane of n1.
        page.tab.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + LANES + 13)
        page.settle()
        look = page.text("#look")
        assert "n1" in look and "after event" in look
        changed = [
            "changed" in (row.get_attribute("class") or "") for row in page.tab.locator("#look table.state tr").all()
        ]
        assert changed[0] and changed == sorted(changed, reverse=True), "what changed stands first"
        style = page.tab.evaluate("""() => { const { backgroundAttachment, overflowY } = getComputedStyle(look);
            return [backgroundAttachment, overflowY]; }""")
        assert style == ["local, scroll", "auto"], "a shadow stands at its foot for as long as there is more"
        row = page.tab.locator("#look table.state tr", has_text="role")
        assert "leader" in row.inner_text()
        assert page.tab.locator("#look table.state tr", has_text="term").first.inner_text().split() == ["term", "2"]
        assert page.tab.locator("#look .log .entry").count() == 24
        before = page.text("#look h3")
        page.tab.click("#look button:has-text('its event before')")
        page.settle()
        assert page.text("#look h3") != before
        page.shot("state")


def test_an_entry_and_an_operation_show_their_way(browser, crash):
    with Page(browser, crash) as page:
        box = page.tab.locator("#timeline").bounding_box()
        page.tab.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + LANES + 13)
        page.settle()
        page.tab.locator("#look .log .entry").first.click()
        page.settle()
        look = page.text("#look")
        assert "When each log first reached that far" in look
        assert page.tab.locator("#look table tr").count() == 6
        # Its way: to the other four and, with the news that it is committed, all that led from one to the next.
        lit = page.tab.locator("#spacetime .lit-event").count()
        assert lit > 10, "more than where it arrived"
        page.tab.fill("#operation", "1000")
        page.tab.press("#operation", "Enter")
        page.settle()
        look = page.text("#look")
        assert "Operation 1,000" in look and "How it came to its answer" in look and "ClientResponse" in look
        assert page.tab.locator("#spacetime .stroke.lit").count() >= 2
        assert page.tab.locator("#spacetime text.label", has_text=re.compile("^c")).count() >= 1, "its client is drawn"
        page.shot("operation")


def test_what_leaves_as_the_run_ends_has_a_stub(browser, tmp_path_factory):
    busy = ["network.latency={constant: 1ms}", "workload.rate=380/s", "workload.stop=20s"]
    folder = run(tmp_path_factory.mktemp("busy"), "raft/leader-crash.yaml", *(f"--set={setting}" for setting in busy))
    with Page(browser, folder) as page:
        page.tab.click("[data-do=all][data-of=spacetime]")
        page.tab.focus("#spacetime")
        for _ in range(6):
            page.tab.keyboard.press("PageDown")
            page.tab.keyboard.press("+")
        page.tab.keyboard.press("PageDown")
        page.settle()
        start, end = window(page, "spacetime")
        assert end == 20 and end - start > 0.3, "an arrow of a millisecond is too short to be seen"
        under_way = page.tab.locator("#spacetime .stroke.under-way")
        assert under_way.count() >= 1
        lengths = [box["width"] for box in (stroke.bounding_box() for stroke in under_way.all()) if box]
        assert min(lengths) >= 5


def test_kinds_and_processes_are_chosen(browser, crash):
    with Page(browser, crash) as page:
        everything = page.tab.locator("#spacetime .message").count()
        page.tab.uncheck("#kinds label:has-text('AppendEntries') input")
        page.settle()
        fewer = page.tab.locator("#spacetime .message").count()
        assert 0 < fewer < everything
        page.tab.fill("#rows", "n1, n3")
        page.settle()
        assert page.tab.locator("#spacetime text.label").all_text_contents() == ["n1", "n3"]
        page.tab.fill("#rows", "")
        page.tab.check("#show-clients")
        page.settle()
        assert page.tab.locator("#spacetime text.label").count() == 9


def test_a_run_that_misses_its_promise_says_which_and_why(browser, missed):
    with Page(browser, missed) as page:
        verdict = page.text("#verdict")
        assert "missed leader_changes" in verdict and "expected at most 0" in verdict
        assert "./faultline run" in verdict
        assert page.tab.locator("#faults tbody tr").count() >= 1
        page.tab.locator("#faults [data-goto]").first.click()
        page.settle()
        start, end = window(page, "spacetime")
        at = float(page.tab.locator("#faults [data-goto]").first.get_attribute("data-goto")) / 1e9
        assert start <= at <= end
        page.shot("missed")


def test_lanes_show_clocks_that_are_wrong_and_disks_that_hold_what_a_crash_may_lose(browser, tmp_path_factory):
    folder = run(tmp_path_factory.mktemp("clocks"), "hunt/clocks.yaml", "--seed", "3", "--set", "workload.rate=20/s")
    with Page(browser, folder) as page:
        titles = page.tab.locator("#timeline .clock title").all_text_contents()
        assert any("ahead" in title for title in titles) and any("behind" in title for title in titles)
        assert page.tab.locator("#timeline .clock.behind").count() >= 1
        assert "writes not synced yet" in page.tab.locator("#timeline .disk title").first.text_content()
        # A clock that drifts makes no lane a crowd of changes.
        assert page.tab.locator("#timeline .lane").count() > page.tab.locator("#timeline .crowd").count()
        availability = page.tab.locator("#timeline svg text.note", has_text="here").text_content().replace("\u00a0", " ")
        assert re.fullmatch(r"[\d.]+ % here", availability) and availability != "100 % here"
        assert page.tab.locator("#timeline path.availability").get_attribute("d").count("V") > 5
        page.shot("clocks")


def test_a_mesh_shows_its_incidents(browser, mesh):
    with Page(browser, mesh) as page:
        assert page.tab.locator("#incidents tbody tr").count() >= 1
        assert page.tab.locator("#timeline .lane.down").count() >= 1
        page.shot("mesh")


def test_the_order_is_drawn_through_the_operations_of_the_key(browser, disorder):
    with Page(browser, disorder) as page:
        bars = page.tab.locator("#order .bar").count()
        assert 4 < bars < 9 and f"{bars} of 9 operations are drawn" in page.text("#order-note")
        assert page.tab.locator("#order .bar.culprit").count() == 1
        assert page.tab.locator("#order .taken").count() == bars - 1
        assert "has no place" in page.tab.locator("#order .verdict").text_content()
        page.tab.locator("#order .bar.culprit").focus()
        page.tab.keyboard.press("Enter")
        page.settle()
        assert re.search(r"Operation \d", page.text("#look"))
        page.shot("order")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_in_light_and_dark_on_a_desk_and_in_a_hand(browser, missed, width, scheme):
    with Page(browser, missed, width=width, color_scheme=scheme) as page:
        assert page.tab.evaluate("document.documentElement.scrollWidth") <= width
        paper = page.tab.evaluate("getComputedStyle(document.body).backgroundColor")
        light = sum(map(int, re.findall(r"\d+", paper)[:3])) > 380
        assert light == (scheme == "light")
        page.shot(f"{scheme}-{width}")


def test_it_prints_and_shows_its_pictures_without_scripts(browser, crash):
    with Page(browser, crash) as page:
        page.tab.emulate_media(media="print")
        assert not page.tab.is_visible("[data-do=in]")
    plain = Page(browser, crash, java_script_enabled=False)
    assert plain.tab.locator("#timeline svg .lane").count() > 10
    assert plain.tab.locator("#spacetime svg .stroke").count() > 50
    plain.shot("without-scripts")
    plain.context.close()


def test_a_run_without_its_tape_shows_what_there_is(browser, crash, tmp_path):
    for file in crash.iterdir():
        if file.name != "tape.jsonl":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    subprocess.run([FAULTLINE, "report", str(tmp_path), "--quiet"], cwd=ROOT, check=True)
    with Page(browser, tmp_path) as page:
        assert "could not be repeated" in page.text("#lacking")
        assert page.tab.locator("#timeline .op-ok").count() > 10
        assert page.tab.locator("#timeline .fault").count() == 1
        assert page.tab.locator("#spacetime").count() == 0


@pytest.mark.parametrize("width", [1280, 390])
def test_a_sweep_and_a_comparison_have_pages_that_fit(browser, tmp_path, width):
    crash = str(ROOT / "scenarios" / "raft" / "leader-crash.yaml")
    for name, latency in [("slow", "30ms"), ("fast", "1ms")]:
        settings = ["--set", f"network.latency={{constant: {latency}}}", "--set", "expect.5.at_least=98.5%"]
        subprocess.run(
            [FAULTLINE, "sweep", crash, "--seeds", "1..12", "--out", str(tmp_path / name), "--quiet", *settings], cwd=ROOT
        )
    subprocess.run([FAULTLINE, "report", str(tmp_path / "slow"), "--quiet"], cwd=ROOT, check=True)
    (tmp_path / "comparison").mkdir()
    both = [str(tmp_path / "slow"), str(tmp_path / "fast")]
    out = str(tmp_path / "comparison" / "report.html")
    subprocess.run([FAULTLINE, "compare", *both, "--report", out, "--quiet"], cwd=ROOT)
    for name, words in [("slow", "leader-crash"), ("comparison", "Paired differences")]:
        page = Page(browser, tmp_path / name, width=width)
        assert words in page.text("body")
        assert page.tab.locator("svg .curve, svg .difference").count() >= 3
        assert page.tab.evaluate("document.documentElement.scrollWidth") <= width
        page.shot(f"{name if name == 'comparison' else 'sweep'}-{width}")
        page.__exit__(None)
