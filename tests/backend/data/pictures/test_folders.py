"""Finding pictures: what is left aside, which links are followed, and that no scan is endless."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import backend.data.pictures.folders as module
from backend.data.base.source import LoadCancelled, Watch
from backend.data.catalogue import check, open_data
from backend.data.formats.class_folders import scan
from backend.data.look import look_at
from backend.data.pictures.folders import ASIDE_FILES, ASIDE_FOLDERS, Scan, natural_key
from graph.values.message import UserError
from tests.backend.data.made import class_folders, noise, put

posix = pytest.mark.skipif(os.name != "posix", reason="links and names of POSIX")
HIDDEN = (".thumbnails", ".AppleDouble", ".@__thumb", ".ipynb_checkpoints", ".git")


@pytest.mark.parametrize("name", sorted({*ASIDE_FOLDERS, "@eaDir", "$RECYCLE.BIN", "__MACOSX"}))
def test_what_systems_keep_beside_the_data_is_left_aside_and_named(
    tmp_path: Path, name: str
) -> None:
    folder = class_folders(tmp_path / "pets")
    put(folder / name / "x.png", noise())
    put(folder / "cat" / name / "deep" / "x.png", noise())
    found = scan(folder)
    assert found.classes == ("cat", "dog")
    assert len(found.files) == 6
    assert {item.path for item in found.skipped} == {folder / name, folder / "cat" / name}
    assert all("a system keeps" in str(item.reason) for item in found.skipped)


def test_hidden_names_and_the_files_of_systems_are_left_aside_without_a_word(
    tmp_path: Path,
) -> None:
    folder = class_folders(tmp_path / "pets")
    for name in HIDDEN:
        put(folder / name / "x.png", noise())
        put(folder / "cat" / name / "x.png", noise())
    for name in (*ASIDE_FILES, "Thumbs.db", "Desktop.ini", "._0.png", ".DS_Store"):
        put(folder / "cat" / name, b"what a system wrote")
    found = scan(folder)
    assert (found.classes, len(found.files), found.skipped) == (("cat", "dog"), 6, ())


@posix
def test_links_to_pictures_and_to_folders_are_followed_wherever_they_lead(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "pets")
    store = put(tmp_path / "store" / "0a1b", noise())
    (folder / "cat" / "linked.png").symlink_to(store)
    put(tmp_path / "elsewhere" / "deep" / "x.jpg", noise(), "JPEG")
    (folder / "dog" / "more").symlink_to(tmp_path / "elsewhere")
    (folder / "emu").symlink_to(tmp_path / "elsewhere" / "deep")
    data = open_data(str(folder))
    assert data.classes == ("cat", "dog", "emu")
    assert (data.counts(), data.skipped) == ((4, 4, 1), ())


@posix
def test_class_folders_made_of_links_alone_are_read(tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for number in range(3):
            stored = put(tmp_path / "store" / f"{name}{number}.bin", noise(seed=number))
            (tmp_path / "pets" / name / f"{number}.png").symlink_to(
                Path("..", "..", "store", stored.name)
            )
    assert open_data(str(tmp_path / "pets")).counts() == (3, 3)


@posix
def test_folders_that_link_to_each_other_end(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "pets")
    for here, there in (("cat", "dog"), ("dog", "cat")):
        (folder / here / "friends").symlink_to(folder / there)
    found = scan(folder)
    loops = [item for item in found.skipped if "that it lies in itself" in str(item.reason)]
    assert len(loops) == 2
    assert len(found.files) == 12, "each class has its own and those of its friends"


@posix
def test_a_link_to_nothing_says_so(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "pets")
    (folder / "cat" / "gone.png").symlink_to(tmp_path / "nowhere.png")
    (item,) = scan(folder).skipped
    assert "cannot be read: No such file" in str(item.reason)


def test_a_folder_of_other_things_ends_soon_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "USELESS_CEILING", 50)
    monkeypatch.setattr(module, "PROBE_CEILING", 20)
    class_folders(tmp_path)
    for number in range(200):
        put(tmp_path / "log" / f"{number % 10}" / f"{number}.txt", b"text")
    check(str(tmp_path))
    with pytest.raises(UserError, match="more than 50 files that are no pictures"):
        open_data(str(tmp_path))


def test_a_few_thousand_notes_among_pictures_are_counted_not_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LISTED", 10)
    class_folders(tmp_path, count=20)
    for number in range(40):
        put(tmp_path / "cat" / f"{number}.txt", b"text")
    found = scan(tmp_path)
    assert len(found.files) == 40
    assert len(found.skipped) == 11
    assert str(found.skipped[0].reason) == "30 further files are no pictures"


def test_too_many_files_end_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FILE_CEILING", 30)
    class_folders(tmp_path, count=20)
    with pytest.raises(UserError, match="more than 30 files"):
        open_data(str(tmp_path))


def test_listing_tells_how_far_it_is_and_can_be_left(tmp_path: Path) -> None:
    class_folders(tmp_path)
    for number in range(2_000):
        (tmp_path / "cat" / f"n{number}.png").touch()
    steps: list[tuple[int, int]] = []
    scan(tmp_path, Watch(progress=lambda done, total: steps.append((done, total))))
    assert steps[:2] == [(1_000, 0), (2_000, 0)]
    seen: list[int] = []
    watch = Watch(lambda done, _: seen.append(done), lambda: bool(seen))
    with pytest.raises(LoadCancelled):
        scan(tmp_path, watch)
    assert seen == [1_000]


def test_recognising_a_folder_looks_at_few_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(300):
        (tmp_path / "cat" / f"n{number}").mkdir(parents=True)
    monkeypatch.setattr(module, "PROBE_CEILING", 100)
    work = Scan(tmp_path, Watch())
    assert work.has_picture(tmp_path), "only a whole scan can tell"
    assert work.n_probed <= 101


def test_of_very_many_headers_some_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import backend.data.pictures.headers as headers

    monkeypatch.setattr(headers, "HEADER_CEILING", 4)
    look = look_at(str(class_folders(tmp_path, count=5)))
    assert look.source.n_train == 10
    assert look.shape == (3, 8, 10)
    assert "one of 3 files" in str(look.notes[0])


def test_numbers_in_names_count_as_numbers() -> None:
    names = ["b1", "a", "10", "9", "a²", "", "a01", "a1", "a2", "a10", "A3", "a1b", "1000", "0"]
    ordered = ["", "0", "9", "10", "1000", "a", "a01", "a1", "a1b", "a2", "A3", "a10", "a²", "b1"]
    assert sorted(names, key=natural_key) == ordered
