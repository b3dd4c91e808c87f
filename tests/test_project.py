"""The files around the code agree: version, addresses, links, requirements, Python, workflows.

Workflows run nowhere before they are pushed, so the tests read them.
"""

import csv
import re
import tomllib
from pathlib import Path

import pytest
import yaml

import skrnn
from skrnn import _urls

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
REPOSITORY, DOCS = PROJECT["urls"]["Source"], PROJECT["urls"]["Documentation"]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
YAML = [
    *WORKFLOWS,
    *(ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"),
    *(ROOT / name for name in ("CITATION.cff", ".pre-commit-config.yaml", ".readthedocs.yaml")),
    ROOT / "recipe/recipe.yaml",
]
# What other sites say about the project.
ELSEWHERE = ("https://readthedocs.org/projects/skrnn/badge/?version=stable",)
# Pages that the build of the documentation writes.
BUILT = re.compile(r"(generated|auto_examples)/.*|(genindex|search)\.html|")


def read(name):
    return (ROOT / name).read_text("utf-8")


def read_yaml(name):
    return yaml.safe_load(read(name))


def texts():
    """Return the files that users read."""
    found = [ROOT / "pyproject.toml", *ROOT.glob("*.md"), *YAML]
    for pattern in ("docs/**/*.rst", "examples/**/*.py", "skrnn/**/*.py", ".github/**/*.md"):
        found += ROOT.glob(pattern)
    return found


def addresses(text):
    return re.findall(r"https?://[^\s)\]>\"'`]*skrnn[^\s)\]>\"'`]*", text)


def exists(address):
    """Whether an address of the project leads to something that is there."""
    raw = REPOSITORY.replace("github.com", "raw.githubusercontent.com") + "/main/"
    if address in ELSEWHERE or address.startswith(f"{REPOSITORY}/archive/refs/tags/"):
        return True
    address, _, anchor = address.partition("#")
    if f"{address}/".startswith(DOCS):
        page = address.removeprefix(DOCS.rstrip("/")).lstrip("/")
        return BUILT.fullmatch(page) or (ROOT / "docs" / page).with_suffix(".rst").is_file()
    if address.startswith(raw):
        return (ROOT / address.removeprefix(raw)).is_file()
    if address.startswith(f"{REPOSITORY}/actions/workflows/"):
        name = address.removeprefix(f"{REPOSITORY}/actions/workflows/").removesuffix("/badge.svg")
        return (ROOT / ".github/workflows" / name).is_file()
    if address.startswith(f"{REPOSITORY}/blob/main/"):
        path = ROOT / address.removeprefix(f"{REPOSITORY}/blob/main/")
        return path.is_file() and (not anchor or f"## {anchor}" in path.read_text("utf-8").lower())
    return re.fullmatch(re.escape(REPOSITORY) + r"(/(issues|security|security/policy))?", address)


def test_addresses_lead_somewhere():
    found = {a.rstrip(".,") for path in texts() for a in addresses(path.read_text("utf-8"))}
    assert len(found) > 10
    assert [a for a in sorted(found) if not exists(a)] == []


@pytest.mark.parametrize(
    "address", [f"{DOCS}no_page.html", f"{REPOSITORY}/blob/main/NO", "https://other.org/skrnn"]
)
def test_addresses_that_lead_nowhere_are_found(address):
    assert not exists(address)


def test_addresses_agree():
    citation, about = read_yaml("CITATION.cff"), read_yaml("recipe/recipe.yaml")["about"]
    assert citation["repository-code"] == about["repository"] == REPOSITORY
    assert citation["url"] == about["documentation"] == DOCS == f"{_urls.DOCS}/"
    contact = PROJECT["authors"][0]["email"]
    assert contact == citation["authors"][0]["email"]
    assert contact in read("SECURITY.md")
    assert contact in read("CODE_OF_CONDUCT.md")


def test_versions_agree():
    assert read_yaml("CITATION.cff")["version"] == skrnn.__version__
    assert read_yaml("recipe/recipe.yaml")["context"]["version"] == skrnn.__version__
    newest = re.search(r"^## \[(.*?)\]", read("CHANGELOG.md"), re.MULTILINE)[1]
    assert newest == skrnn.__version__


def test_recipe_has_the_requirements():
    needed = {r.replace("torch>", "pytorch>").replace(">=", " >=") for r in PROJECT["dependencies"]}
    recipe = read_yaml("recipe/recipe.yaml")
    assert set(recipe["requirements"]["run"]) == needed | {"python >=${{ python_min }}"}
    assert PROJECT["requires-python"] == ">=" + recipe["context"]["python_min"]
    assert recipe["about"]["summary"] == PROJECT["description"]


def test_the_versions_of_python_that_are_promised_are_tested():
    prefix = "Programming Language :: Python :: 3."
    promised = [c.rpartition(" ")[2] for c in PROJECT["classifiers"] if c.startswith(prefix)]
    matrix = read_yaml(".github/workflows/tests.yml")["jobs"]["test"]["strategy"]["matrix"]
    assert matrix["python"] == promised
    assert promised[0] == PROJECT["requires-python"].removeprefix(">=")
    systems = [system.partition("-")[0] for system in matrix["os"]]
    assert systems == ["ubuntu", "macos", "windows"]


def test_readme_is_short_and_its_links_are_absolute():
    text = read("README.md")
    assert text.count("\n") <= 120
    assert re.findall(r"\]\((?!https://)[^)]*\)", text) == []


def test_readme_has_the_figures_of_the_tables():
    def table(name):
        with (ROOT / f"docs/tables/{name}.csv").open(encoding="utf-8", newline="") as file:
            return {row["model"]: row for row in csv.DictReader(file)}

    def owa(rows, model):
        return rows[model]["M4 hourly, OWA"].strip("*").partition(" ")[0].removeprefix("0")

    text, accuracy = read("README.md"), " ".join(read("docs/accuracy.rst").split())
    points, published, speed = map(table, ("accuracy_points", "published", "speed_peers"))
    neural = speed["neuralforecast LSTM, 1,000 steps"]
    lstm, transformer = owa(points, "LSTMForecaster"), owa(points, "TransformerForecaster")
    winner, best, classical = (
        owa(published, model)
        for model in ("ES-RNN, the winner of M4", "best entry to M4", "best classical one")
    )
    assert f"LSTM {lstm}, Transformer {transformer}, three LSTMs .433" in text
    assert "(``n_members=3``, 980 s on one thread) .433" in accuracy
    assert f"winner {winner}, best entry {best}, ARIMA {classical}, " in text
    assert f"neuralforecast's LSTM {neural['OWA'].removeprefix('0')}" in text

    with (ROOT / "docs/tables/accuracy_best.csv").open(encoding="utf-8", newline="") as file:
        ratios = [float(row["ratio"]) for row in csv.DictReader(file)]
    won = sum(ratio < 1 for ratio in ratios)
    assert f"lowest error of {len(ratios)} data sets | LSTM: on {won} |" in text
    assert (max(ratios), sum(1 < ratio <= 1.04 for ratio in ratios)) == (2, len(ratios) - won - 1)

    seconds = table("accuracy_seconds")
    here = f"{speed['skrnn LSTMForecaster']['fit, s']}; {seconds['LSTMForecaster']['airline']}"
    others = f"LSTM {neural['fit, s']}; AutoETS {seconds['AutoETS']['airline'].removeprefix('0')}"
    assert f"LSTM: {here} | neuralforecast's {others} |" in text
    assert "cover 79 % and 94 % on average, and those of AutoETS 72 % and 84 %" in accuracy
    assert "LSTM: 79 / 94 % | AutoETS 72 / 84 %" in text


@pytest.mark.parametrize("path", YAML, ids=lambda path: path.name)
def test_yaml_is_valid(path):
    assert isinstance(yaml.safe_load(path.read_text("utf-8")), dict)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows(path):
    """Jobs have a limit and few permissions, steps one action of a fixed version or one command."""
    workflow = yaml.safe_load(path.read_text("utf-8"))
    assert True in workflow  # YAML reads the key `on` as a truth value
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 90
        assert set(job.get("permissions", {})) <= {"id-token"}
        assert set(job.get("needs", "").split()) <= set(workflow["jobs"])
        for step in job["steps"]:
            assert ("uses" in step) != ("run" in step)
            assert re.fullmatch(r"[\w-]+/[\w-]+@\S+", step.get("uses", "a/b@v1"))
            for target in re.findall(r"^make (\w+)$", step.get("run", ""), re.MULTILINE):
                assert f"\n{target}:" in read("Makefile")


def test_what_a_published_archive_needs_runs_before_it():
    jobs = read_yaml(".github/workflows/publish.yml")["jobs"]
    assert "make dist" in [step.get("run") for step in jobs["build"]["steps"]]
    assert jobs["publish"]["needs"] == "build"
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert "dist" in re.search(r"for target in (.*);", read(".ci/run"))[1].split()
