"""Tables of paths and labels: which columns are meant, how paths are found, what is left out."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from backend.data.catalogue import check, open_data
from backend.data.look import look_at
from graph.values.message import UserError
from tests.backend.data.made import class_folders, noise, put

ROWS = (("1.png", "cat"), ("2.png", "dog"), ("3.png", "cat"), ("10.png", "emu"))


def pictures(folder: Path, *paths: str) -> Path:
    for number, path in enumerate(paths or (name for name, _ in ROWS)):
        put(folder / path, noise(seed=number))
    return folder


def table(path: Path, text: str, encoding: str = "utf-8") -> str:
    path.write_bytes(text.encode(encoding))
    return str(path)


def expect(spec: str | Path, classes: str = "cat dog emu", labels: str = "0 1 0 2") -> list[str]:
    """The reasons for what was left out."""
    data, look = open_data(str(spec)), look_at(str(spec))
    check(str(spec))
    assert data.classes == look.source.classes == tuple(classes.split())
    assert " ".join(map(str, data.labels.tolist())) == labels
    assert data.skipped == look.skipped
    assert data.notes == look.notes
    n_validation = len(data.fixed.validation) if data.fixed is not None else None
    assert look.source.n_validation == n_validation
    return [str(item.reason) for item in data.skipped]


def body(delimiter: str = ",", prefix: str = "", ending: str = ".png") -> str:
    return "".join(
        f"{prefix}{name.removesuffix('.png')}{ending}{delimiter}{label}\n" for name, label in ROWS
    )


@pytest.mark.parametrize(
    "head",
    [
        "path,label",
        "Filename,Class",
        "file_name,label",
        "image path,Category",
        "IMAGE_ID,breed",
        "id,target",
        "img,species",
        "name,y",
        "where,label",
        "path,what",
    ],
)
def test_columns_are_known_by_their_names(tmp_path: Path, head: str) -> None:
    pictures(tmp_path)
    assert expect(table(tmp_path / "labels.csv", f"{head}\n{body()}")) == []


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("label,path", "{label},{name}"),
        ("class id,filepaths,labels,scientific name", "7,{name},{label},Felis"),
        ("Width,Height,ClassId,Path", "30,30,{label},{name}"),
        ("index,image,class_name,class_id", "0,{name},{label},5"),
        ("image_id,image_path,label", "99,{name},{label}"),
    ],
)
def test_columns_may_stand_in_any_order_among_others(tmp_path: Path, head: str, line: str) -> None:
    pictures(tmp_path)
    lines = "".join(line.format(name=name, label=label) + "\n" for name, label in ROWS)
    assert expect(table(tmp_path / "labels.csv", f"{head}\n{lines}")) == []


@pytest.mark.parametrize("text", ["{body}", "picture,of what\n{body}", "\n\n{body}\n\n"])
def test_two_columns_need_no_names(tmp_path: Path, text: str) -> None:
    pictures(tmp_path)
    assert expect(table(tmp_path / "labels.csv", text.format(body=body()))) == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", ", "])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_tables_are_read_as_programs_write_them(
    tmp_path: Path, delimiter: str, encoding: str
) -> None:
    pictures(tmp_path)
    text = f"path{delimiter}label\n{body(delimiter)}".replace("cat", '"Käfer"').replace(
        "\n", "\r\n"
    )
    assert expect(table(tmp_path / "labels.tsv", text, encoding), "dog emu Käfer", "2 0 2 1") == []


@pytest.mark.parametrize(
    ("folder", "prefix", "ending"),
    [
        ("", "", ".png"),
        ("", "./", ".png"),
        ("images", "images/", ".png"),
        ("images", "images\\\\", ".png"),
        ("images", "", ".png"),
        ("images", "", ""),
        ("deep/down", "", ""),
        ("train", "data/train/", ".png"),
        ("train", "/home/somebody/data/train/", ".png"),
        ("train", "C:\\\\Users\\\\somebody\\\\data\\\\train\\\\", ".png"),
        ("train", "https://example.org/pets/", ".png"),
    ],
)
def test_paths_are_found_as_they_are_written(
    tmp_path: Path, folder: str, prefix: str, ending: str
) -> None:
    pictures(tmp_path / folder)
    text = "path,label\n" + body(prefix=prefix.replace("\\\\", "\\"), ending=ending)
    assert expect(table(tmp_path / "labels.csv", text)) == []


@pytest.mark.parametrize("absolute", [True, False])
def test_paths_may_lead_elsewhere(tmp_path: Path, absolute: bool) -> None:
    pictures(tmp_path / "pictures")
    (tmp_path / "tables").mkdir()
    prefix = f"{tmp_path / 'pictures'}/" if absolute else "../pictures/"
    text = "path,label\n" + body(prefix=prefix)
    assert expect(table(tmp_path / "tables" / "labels.csv", text)) == []


def test_names_are_compared_in_composed_letters(tmp_path: Path) -> None:
    names = [unicodedata.normalize("NFD", name) for name in ("Köln.png", "Ulm.png")]
    pictures(tmp_path, *names)
    text = unicodedata.normalize("NFC", f"path,label\n{names[0]},Dom\n{names[1]},Münster\n")
    assert expect(table(tmp_path / "labels.csv", text), "Dom Münster", "0 1") == []


def test_labels_that_are_numbers_are_in_their_order(tmp_path: Path) -> None:
    pictures(tmp_path)
    text = "path,label\n1.png,10\n2.png,9\n3.png,10\n10.png,1\n"
    assert expect(table(tmp_path / "labels.csv", text), "1 9 10", "2 1 2 0") == []


# Parts


@pytest.mark.parametrize("column", ["split", "Usage", "data set", "subset"])
@pytest.mark.parametrize(
    ("train", "validation"),
    [("train", "val"), ("Training", "PublicTest"), ("trn", "valid"), ("", "test"), ("x", "eval")],
)
def test_a_column_tells_the_parts(tmp_path: Path, column: str, train: str, validation: str) -> None:
    pictures(tmp_path)
    rows = (("1", "cat", train), ("2", "cat", validation), ("3", "dog", train))
    lines = "".join(",".join(row) + "\n" for row in (*rows, ("10", "emu", validation)))
    spec = table(tmp_path / "labels.csv", f"id,label,{column}\n{lines}")
    assert expect(spec, "cat dog", "0 1 0") == ["the training part has no class emu"]
    fixed = open_data(spec).fixed
    assert fixed is not None
    assert fixed.validation.tolist() == [2]


def test_parts_are_a_fixed_split_and_the_test_part_is_left_aside(tmp_path: Path) -> None:
    names = [f"{number}.png" for number in range(8)]
    pictures(tmp_path, *names)
    parts = ("train", "train", "val", "test", "train", "valid", "val", "train")
    lines = "".join(
        f"{name},{'ab'[number % 2]},{part}\n"
        for number, (name, part) in enumerate(zip(names, parts, strict=True))
    )
    spec = table(tmp_path / "labels.csv", f"path,label,split\n{lines}")
    assert expect(spec, "a b", "0 1 0 1 0 1 0") == ["it belongs to a part that does not validate"]
    fixed = open_data(spec).fixed
    assert fixed is not None
    assert (fixed.train.tolist(), fixed.validation.tolist()) == ([0, 1, 2, 3], [4, 5, 6])


@pytest.mark.parametrize("flag", ["True", "1", "true", "yes"])
def test_a_column_of_yes_and_no_tells_what_validates(tmp_path: Path, flag: str) -> None:
    pictures(tmp_path)
    text = (
        f"name,label,is_valid\n1.png,cat,False\n2.png,dog,False\n3.png,cat,{flag}\n10.png,dog,0\n"
    )
    assert expect(table(tmp_path / "labels.csv", text), "cat dog", "0 1 1 0") == []


def test_tables_called_train_and_val_are_the_parts(tmp_path: Path) -> None:
    pictures(tmp_path / "train", "1.png", "2.png", "3.png")
    pictures(tmp_path / "val", "1.png", "2.png")
    table(tmp_path / "val.csv", "path,label\nval/1.png,dog\nval/2.png,cat\n")
    table(tmp_path / "train.csv", "path,label\ntrain/1.png,cat\ntrain/2.png,dog\ntrain/3.png,cat\n")
    table(tmp_path / "test.csv", "path\n9.png\n")
    table(tmp_path / "sample_submission.csv", "path,label\nval/1.png,dog\n")
    assert expect(tmp_path, "cat dog", "0 1 0 1 0") == []
    assert open_data(str(tmp_path)).fixed is not None


# Folders


def test_a_folder_with_one_table_needs_no_more(tmp_path: Path) -> None:
    pictures(tmp_path / "dogs" / "train")
    pictures(tmp_path / "dogs" / "test", "7.png", "8.png")
    table(tmp_path / "dogs" / "labels.csv", "id,breed\n" + body(ending=""))
    table(tmp_path / "dogs" / "notes.csv", "what,why\n1,2\n")
    for spec in (tmp_path, tmp_path / "dogs"):
        assert expect(spec) == []
        assert "2 pictures beside the table" in str(open_data(str(spec)).notes[0])


def test_class_folders_come_before_a_table_beside_them(tmp_path: Path) -> None:
    class_folders(tmp_path)
    table(tmp_path / "sizes.csv", "path,label\ncat/0.png,large\ndog/0.png,small\n")
    assert open_data(str(tmp_path)).classes == ("cat", "dog")
    assert open_data(str(tmp_path / "sizes.csv")).classes == ("large", "small")


def test_of_several_tables_one_must_be_chosen(tmp_path: Path) -> None:
    pictures(tmp_path)
    for name in ("size", "kind"):
        table(tmp_path / f"{name}.csv", f"path,label\n{body()}")
    with pytest.raises(UserError, match=r"several tables of pictures: kind.csv, size.csv"):
        open_data(str(tmp_path))
    assert expect(tmp_path / "size.csv") == []


# What is left out


def test_lines_that_cannot_be_used_are_left_out_with_the_reason(tmp_path: Path) -> None:
    pictures(tmp_path)
    text = (
        f"path,label\n{body()}"
        "gone.png,cat\n4.png\n,cat\n2.png,\n1.png,cat\n3.png,dog\n../../etc/passwd,cat\n"
    )
    reasons = expect(table(tmp_path / "labels.csv", text))
    assert sorted(reasons) == sorted(
        [
            "there is no such picture (line 6)",
            "line 7 is too short",
            "there is no such picture (line 8)",
            "it has no label (line 9)",
            "it stands there otherwise further up (line 11)",
            "there is no such picture (line 12)",
        ]
    )


def test_a_name_that_several_pictures_have_needs_its_folder(tmp_path: Path) -> None:
    pictures(tmp_path, "a/1.png", "b/1.png", "b/2.png")
    text = "path,label\na/1.png,cat\n1.png,dog\n2.png,dog\n"
    reasons = expect(table(tmp_path / "labels.csv", text), "cat dog", "0 1")
    assert reasons == ["there is no such picture (line 3)"]


def test_a_broken_picture_is_left_out(tmp_path: Path) -> None:
    pictures(tmp_path)
    put(tmp_path / "bad.png", b"nonsense")
    spec = table(tmp_path / "labels.csv", f"path,label\n{body()}bad.png,cat\n")
    (reason,) = expect(spec)
    assert "not a PNG or JPEG" in reason


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is empty"),
        ("path,label\n", "it has no lines"),
        ("alpha,beta,gamma\n1,2,3\n", "columns alpha, beta, gamma none is known"),
        (
            "label," + ",".join(f"pixel{n}" for n in range(784)) + "\n" + "0," * 784 + "0\n",
            "pixels",
        ),
        ("emotion,pixels,Usage\n0,70 80 82,Training\n", "its columns are pixels"),
        ("path,label\nx.png,cat\ny.png,dog\n", "None of the pictures that the table lists"),
        ("path,label\n1.png,cat\n2.png,cat\n", "only one label"),
        ('path,label\n1.png,"cat\n', "None of|only one label"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(tmp_path: Path, text: str, words: str) -> None:
    pictures(tmp_path)
    with pytest.raises(UserError, match=words):
        open_data(table(tmp_path / "labels.csv", text))


def test_labels_that_are_nearly_all_different_are_none(tmp_path: Path) -> None:
    names = [f"{number}.png" for number in range(30)]
    pictures(tmp_path, *names)
    text = "path,label\n" + "".join(f"{name},{number}\n" for number, name in enumerate(names))
    with pytest.raises(UserError, match="nearly all different"):
        open_data(table(tmp_path / "labels.csv", text))
