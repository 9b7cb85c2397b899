"""A bounded mapping keeps what was used last, whoever asks at the same time."""

from concurrent.futures import ThreadPoolExecutor

from teacache.runs.latest import Latest


def test_what_was_not_used_for_longest_makes_room():
    latest = Latest(2)
    latest.put("a", 1)
    latest.put("b", 2)
    assert latest.get("a") == 1  # used again, so that b is older
    latest.put("c", 3)
    assert (latest.get("a"), latest.get("b"), latest.get("c")) == (1, None, 3)
    assert len(latest) == 2


def test_a_value_put_again_is_the_latest():
    latest = Latest(2)
    for key in ("a", "b", "a", "c"):
        latest.put(key, key)
    assert latest.get("b") is None and latest.get("a") == "a"


def test_heavy_values_make_room_earlier_but_the_latest_always_stays():
    latest = Latest(9, most_weight=5, weigh=len)
    latest.put("a", "12")
    latest.put("b", "34")
    assert len(latest) == 2
    latest.put("c", "123456789")
    assert len(latest) == 1 and latest.get("c") == "123456789"


def test_threads_that_ask_and_put_at_once_lose_nothing_but_the_oldest():
    latest = Latest(3)

    def use(seed):
        for step in range(300):
            latest.put((seed + step) % 7, step)
            latest.get(step % 7)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(use, range(4)))
    assert len(latest) == 3
