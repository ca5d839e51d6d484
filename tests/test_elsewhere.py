"""Where this is not Debian 13 the commands go into a container that is, by podman or docker.

The engine is a stand-in that writes down what it is told; that of others is nowhere tried here.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: Requirements of the commands before they know the system. Without apt: another system.
TOOLS = "bash cat basename cksum cut dirname env id uname".split()
ENGINE = """#!/usr/bin/python3
import json, os, pathlib, sys
told = pathlib.Path(os.environ["TOLD"])
with told.open("a") as output:
    print(json.dumps([pathlib.Path(sys.argv[0]).name, *sys.argv[1:]]), file=output)
if sys.argv[1] == "info":
    sys.exit(int(pathlib.Path(sys.argv[0]).name in os.environ.get("DEAD", "")))
if sys.argv[1:3] == ["container", "inspect"]:
    sys.exit("MADE" not in os.environ)
sys.exit(sys.argv[1] in os.environ.get("FAILS", "").split())
"""


@pytest.fixture
def run(tmp_path):
    """Return a function that runs a command: ``(code, words, what engines were told)``."""
    for tool in TOOLS:
        (tmp_path / tool).symlink_to(shutil.which(tool))

    def _run(command, *args, engines=("podman", "docker"), folder=ROOT, **variables):
        for name in engines:
            (tmp_path / name).write_text(ENGINE)
            (tmp_path / name).chmod(0o755)
        told = tmp_path / "told"
        kept = {name: text for name, text in os.environ.items() if not name.startswith("WATER_")}
        done = subprocess.run(
            [ROOT / "bin" / command, *args],
            env=kept | {"PATH": str(tmp_path), "TOLD": str(told)} | variables,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        lines = told.read_text().splitlines() if told.exists() else []
        return done.returncode, done.stderr, [json.loads(line) for line in lines]

    return _run


def test_a_container_is_made_once(run):
    """With the checkout in it, and a volume for what commands make."""
    code, words, told = run("serve", "--port", "8100")
    assert code == 0, words
    assert [line[1] for line in told] == ["info", "container", "run", "exec", "start", "exec"]
    made = told[2]
    assert made[0] == "podman"
    assert made[made.index("--volume") + 1] == f"{ROOT}:/water"
    assert made[-4:-1] == ["docker.io/library/debian:13", "bash", "-c"]
    assert "--init" not in made  # podman of Debian comes without the program for it
    name = made[made.index("--name") + 1]
    assert told[-1][-4:] == [name, "/water/bin/serve", "--port", "8100"]


def test_reused(run):
    """From the folder one stands in, with the environment, and words that have blanks."""
    code, words, told = run(
        "test", "-k", "a or b", folder=ROOT / "tests", MADE="1", WATER_FUZZ="9", PORT="8100"
    )
    assert code == 0, words
    assert [line[1] for line in told] == ["info", "container", "start", "exec"]
    options = told[-1]
    assert options[-3:] == ["/water/bin/test", "-k", "a or b"]
    assert options[options.index("--workdir") + 1] == "/water/tests"
    given = {options[at + 1] for at, word in enumerate(options) if word == "--env"}
    assert given == {"PORT", "WATER_FUZZ"}


def test_an_engine_that_does_not_answer(run):
    code, words, told = run("lint", MADE="1", DEAD="podman")
    assert code == 0, words
    assert {line[0] for line in told if line[1] != "info"} == {"docker"}


@pytest.mark.parametrize(
    ("fails", "words", "asked"),
    [
        ("run", "could not be made", ["run", "rm"]),
        ("exec", "could not be made", ["run", "exec", "rm"]),
        ("start", "could not be started", ["run", "exec", "start"]),
    ],
)
def test_an_engine_that_refuses(run, fails, words, asked):
    """Reported once, and a half-made environment is not reused."""
    code, told_words, told = run("serve", FAILS=fails)
    assert code == 1
    assert words in told_words
    assert [line[1] for line in told] == ["info", "container", *asked]


def test_without_an_engine(run):
    """The message names what would help."""
    code, words, told = run("lint", DEAD="podman docker")
    assert code == 1
    assert {line[1] for line in told} == {"info"}
    for word in ("Debian 13", "podman", "docker compose", ".devcontainer"):
        assert word in words


@pytest.mark.parametrize("command", ["install", "backup", "restore"])
def test_machine_problems_stay_out(run, command):
    """A database and services of the machine are no container's."""
    code, words, told = run(command, "--name", "kf.example.com", MADE="1")
    assert (code, told) == (1, [])
    assert "Debian 13" in words or "as root" in words


@pytest.mark.parametrize(("version", "is_said"), [("19.0.0+dfsg-1", False), ("19.1-2", True)])
def test_another_odoo_is_said(tmp_path, version, is_said):
    """Debian's unstable suite moves on; the version that was tried is that of this machine."""
    (tmp_path / "dpkg-query").write_text(f"#!/bin/sh\nprintf '{version}'\n")
    (tmp_path / "dpkg-query").chmod(0o755)
    script = f". {ROOT}/bin/lib/setup.sh; say_version"
    done = subprocess.run(
        ["bash", "-c", script, "serve"],
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (version in done.stderr) is is_said, done.stderr
    assert "bin/test" in done.stderr or not is_said
