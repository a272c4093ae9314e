"""Zip archives: read in place and to a limit; nothing in them leads out, grows or makes us fail."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from dojo.judge.inbox import archive as archives
from dojo.judge.inbox.archive import Archive
from dojo.judge.inbox.files import DEPTH, Files
from dojo.opening.reading import CAP, Unreadable

from .exports import packed

NAME = "03/topic.py"


def opened(raw: bytes) -> Archive:
    """Open an archive."""
    return Archive(io.BytesIO(raw))


def of(*infos: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    """Pack files as they are described."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in infos:
            archive.writestr(info, content)
    return made.getvalue()


def linked(name: str, target: str) -> tuple[zipfile.ZipInfo, bytes]:
    """Describe a symbolic link."""
    return described(name, stat.S_IFLNK), target.encode()


def described(name: str, kind: int) -> zipfile.ZipInfo:
    """Describe something of a kind that Unix knows."""
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (kind | 0o644) << 16
    return info


def test_a_file_and_a_folder() -> None:
    """What is there is read, what is not is none, and a folder is no file."""
    archive = opened(packed({NAME: "x = 1", "03/a/b.txt": ""}))
    assert archive.read(("03", "topic.py"), CAP) == b"x = 1"
    assert archive.read(("03", "other.py"), CAP) is None
    assert [e.name for e in archive.entries(("03",))] == ["topic.py", "a"]
    with pytest.raises(Unreadable, match="a folder"):
        archive.read(("03", "a"), CAP)


@pytest.mark.parametrize(
    "name", ["../topic.py", "/topic.py", "a/../../topic.py", "a//topic.py", "..", "/"]
)
def test_no_path_leaves_an_archive(name: str) -> None:
    """Such a name is nowhere, not even inside; it is told."""
    archive = opened(of((name, b"out"), ("in.py", b"in")))
    assert [e.name for e in archive.entries(())] == ["in.py"]
    assert archive.read(tuple(name.split("/")), CAP) is None
    assert archive.astray == [name]


def test_a_folder_is_packed_from_within() -> None:
    """`bsdtar -a -cf x.zip .` begins every name with a dot, which is the archive itself."""
    archive = opened(of(("./", b""), (f"./{NAME}", b"x = 1"), ("03/./other.py", b"y")))
    assert archive.read(("03", "topic.py"), CAP) == b"x = 1"
    assert [e.name for e in archive.entries(("03",))] == ["topic.py", "other.py"]
    assert archive.astray == []


def test_windows_writes_its_own_separators() -> None:
    """An archive of an old tool there has folders nevertheless."""
    info = zipfile.ZipInfo("x")
    info.filename, info.create_system = "03\\topic.py", 0
    assert opened(of((info, b"x"))).read(("03", "topic.py"), CAP) == b"x"


def test_a_mac_writes_utf_8_and_does_not_say_so() -> None:
    """Its names are read as it means them; other names as DOS had them."""
    info = zipfile.ZipInfo("x.py")
    raw = of((info, b"x")).replace(b"x.py", "é.p".encode())
    assert [e.name for e in opened(raw).entries(())] == ["é.p"]
    raw = of((info, b"x")).replace(b"x.py", b"\x82.py")
    assert [e.name for e in opened(raw).entries(())] == ["é.py"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (of(linked(NAME, "/etc/passwd")), "it is a link"),
        (of((described(NAME, stat.S_IFIFO), b"")), "it is no file"),
        (of((described(NAME, stat.S_IFCHR), b"")), "it is no file"),
        (of((NAME, b"0" * (CAP + 1))), "262,145 bytes"),
        (of((NAME, b"0" * 10**8)), "100,000,000 bytes"),
        (packed({NAME: "x"}, zipfile.ZIP_BZIP2), "packed in a rare way"),
        (packed({NAME: "x"}, zipfile.ZIP_LZMA), "packed in a rare way"),
    ],
    ids=["link", "pipe", "device", "large", "huge", "bzip2", "lzma"],
)
def test_what_is_no_plain_file_is_refused(raw: bytes, said: str) -> None:
    """Nothing of it is unpacked."""
    with pytest.raises(Unreadable, match=said):
        opened(raw).read(("03", "topic.py"), CAP)


def lying(size: int) -> bytes:
    """Pack ten megabytes in a file that says it has fewer."""
    raw = of((NAME, b"0" * 10**7))
    return raw.replace(struct.pack("<L", 10**7), struct.pack("<L", size))


def test_a_bomb_is_unpacked_to_its_cap() -> None:
    """Whatever it says of its size: no more than that is made of it."""
    archive = opened(lying(100))
    with pytest.raises(Unreadable, match=r"damaged|bytes"):
        archive.read(("03", "topic.py"), CAP)


