"""What scores are measured on."""

from pathlib import Path

from redoubt.domain.zone import Zone
from redoubt.training.example import HARMS, Head
from redoubt.training.recipe import SMALL, gather, same
from redoubt.training.unseen import held_out, to_calibrate
from tests.unit.training.rig import data_folder, seeded


def test_nothing_that_was_trained_on_is_measured_on(tmp_path: Path) -> None:
    folder = data_folder(tmp_path)
    trained = [e.text for e in gather(folder, SMALL, seeded(1))]
    unseen = to_calibrate(folder, SMALL.measured, trained, seeded(2))
    both = [*unseen.judged, *unseen.named]
    harmful = [e for e in both if e.head is not Head.HARM or e.source.startswith("generated")]
    assert {same(e.text) for e in harmful}.isdisjoint(map(same, trained))
    assert {(e.head, e.zone) for e in both if e.source == "place part"} == {
        (Head.ATTACK, Zone.USER),
        (Head.ATTACK, Zone.EXTERNAL),
        (Head.HARM, Zone.USER),
        (Head.HARM, Zone.EXTERNAL),
    }


def test_every_label_of_harm_is_known_of_every_text(tmp_path: Path) -> None:
    unseen = to_calibrate(data_folder(tmp_path), SMALL.measured, [], seeded())
    harm = [e for e in unseen.judged if e.head is Head.HARM]
    assert {e.zone for e in harm} == set(Zone)
    assert all(set(e.labels) == set(HARMS) for e in harm)
    for label in HARMS:
        assert any(e.labels[label] for e in harm), label


def test_without_a_folder_all_are_ours() -> None:
    unseen = to_calibrate(None, SMALL.measured, [], seeded())
    assert {e.source.partition("/")[0] for e in (*unseen.judged, *unseen.named)} == {"generated"}


def test_sources_apart_are_those_that_nothing_may_be_trained_on(tmp_path: Path) -> None:
    folder = data_folder(tmp_path, held_out=True)
    apart = held_out(folder, SMALL.measured, seeded())
    assert {e.source for e in apart.judged} == {"apart"}
    attacks = [e for e in apart.judged if e.head is Head.ATTACK]
    assert sum(bool(e.label) for e in attacks) == sum(not e.label for e in attacks) == SMALL.measured.held_out
    assert all(not any(e.labels.values()) for e in apart.judged if e.head is Head.HARM)
    assert apart.named == ()


def test_nothing_is_held_out_where_no_file_is_marked_so(tmp_path: Path) -> None:
    for folder in (None, data_folder(tmp_path)):
        assert held_out(folder, SMALL.measured, seeded()).judged == ()
