"""Files of places that are broken, half written, exchanged or taken away while they are read."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import maxminddb
import pytest

from omotenashi.model.errors import SettingsError
from omotenashi.model.visitor import Place
from omotenashi.signals.place_reader import PlaceReader
from omotenashi.signals.place_trial import _environment

Writer = Callable[..., Path]
UNKNOWN = Place()
ADDRESSES = ("1.0.16.9", "1.0.17.9", "81.2.69.160", "175.16.199.1", "200.1.1.1", "2001:218::1", "2400:4050::1")


def record(code: str, city: str) -> dict[str, object]:
    return {
        "country": {"iso_code": "JP"},
        "subdivisions": [{"iso_code": code}],
        "city": {"names": {"ja": city}},
        "location": {"latitude": 34.5, "longitude": 135.5, "accuracy_radius": 20},
    }


OSAKA, KYOTO = record("27", "大阪市"), record("26", "京都市")
BOTH = {"1.0.16.0/24": OSAKA, "1.0.17.0/24": KYOTO}


def answers(reader: PlaceReader) -> bool:
    return all(isinstance(reader.place(ip), Place) for ip in ADDRESSES)


def test_all_addresses_of_the_japanese_sample_get_their_prefecture(shared_data: Path) -> None:
    path = shared_data / "geo-jp-sample" / "jp-sample-city.mmdb"
    reader = PlaceReader(path)
    with maxminddb.open_database(path) as database:
        expected = {network: f"JP-{entry['subdivisions'][0]['iso_code']}" for network, entry in database}
    assert len(expected) == 940
    assert {network: reader.place(str(network[0])).prefecture for network in expected} == expected
    assert {network: reader.place(str(network[-1])).prefecture for network in expected} == expected


def test_every_file_of_the_corpus_is_refused_or_answers_when_it_takes_the_place_of_another(
    shared_data: Path, write_mmdb: Writer
) -> None:
    path = write_mmdb(BOTH)
    reader = PlaceReader(path)
    for file in sorted((shared_data / "mmdb-corpus").rglob("*.mmdb")):
        shutil.copy(file, path)
        problem = reader.refresh()
        assert problem is None or problem.startswith(f"mmdb: {path} is not a sound MaxMind database"), file
        assert answers(reader), file
    path.unlink()
    write_mmdb(BOTH)
    assert reader.refresh() is None
    assert reader.place("1.0.16.9").city == "大阪市"


@pytest.mark.parametrize("seed", range(6))
def test_a_file_with_flipped_bits_is_refused_or_answers(write_mmdb: Writer, seed: int) -> None:
    random = Random(seed)
    path = write_mmdb(BOTH)
    sound = path.read_bytes()
    reader = PlaceReader(path)
    for _ in range(10):
        broken = bytearray(sound)
        for _ in range(random.choice([1, 1, 2, 10])):
            broken[random.randrange(len(broken))] ^= 1 << random.randrange(8)
        path.write_bytes(broken)
        reader.refresh()
        assert answers(reader)


def test_a_file_cut_anywhere_is_refused_and_the_old_one_stays(write_mmdb: Writer) -> None:
    path = write_mmdb(BOTH)
    sound = path.read_bytes()
    reader = PlaceReader(path)
    for length in range(0, len(sound) - 1, 37):
        path.write_bytes(sound[:length])
        assert "is not a sound MaxMind database" in str(reader.refresh()), length
    assert reader.place("1.0.16.9").city == "大阪市"


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.mmdb"
    path.touch()
    with pytest.raises(SettingsError, match="is not a sound MaxMind database; download it again"):
        PlaceReader.checked(path)


def test_a_database_of_something_else_is_told(write_mmdb: Writer, caplog: pytest.LogCaptureFixture) -> None:
    PlaceReader.checked(write_mmdb(BOTH))
    PlaceReader.checked(write_mmdb({"1.0.16.0/24": {"country_code": "JP"}}))
    assert caplog.messages == []
    PlaceReader.checked(write_mmdb({"1.0.16.0/24": {"autonomous_system_number": 2497}}))
    assert ["names no country" in text for text in caplog.messages] == [True]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: Is a directory"):
        PlaceReader.checked(tmp_path)


@pytest.mark.parametrize("root", [b"\0\0\0\0\0\0", b"\xff" * 6], ids=["leads back to itself", "leads out of the file"])
def test_a_tree_without_an_end_is_refused(write_mmdb: Writer, root: bytes) -> None:
    path = write_mmdb(BOTH)
    path.write_bytes(root + path.read_bytes()[6:])
    with pytest.raises(SettingsError, match="is not a sound MaxMind database"):
        PlaceReader.checked(path)


@pytest.mark.parametrize(
    "data",
    [b"\xe1\xe1\x41y\x41z\x41x", b"\xe1\x02\x04\x41y\x41z\x41x", b"\xe1\x41x\xe1\xe1\x41y\x41z\x41x"],
    ids=["a map", "a list", "a map, further inside"],
)
def test_a_map_whose_key_is_no_text_is_refused(write_mmdb: Writer, data: bytes) -> None:
    """maxminddb's extension takes whatever lies in memory for the key."""
    path = write_mmdb({"1.0.16.0/24": data})
    with pytest.raises(SettingsError, match="is not a sound MaxMind database"):
        PlaceReader.checked(path)


