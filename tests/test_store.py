"""What is kept from one build to the next comes back as it was, or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import store as store_module
from generator.sealed import load_sealed, save_sealed
from generator.store import Damaged, Store

PIECES = {f"key-{number:012}".encode(): bytes([number]) * (number * 50) for number in range(1, 30)}
ONE, TWO, *_ = PIECES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kept"


@pytest.fixture(autouse=True)
def _closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every store is closed when the test ends."""
    opened: list[Store] = []
    begin = Store.__init__

    def begin_noted(store: Store, *arguments: Any) -> None:
        opened.append(store)
        begin(store, *arguments)

    monkeypatch.setattr(Store, "__init__", begin_noted)
    yield
    for store in opened:
        store.close()


def filled(folder: Path, version: str = "1") -> Path:
    """A folder in which a store of all pieces was saved; gives the file that has them."""
    store = Store(folder, version)
    for key, data in PIECES.items():
        store.add(key, data)
    store.save()
    store.close()
    (file,) = data_files(folder)
    return file


def data_files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if path.name != "store.index"]


def found(store: Store) -> dict[bytes, bytes]:
    """All that a store gives."""
    return {key: data for key in PIECES if (data := store.get(key)) is not None}


def test_pieces_come_back_before_and_after_they_are_saved(folder: Path) -> None:
    store = Store(folder, "1")
    assert store.get(ONE) is None
    for key, data in PIECES.items():
        store.add(key, data)
    assert found(store) == PIECES
    store.save()
    assert found(store) == PIECES
    store.close()
    again = Store(folder, "1")
    assert (len(again), ONE in again, b"no" in again) == (len(PIECES), True, False)
    assert found(again) == PIECES


def test_more_than_the_buffer_holds_comes_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "_ROOM", 700)
    store = Store(folder, "1")
    for key, data in PIECES.items():
        store.add(key, data)
        assert store.get(key) == data
    assert found(store) == PIECES
    store.save()
    assert found(Store(folder, "1")) == PIECES


def test_a_second_piece_of_one_key_is_not_taken(folder: Path) -> None:
    filled(folder)
    store = Store(folder, "1")
    store.add(ONE, b"other")
    assert store.get(ONE) == PIECES[ONE]


def test_only_what_was_asked_for_or_added_is_kept(folder: Path) -> None:
    filled(folder)
    store = Store(folder, "1")
    store.get(ONE)
    store.use([TWO, b"nothing"])
    store.add(b"new", b"data")
    store.save()
    again = Store(folder, "1")
    assert found(again) == {ONE: PIECES[ONE], TWO: PIECES[TWO]}
    assert (again.get(b"new"), len(again)) == (b"data", 3)


def test_everything_is_kept_where_that_is_asked(folder: Path) -> None:
    filled(folder)
    store = Store(folder, "1")
    store.keep_all()
    store.add(b"new", b"data")
    store.save()
    assert found(Store(folder, "1")) == PIECES


def test_nothing_is_written_where_nothing_has_changed(folder: Path) -> None:
    filled(folder)
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    store = Store(folder, "1")
    found(store)
    store.save()
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_what_is_not_saved_is_not_there(folder: Path) -> None:
    filled(folder)
    store = Store(folder, "1")
    store.add(b"new", b"data")
    store.close()
    again = Store(folder, "1")
    assert (again.get(b"new"), found(again)) == (None, PIECES)


def test_room_of_what_is_forgotten_is_given_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "_ROOM", 200)
    size = filled(folder).stat().st_size
    kept = dict(list(PIECES.items())[::7])
    for more in (b"a", b"b", b"c"):
        store = Store(folder, "1")
        assert {key: store.get(key) for key in kept} == kept
        store.add(more, more * 1000)
        store.save()
        # A store that goes on being used reads where its pieces have moved to.
        assert {key: store.get(key) for key in kept} == kept
        assert store.get(more) == more * 1000
        store.close()
        (file,) = data_files(folder)
        assert file.stat().st_size < size / 2
    again = Store(folder, "1")
    assert found(again) == kept


def test_a_store_that_goes_on_after_it_was_compacted_adds_to_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "_ROOM", 200)
    filled(folder)
    store = Store(folder, "1")
    store.get(ONE)
    store.save()
    store.add(b"new", b"data")
    store.save()
    again = Store(folder, "1")
    assert (again.get(ONE), again.get(b"new"), len(again)) == (PIECES[ONE], b"data", 2)


def test_everything_can_be_forgotten(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "_ROOM", 200)
    filled(folder)
    store = Store(folder, "1")
    store.save()
    assert len(Store(folder, "1")) == 0
    store.add(ONE, PIECES[ONE])
    store.save()
    assert found(Store(folder, "1")) == {ONE: PIECES[ONE]}


@pytest.mark.parametrize(("version", "fresh"), [("2", False), ("1", True)])
def test_another_version_and_a_fresh_store_begin_with_nothing(
    folder: Path, version: str, fresh: bool
) -> None:
    filled(folder)
    store = Store(folder, version, fresh)
    assert (len(store), found(store)) == (0, {})
    store.add(ONE, b"new")
    store.save()
    again = Store(folder, version)
    assert found(again) == {ONE: b"new"}
    if version != "1":
        assert found(Store(folder, "1")) == {}


