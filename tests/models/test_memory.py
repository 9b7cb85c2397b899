"""What a machine has is told without torch, whatever answers or does not."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from teacache.models import memory
from teacache.models.memory import free_host_gb, this_machine


@pytest.fixture
def smi(tmp_path, monkeypatch):
    """A tool in place of nvidia-smi that prints this text, or none at all."""

    def install(text, status=0):
        tool = tmp_path / "nvidia-smi"
        tool.write_text(f"#!/bin/sh\necho '{text}'\nexit {status}\n")
        tool.chmod(0o755)
        monkeypatch.setattr(memory.shutil, "which", lambda name: None if text is None else str(tool))
        this_machine.cache_clear()

    yield install
    this_machine.cache_clear()


def test_the_first_gpu_is_told_with_its_memory(smi):
    smi("NVIDIA H200, 143771")
    machine = this_machine()
    assert machine.gpu == "NVIDIA H200" and machine.gpu_gb == pytest.approx(150.75, abs=0.01)


@pytest.mark.parametrize(
    "text, status", [(None, 0), ("", 0), ("No devices were found", 6), ("[N/A], [N/A]", 0)]
)
def test_without_an_answer_there_is_no_gpu(smi, text, status):
    smi(text, status)
    assert this_machine().gpu is None and this_machine().host_gb > 0


@pytest.mark.parametrize(
    "limit, free",
    [("1500000000", 1.2), ("max", 20.0), ("90000000000", 20.0), ("100", 0.0)],
)
def test_the_limit_of_a_container_counts(tmp_path, monkeypatch, limit, free):
    monkeypatch.setattr(memory, "_CGROUP", tmp_path)
    monkeypatch.setattr(memory.psutil, "virtual_memory", lambda: SimpleNamespace(available=20_000_000_000))
    (tmp_path / "memory.max").write_text(f"{limit}\n")
    (tmp_path / "memory.current").write_text("500000000\n")
    (tmp_path / "memory.stat").write_text("anon 300000000\ninactive_file 200000000\n")
    assert free_host_gb() == pytest.approx(free)


def test_asking_needs_no_torch():
    code = "import sys, teacache.models.memory as m; m.this_machine(); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