def test_a_file_may_be_exchanged_by_renaming(write_mmdb: Writer) -> None:
    path = write_mmdb(BOTH)
    reader = PlaceReader(path)
    write_mmdb({"1.0.16.0/24": KYOTO}, "new.mmdb").replace(path)
    assert reader.refresh() is None
    assert reader.place("1.0.16.9").city == "京都市"


def test_a_file_that_is_written_piece_by_piece_is_taken_when_it_is_whole(write_mmdb: Writer) -> None:
    path = write_mmdb(BOTH)
    reader = PlaceReader(path)
    new = write_mmdb({"1.0.16.0/24": KYOTO}, "new.mmdb").read_bytes()
    told = []
    with path.open("wb", buffering=0) as file:
        for part in (new[:100], new[100:200], new[200:]):
            file.write(part)
            told.append(reader.refresh())
            assert reader.place("1.0.16.9").city in {"大阪市", "京都市"}
    assert [problem is None for problem in told] == [False, False, True]
    assert reader.place("1.0.16.9").city == "京都市"


def test_a_link_may_be_turned_to_another_file(write_mmdb: Writer, tmp_path: Path) -> None:
    link = tmp_path / "current.mmdb"
    link.symlink_to(write_mmdb(BOTH, "first.mmdb"))
    reader = PlaceReader(link)
    write_mmdb({"1.0.16.0/24": KYOTO}, "second.mmdb")
    link.unlink()
    link.symlink_to("second.mmdb")
    assert reader.refresh() is None
    assert reader.place("1.0.16.9").city == "京都市"


def test_without_a_sound_file_all_is_unknown_until_one_is_there(write_mmdb: Writer, tmp_path: Path) -> None:
    path = tmp_path / "places.mmdb"
    reader = PlaceReader(path)
    assert (reader.place("1.0.16.9"), reader.problem) == (UNKNOWN, f"mmdb: there is no file {path}")
    path.write_bytes(b"rubbish")
    assert "is not a sound MaxMind database" in str(PlaceReader(path).problem)
    write_mmdb(BOTH)
    assert (reader.refresh(), reader.problem) == (None, None)
    assert reader.place("1.0.16.9").city == "大阪市"


def test_the_last_good_file_serves_who_starts_while_the_file_is_broken_or_gone(
    write_mmdb: Writer, tmp_path: Path
) -> None:
    path, kept = write_mmdb(BOTH), tmp_path / "data" / "last-good.mmdb"
    PlaceReader(path, kept)
    path.write_bytes(path.read_bytes()[:100])
    broken = PlaceReader(path, kept)
    path.unlink()
    gone = PlaceReader(path, kept)
    assert {one.place("1.0.16.9").city for one in (broken, gone)} == {"大阪市"}
    assert "is not a sound MaxMind database" in str(broken.problem)
    assert gone.problem == f"mmdb: there is no file {path}"
    write_mmdb({"1.0.16.0/24": KYOTO})
    assert gone.refresh() is None
    assert gone.place("1.0.16.9").city == "京都市"
    assert list(kept.parent.iterdir()) == [kept]
    assert PlaceReader(kept).place("1.0.16.9").city == "京都市"


def test_a_kept_file_that_is_broken_itself_leaves_all_unknown(tmp_path: Path) -> None:
    kept = tmp_path / "last-good.mmdb"
    kept.write_bytes(b"rubbish")
    assert PlaceReader(tmp_path / "nowhere.mmdb", kept).place("1.0.16.9") == UNKNOWN


def test_the_copy_in_use_needs_either_the_data_directory_or_one_for_temporary_files(
    write_mmdb: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, no_folder = write_mmdb(BOTH), tmp_path / "file" / "last-good.mmdb"
    no_folder.parent.touch()
    assert PlaceReader(path, no_folder).place("1.0.16.9").city == "大阪市"
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert PlaceReader(path, tmp_path / "data" / "last-good.mmdb").place("1.0.16.9").city == "大阪市"
    with pytest.raises(SettingsError, match=r"cannot be copied to the directory of temporary files .*TMPDIR"):
        PlaceReader.checked(path)
    assert "can be copied neither to" in str(PlaceReader(path, no_folder).problem)


def test_while_files_are_exchanged_every_look_up_is_answered_by_one_of_them(write_mmdb: Writer) -> None:
    path = write_mmdb({"1.0.16.0/24": OSAKA})
    reader = PlaceReader(path)
    versions = [
        write_mmdb({"1.0.16.0/24": one}, f"{number}.mmdb").read_bytes() for number, one in enumerate((KYOTO, OSAKA))
    ]
    seen: Counter[str | None] = Counter()
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            for last in range(256):
                seen[reader.place(f"1.0.16.{last}").city] += 1

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for thread in asking:
        thread.start()
    problems = []
    for number in range(10):
        path.write_bytes(versions[number % 2] if number % 5 else b"rubbish")
        problems.append(reader.refresh() is not None)
    done.set()
    for thread in asking:
        thread.join()
    assert problems == [number % 5 == 0 for number in range(10)]
    assert seen.keys() <= {"大阪市", "京都市"}


def test_the_process_that_tries_a_file_out_gets_none_of_our_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OMO_KEY", "OMO_MEMBER_KEY", "OMO_HASH_KEY"):
        monkeypatch.setenv(name, "secret")
    assert "secret" not in _environment().values()
    assert {"PATH", "PYTHONPATH"} <= _environment().keys()