def test_a_damaged_piece_is_none_and_can_be_added_anew(folder: Path) -> None:
    file = filled(folder)
    data = bytearray(file.read_bytes())
    data[0] ^= 1
    file.write_bytes(data)
    store = Store(folder, "1")
    assert ONE in store
    assert store.get(ONE) is None
    assert ONE not in store
    assert store.get(TWO) == PIECES[TWO]
    store.add(ONE, PIECES[ONE])
    assert store.get(ONE) == PIECES[ONE]
    store.keep_all()
    store.save()
    assert found(Store(folder, "1")) == PIECES


def test_what_is_needed_and_has_gone_is_said_to_be_damaged(folder: Path) -> None:
    file = filled(folder)
    file.write_bytes(bytes(file.stat().st_size))
    store = Store(folder, "1")
    for key in (ONE, b"never there"):
        with pytest.raises(Damaged):
            store.need(key)


def test_a_piece_damaged_before_compaction_is_not_whole_after(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "_ROOM", 200)
    file = filled(folder)
    data = bytearray(file.read_bytes())
    data[0] ^= 1
    file.write_bytes(data)
    store = Store(folder, "1")
    store.use([ONE, TWO])
    store.save()
    assert found(Store(folder, "1")) == {TWO: PIECES[TWO]}


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_file_that_was_cut_short_counts_as_none(folder: Path, share: float) -> None:
    file = filled(folder)
    file.write_bytes(file.read_bytes()[: int(share * file.stat().st_size)])
    store = Store(folder, "1")
    assert found(store) == {}
    store.add(ONE, PIECES[ONE])
    store.save()
    assert found(Store(folder, "1")) == {ONE: PIECES[ONE]}


def test_a_file_cut_short_while_it_is_open_gives_none(folder: Path) -> None:
    file = filled(folder)
    store = Store(folder, "1")
    with open(file, "r+b") as opened:
        opened.truncate(PIECES[ONE].__len__())
    assert found(store) == {ONE: PIECES[ONE]}


def test_an_end_between_data_and_index_leaves_what_was_there(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With and without compaction, data are written before an index that has them."""
    filled(folder)
    for room in (1 << 20, 200):
        monkeypatch.setattr(store_module, "_ROOM", room)
        ended = tmp_path / f"ended-{room}"
        shutil.copytree(folder, ended)
        index = (ended / "store.index").read_bytes()
        store = Store(ended, "1")
        for key in (ONE, TWO):
            store.get(key)
        store.add(b"new", b"data" * 500)
        # The file that the old index tells of is only removed after a new one is there.
        with monkeypatch.context() as patch:
            patch.setattr(Path, "unlink", lambda _path, missing_ok=False: None)
            store.save()
        store.close()
        (ended / "store.index").write_bytes(index)
        again = Store(ended, "1")
        assert found(again) == PIECES
        assert again.get(b"new") is None
        again.add(b"more", b"other")
        again.save()
        assert (Store(ended, "1").get(b"more"), found(Store(ended, "1"))) == (b"other", PIECES)


def test_an_index_of_other_data_gives_nothing_wrong(folder: Path, tmp_path: Path) -> None:
    filled(folder)
    other = tmp_path / "other"
    store = Store(other, "1")
    for key, data in reversed(PIECES.items()):
        store.add(key, data[::-1] + b"!")
    store.save()
    shutil.copy(folder / "store.index", other / "store.index")
    assert found(Store(other, "1")).items() <= PIECES.items()


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 28)), max_size=40))
def test_any_course_of_a_store_equals_that_of_a_dictionary(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("course")
    keys = list(PIECES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store_module, "_ROOM", 500)
        store = Store(folder, "1")
        known: dict[bytes, bytes] = {}
        saved: dict[bytes, bytes] = {}
        used: set[bytes] = set()
        for step, pick in steps:
            key = keys[pick]
            if step == 0:
                store.add(key, PIECES[key])
                known[key] = PIECES[key]
                used.add(key)
            elif step == 1:
                assert store.get(key) == known.get(key)
                used |= {key} & known.keys()
            elif step == 2:
                store.save()
                saved = {key: known[key] for key in used}
            elif step == 3:
                store.keep_all()
                used |= known.keys()
            else:
                store.close()
                store, known, used = Store(folder, "1"), dict(saved), set()
        store.close()
        assert found(Store(folder, "1")) == saved


def test_a_packed_file_is_whole_and_of_its_version_or_none(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "packed"
    assert load_sealed(path, "1", dict[str, int]) is None
    save_sealed(path, "1", {"a": 1})
    assert load_sealed(path, "1", dict[str, int]) == {"a": 1}
    assert load_sealed(path, "2", dict[str, int]) is None
    assert load_sealed(path, "1", list[int]) is None
    data = path.read_bytes()
    for at in range(len(data)):
        path.write_bytes(data[:at])
        assert load_sealed(path, "1", dict[str, int]) is None
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert load_sealed(path, "1", dict[str, int]) is None
    assert [found.name for found in path.parent.iterdir()] == ["packed"]