def test_a_file_that_is_there_twice_is_refused() -> None:
    """One tool would show the first, another the last."""
    with pytest.warns(UserWarning, match="Duplicate name"):
        raw = of((NAME, b"first"), (NAME, b"second"))
    with pytest.raises(Unreadable, match="twice"):
        opened(raw).read(("03", "topic.py"), CAP)


def test_a_password_is_said() -> None:
    """The flag of a locked file is enough: nothing is tried."""
    raw = bytearray(packed({NAME: "x"}))
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Unreadable, match="locked by a password"):
        opened(bytes(raw)).read(("03", "topic.py"), CAP)


@pytest.mark.parametrize("raw", [b"", b"PK", b"PK\x05\x06" + b"\xff" * 18, b"\0" * 1000])
def test_what_is_no_archive_is_said(raw: bytes) -> None:
    """Whatever zipfile makes of it."""
    with pytest.raises(Unreadable, match="no zip archive"):
        opened(raw)


def test_no_archive_makes_us_fail() -> None:
    """Every byte of a small archive changed in turn: it is read, or refused in a sentence."""
    raw = packed({NAME: "x = 1\n", "a/b.py": "y"})
    for at in range(len(raw)):
        for byte in (0, raw[at] ^ 1, 255):
            broken = raw[:at] + bytes([byte]) + raw[at + 1 :]
            try:
                archive = opened(broken)
                archive.entries(())
                archive.read(("03", "topic.py"), CAP)
            except Unreadable:
                continue


def test_a_crowded_archive_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its table may have so many names, and so many bytes."""
    raw = packed({f"{i}.py": "" for i in range(50)})
    monkeypatch.setattr(archives, "MOST", 49)
    with pytest.raises(Unreadable, match="more than 49 files"):
        opened(raw)
    monkeypatch.setattr(archives, "DIRECTORY", 100)
    with pytest.raises(Unreadable, match="no zip archive"):
        opened(raw)


def test_deep_names_are_nowhere() -> None:
    """Thousands of folders in one another are not even listed; of many such names some are told."""
    archive = opened(of(*((f"{i}/" * 5_000 + "x.py", b"") for i in range(20)), ("in.py", b"")))
    assert [e.name for e in archive.entries(())] == ["in.py"]
    assert len(archive.astray) == archives.ASTRAY


def nested(depth: int) -> bytes:
    """Pack an answer into so many archives."""
    raw = b"x = 1"
    for level in range(depth):
        raw = packed({"topic.py" if level == 0 else "in.zip": raw})
    return raw


def test_archives_in_archives(tmp_path: Path) -> None:
    """An export may hold what somebody packed; no more than that is opened."""
    (tmp_path / "export.zip").write_bytes(nested(DEPTH + 1))
    files = Files(tmp_path / "export.zip")
    assert [e.name for e in files.entries(("in.zip",))] == ["in.zip"]
    with pytest.raises(Unreadable, match="in an archive in an archive"):
        files.entries(("in.zip", "in.zip"))
    (tmp_path / "export.zip").write_bytes(nested(DEPTH))
    assert Files(tmp_path / "export.zip").read(("in.zip", "topic.py")) == b"x = 1"


def test_an_archive_behind_a_link_is_not_opened(tmp_path: Path) -> None:
    """Nor is one that is a pipe; a folder of such a name is a folder."""
    (tmp_path / "far.zip").write_bytes(nested(1))
    inbox = tmp_path / "inbox"
    (inbox / "folder.zip").mkdir(parents=True)
    (inbox / "folder.zip/topic.py").write_bytes(b"y")
    (inbox / "ann.zip").symlink_to(tmp_path / "far.zip")
    os.mkfifo(inbox / "bob.zip")
    files = Files(inbox)
    with pytest.raises(Unreadable, match="link"):
        files.read(("ann.zip", "topic.py"))
    with pytest.raises(Unreadable, match="pipe"):
        files.read(("bob.zip", "topic.py"))
    assert files.read(("folder.zip", "topic.py")) == b"y"


def test_a_linked_folder_is_not_listed(tmp_path: Path) -> None:
    """Not even the names behind it are shown."""
    (tmp_path / "far").mkdir()
    (tmp_path / "far/secret.py").write_bytes(b"")
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox/ann").symlink_to(tmp_path / "far")
    assert Files(tmp_path / "inbox").entries(("ann",)) == []


def test_few_archives_are_open_at_once(tmp_path: Path) -> None:
    """Hundreds of them do not use up what a process may open."""
    for i in range(50):
        (tmp_path / f"{i}.zip").write_bytes(nested(1))
    files = Files(tmp_path)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - descriptors
    assert all(files.read((f"{i}.zip", "topic.py")) == b"x = 1" for i in range(50))
    assert len(os.listdir("/proc/self/fd")) < before + 12  # noqa: PTH208 - as above
