import gc

from dataplane.caching.store import GIGABYTE, Store, Stores

ROOM = 100_000


def store_of(stores: Stores[str], api_id: str = "api1", *, size: str = "0.5", generation: int = 0) -> Store[str]:
    return stores.of(api_id, "dev", size=size, generation=generation)


def keep(store: Store[str], *keys: str, size: int = 20_000, asked: float = 0.0, until: float = 10.0) -> None:
    for key in keys:
        store.keep(key, key.upper(), size=size, asked=asked, until=until)


def held(store: Store[str], keys: str = "abcdef") -> str:
    return "".join(key for key in keys if store.find(key, 0.0))


def test_what_is_kept_is_found_until_its_time() -> None:
    store = store_of(Stores(ROOM))
    keep(store, "a", until=10.0)
    assert (store.find("a", 9.99), store.find("a", 10.0), store.find("b", 0.0)) == ("A", None, None)
    assert store.bytes == 0


def test_the_least_recently_used_goes_first() -> None:
    store = store_of(Stores(ROOM))
    keep(store, "a", "b", "c", "d")
    assert store.find("a", 0.0)
    keep(store, "e")
    assert held(store) == "acde"


def test_what_is_kept_again_takes_the_place_of_what_was() -> None:
    store = store_of(Stores(ROOM))
    keep(store, "a", size=50_000)
    before = store.bytes
    keep(store, "a", size=10_000)
    assert (len(store), before - store.bytes) == (1, 40_000)


def test_what_was_asked_for_earlier_does_not_take_its_place() -> None:
    store = store_of(Stores(ROOM))
    store.keep("a", "new", size=1, asked=2.0, until=10.0)
    store.keep("a", "old", size=1, asked=1.0, until=11.0)
    assert store.find("a", 0.0) == "new"
    store.keep("a", "newer", size=1, asked=2.0, until=10.0)
    assert store.find("a", 0.0) == "newer"


def test_an_entry_that_is_larger_than_the_store_is_not_kept_and_costs_no_other() -> None:
    store = store_of(Stores(ROOM))
    keep(store, "a")
    keep(store, "b", size=ROOM)
    assert held(store) == "a"


def test_a_store_is_bounded_by_its_stages_cluster() -> None:
    stores: Stores[str] = Stores(10 * GIGABYTE)
    store = store_of(stores, size="1.6")
    assert store.limit == int(1.6 * GIGABYTE)
    keep(store, "a", "b", size=GIGABYTE)
    assert held(store) == "b"
    assert store_of(stores, "other", size="").limit == GIGABYTE // 2


def test_all_stages_together_are_bounded_at_the_cost_of_the_largest() -> None:
    stores: Stores[str] = Stores(ROOM)
    one, other = store_of(stores, "api1"), store_of(stores, "api2")
    keep(one, "a", "b", "c")
    keep(other, "d", "e")
    assert (held(one), held(other)) == ("bc", "de")


def test_a_stage_keeps_its_store_until_it_is_flushed_resized_or_gone() -> None:
    stores: Stores[str] = Stores(ROOM)
    store = store_of(stores)
    assert store_of(stores) is store
    assert store_of(stores, generation=1) is not store
    assert store_of(stores, size="1.6") is not store
    keep(store, "a")
    del store
    gc.collect()
    assert held(store_of(stores)) == ""
