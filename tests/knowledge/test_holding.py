"""What somebody reads is not removed; the dead hold nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.holding import Hold, is_held

_HOLDER = """
import sys
from pathlib import Path
from knowledge.holding import Hold
hold = Hold(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.readline()
"""


def test_held_until_the_last_reader_lets_go(tmp_path: Path) -> None:
    assert not is_held(tmp_path)
    first, second = Hold(tmp_path), Hold(tmp_path)

    first.release()
    assert is_held(tmp_path)

    second.release()
    assert not is_held(tmp_path)


def test_another_process_holds_until_it_is_killed(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    assert is_held(tmp_path)

    holder.kill()
    holder.communicate()

    assert not is_held(tmp_path)


def test_what_is_gone_cannot_be_held(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Hold(tmp_path / "gone")
    assert not is_held(tmp_path / "gone")
