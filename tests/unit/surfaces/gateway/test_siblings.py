import asyncio
from pathlib import Path
from tempfile import mkdtemp

from prometheus_client.parser import text_string_to_metric_families

from redoubt.surfaces.gateway.metrics import Metrics
from redoubt.surfaces.gateway.siblings import Siblings


def shown(count: int, *workers: Metrics) -> dict[tuple[str, str], float]:
    """What the last worker says for all, by sample and worker."""
    folder = Path(mkdtemp())

    async def work() -> bytes:
        siblings = [Siblings(folder, n, count, m.collect) for n, m in enumerate(workers)]
        for each in siblings:
            await each.listen()
        try:
            return await siblings[-1].render()
        finally:
            for each in siblings:
                await each.close()

    text = asyncio.run(work()).decode()
    names = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(names) == len(set(names)), "each metric stands once"
    return {
        (sample.name, sample.labels["worker"]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if "le" not in sample.labels
    }


def counting(requests: int) -> Metrics:
    metrics = Metrics()
    for _ in range(requests):
        metrics.answered("openai.chat", "allow", 200, 0.2)
    metrics.in_flight = requests
    return metrics


def test_whoever_is_asked_answers_for_all() -> None:
    values = shown(2, counting(3), counting(5))
    assert values["redoubt_requests_total", "0"] == 3
    assert values["redoubt_requests_total", "1"] == 5
    assert values["redoubt_request_seconds_count", "0"] == 3
    assert values["redoubt_in_flight", "1"] == 5
    assert values["redoubt_worker_up", "0"] == values["redoubt_worker_up", "1"] == 1


def test_one_that_does_not_answer_is_said_to_be_down() -> None:
    values = shown(3, counting(1), counting(2))
    assert [values["redoubt_worker_up", str(n)] for n in range(3)] == [1, 1, 0]
    assert ("redoubt_requests_total", "2") not in values
