import asyncio
import os
from pathlib import Path

from redoubt.surfaces.gateway.watching import watch


async def changes(files: list[Path], *deeds: str) -> int:
    """Do each deed, with time to look after it; return how often a change was noticed."""
    noticed = 0

    async def changed() -> None:
        nonlocal noticed
        noticed += 1

    task = asyncio.create_task(watch(files, changed, 0.02))
    await asyncio.sleep(0.1)
    for deed in deeds:
        kind, _, text = deed.partition(" ")
        if kind == "write":
            files[0].write_text(text)
        elif kind == "touch":
            os.utime(files[0], (1, 1))
        elif kind == "swap":
            draft = files[0].with_suffix(".new")
            draft.write_text(text)
            draft.replace(files[0])
        else:
            files[0].unlink()
        await asyncio.sleep(0.2)
    task.cancel()
    return noticed


def noticed(folder: Path, *deeds: str) -> int:
    file = folder / "policy.toml"
    file.write_text("one")
    return asyncio.run(changes([file, folder / "missing.toml"], *deeds))


def test_what_was_written_swapped_or_removed_is_noticed(tmp_path: Path) -> None:
    assert noticed(tmp_path, "write two", "swap three", "remove", "write three") == 4


def test_what_says_the_same_has_not_changed(tmp_path: Path) -> None:
    assert noticed(tmp_path, "touch", "write one", "swap one") == 0


def test_a_file_that_is_still_being_written_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text("")
    seen: list[str] = []

    async def work() -> None:
        async def changed() -> None:
            seen.append(file.read_text())

        task = asyncio.create_task(watch([file], changed, 0.1))
        await asyncio.sleep(0.15)
        for _ in range(30):
            with file.open("a") as writing:
                writing.write("x")
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.5)
        task.cancel()

    asyncio.run(work())
    assert seen == ["x" * 30]
