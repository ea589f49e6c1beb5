"""Prices, and what they are laid over."""

from viewers.entry import JSON, Plain


def prices(*, model: str | None = None, at: str | None = None, tier: str | None = None, as_json: bool = False) -> int:
    from viewers.pricing.prices import run

    return run(model=model, at=at, tier=tier, as_json=as_json)


def reprice(*, is_dry: bool = False, as_json: bool = False) -> int:
    from viewers.pricing.reprice import run

    return run(is_dry=is_dry, as_json=as_json)


PLAIN = {
    "prices": Plain(prices, JSON, {"--at": ("at", str), "--tier": ("tier", str)}, more=("model",)),
    "reprice": Plain(reprice, {"--dry-run": "is_dry", **JSON}, {}),
}
