"""Debian's Podman takes the commands into a real container of Debian 13.

Without a registry, ``debian:13`` is built from Debian's packages, as bare as the usual one. With
``--long``, ``bin/docs``, ``bin/serve`` and the editor's folder run completely in it; every run
checks that podman knows the options. Without containers in the kernel, a warning at the end gives
the reason.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
import warnings
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from test_elsewhere import TOOLS
from test_elsewhere import run as told_by  # noqa: F401 - a fixture

ROOT = Path(__file__).parents[1]
IMAGE = "docker.io/library/debian:13"
#: As in the image that others fetch: no translations, and no waiting for the disk.
SPARING = ['--aptopt=Acquire::Languages "none"', "--dpkgopt=force-unsafe-io"]
#: the machine's apt configuration
WAY = ("Acquire::http::Proxy ", "Acquire::https::Proxy ", "Acquire::Check-Valid-Until ")
STORAGE = '[storage]\ndriver = "overlay"\ngraphroot = "{0}/images"\nrunroot = "{0}/run"\n'
SETTINGS = '[engine]\nruntime = "{}"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n'
#: The first is podman's own choice, and refuses a kernel with control groups of both kinds.
RUNTIMES = ("crun", "runc")
WRAPPER = '#!{}\nexport PATH={}\nexec podman "$@"\n'


class Podman:
    """Podman with settings and images of its own."""

    def __init__(self, folder, runtime):
        (folder / "storage.conf").write_text(STORAGE.format(folder))
        (folder / "containers.conf").write_text(SETTINGS.format(runtime))
        kept = {name: text for name, text in os.environ.items() if not name.startswith("WATER_")}
        self.variables = kept | {
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"),
            "CONTAINERS_CONF": str(folder / "containers.conf"),
            "PODMAN_IGNORE_CGROUPSV1_WARNING": "1",
        }

    def run(self, *args):
        """Run podman to its end: ``(code, what it has written)``."""
        return _run(["podman", *args], env=self.variables)

    def __call__(self, *args):
        """Run podman, which must succeed; returns what it has written."""
        code, words = self.run(*args)
        assert code == 0, words
        return words

    @contextmanager
    def elsewhere(self):
        """The environment of a system that is not Debian: no apt, and podman."""
        with tempfile.TemporaryDirectory() as name:
            tools = Path(name)
            for tool in TOOLS:
                (tools / tool).symlink_to(shutil.which(tool))
            (tools / "podman").write_text(WRAPPER.format(shutil.which("bash"), os.environ["PATH"]))
            (tools / "podman").chmod(0o755)
            yield self.variables | {"PATH": name}


def _run(args, **options):
    done = subprocess.run(
        [str(arg) for arg in args],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **options,
    )
    return done.returncode, done.stdout


@pytest.fixture(scope="module")
def image(stack):
    """The root of a bare Debian 13 in one file, kept for the next time."""
    path = Path(stack["data"]).with_name("debian-13.tar")
    if not path.exists():
        part = path.with_name("debian-13.part.tar")
        lines = _run(["apt-config", "dump"])[1].splitlines()
        way = [f"--aptopt={line}" for line in lines if line.startswith(WAY)]
        make = ["mmdebstrap", "-q", "--mode=unshare", "--variant=minbase", *SPARING, *way]
        # the folder is accessible for root inside, and not outside
        code, words = _run([*make, "trixie", part], env=os.environ | {"TMPDIR": "/var/tmp"})
        if code:
            warnings.warn(f"mmdebstrap makes no root of Debian here: {words}", stacklevel=1)
            return None
        part.rename(path)
    return path


@pytest.fixture(scope="module")
def podman(image):
    """A podman that runs ``debian:13``, or None; all that it has made is gone afterwards."""
    refusals = []
    for runtime in RUNTIMES if image else ():
        with tempfile.TemporaryDirectory(prefix="water-", dir="/var/tmp") as name:
            engine = Podman(Path(name), runtime)
            try:
                engine("import", "-q", image, IMAGE)
                engine("run", "--rm", "--network", "host", IMAGE, "true")
                yield engine
                return
            except AssertionError as refusal:
                refusals.append(str(refusal))
            finally:
                engine.run("rm", "--force", "--time", "1", "--all")
                engine.run("system", "reset", "--force")
    warnings.warn(f"podman runs no container on this kernel: {refusals}", stacklevel=1)
    yield None


def test_podman_knows_what_it_is_told(told_by):  # noqa: F811
    """Each option of each line that the commands have for an engine."""
    code, words, told = told_by("docs", PIP_CERT="/etc/hostname", https_proxy="http://proxy")
    assert code == 0, words
    asked = [line[1:] for line in told if line[1] in ("run", "exec", "start", "rm")]
    assert {verb for verb, *_rest in asked} == {"run", "exec", "start"}
    for verb, *rest in asked:
        known = _run(["podman", verb, "--help"])[1]
        options = {word for word in rest if re.fullmatch("--[a-z-]+", word)}
        assert options <= set(re.findall(r"--[a-z-]+", known)), verb


if os.environ.get("WATER_LONG"):

    def test_a_command_goes_its_way(podman):
        """The manual is built, by packages of Debian and of PyPI, by a user who is not root."""
        if not podman:
            return
        with podman.elsewhere() as variables:
            code, words = _run([ROOT / "bin/docs"], env=variables)
            assert code == 0, words
            assert "making the container" in words
            assert "Building the manual" in words
            code, words = _run([ROOT / "bin/docs"], env=variables)
        assert (code, "making the container" in words, "Building" in words) == (0, False, False)
        (name,) = podman("ps", "--format", "{{.Names}}").split()
        page = "/water-local/manual/index.html"
        assert podman("exec", name, "stat", "-c", "%U", page).split() == ["odoo"]
        assert podman("volume", "ls", "-q").split() == [name]

    def test_the_system_is_served(podman):
        """From nothing to a page, on a port of the machine."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        url = f"http://localhost:{port}/web/login"
        command = [ROOT / "bin/serve", "--port", str(port), "--year", "0"]
        with podman.elsewhere() as variables, tempfile.TemporaryFile("w+") as said:
            process = subprocess.Popen(command, env=variables, stdout=said, stderr=said)
            deadline = time.monotonic() + 3600
            page = b""
            while not page and process.poll() is None and time.monotonic() < deadline:
                time.sleep(1)
                with suppress(OSError), urllib.request.urlopen(url, timeout=60) as answer:
                    page = answer.read()
            process.terminate()
            process.wait()
            said.seek(0)
            assert b"oe_login_form" in page, said.read()[-3000:]

    def test_an_editors_container(podman):
        """``.devcontainer`` is enough for an editor to run a command."""
        text = (ROOT / ".devcontainer/devcontainer.json").read_text()
        folder = "/workspaces/water"
        for name, value in {"containerWorkspaceFolder": folder, "devcontainerId": "1"}.items():
            text = text.replace(f"${{{name}}}", value)
        asked = json.loads(re.sub("^ *//.*", "", text, flags=re.MULTILINE))
        made = ["--env=" + "=".join(pair) for pair in asked["containerEnv"].items()]
        made += [f"--mount={mount}" for mount in asked["mounts"]]
        trusted = os.environ.get("PIP_CERT")
        made += [f"--volume={trusted}:/trusted:ro", "--env=PIP_CERT=/trusted"] if trusted else []
        there = ["run", "--detach", "--name=editor", "--network=host", *made]
        image = f"docker.io/library/{asked['image']}"
        podman(*there, f"--volume={ROOT}:{folder}", image, "sleep", "infinity")
        podman("exec", "editor", "sh", "-c", asked["onCreateCommand"])
        remote = ["--env=" + "=".join(pair) for pair in asked["remoteEnv"].items()]
        words = podman("exec", "--workdir", folder, *remote, "editor", "bin/docs")
        assert "Building the manual" in words
        podman("rm", "--force", "--time", "1", "editor")
