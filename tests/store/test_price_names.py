"""Which model a name means: as gateways, clouds and dates write it, and never another model."""

import pytest

from store import price_table
from store.price_match import find

KNOWN = {
    "claude-opus-4-5-20251101": "anthropic claude-opus-4-5",
    "CLAUDE-OPUS-4-5": "anthropic claude-opus-4-5",
    "claude-sonnet-4-20250514": "anthropic claude-sonnet-4-0",
    "claude-sonnet-4-5[1m]": "anthropic claude-sonnet-4-5",
    "claude-3-7-sonnet-latest": "anthropic claude-3-7-sonnet-latest",
    "claude-sonnet-4-5-20250929-thinking": "anthropic claude-sonnet-4-5",
    "claude-opus-4-5@20251101": "google claude-opus-4-5",
    "vertex_ai/claude-opus-4-5@20251101": "google claude-opus-4-5",
    "anthropic/claude-opus-4.5": "anthropic claude-opus-4-5",
    "openrouter/anthropic/claude-opus-4.5": "openrouter anthropic/claude-opus-4.5",
    "anthropic/claude-opus-4.5:beta": "openrouter anthropic/claude-opus-4.5",
    "qwen/qwen3-coder": "openrouter qwen/qwen3-coder",
    "us.anthropic.claude-opus-4-5-20251101-v1:0": "aws regional.anthropic.claude-opus-4-5-v1:0",
    "eu.anthropic.claude-sonnet-4-20250514-v1:0": "aws regional.anthropic.claude-sonnet-4-20250514-v1:0",
    "apac.anthropic.claude-opus-4-5-20251101-v1:0": "aws regional.anthropic.claude-opus-4-5-v1:0",
    "ca.anthropic.claude-opus-4-5-20251101-v1:0": "aws regional.anthropic.claude-opus-4-5-v1:0",
    "global.anthropic.claude-opus-4-5-20251101-v1:0": "aws global.anthropic.claude-opus-4-5-v1:0",
    "bedrock/us.anthropic.claude-opus-4-5-20251101-v1:0": "aws regional.anthropic.claude-opus-4-5-v1:0",
    "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-3-5-sonnet-20241022-v2:0":
        "aws regional.anthropic.claude-3-5-sonnet-20241022-v2:0",
    "gpt-5-codex": "openai gpt-5",
    "gpt-5.1-codex-max": "openai gpt-5.1",
    "gpt-5.4-2026-03-05": "openai gpt-5.4",
    "gpt-5.4-20260305": "openai gpt-5.4",
    "gpt-5.4-2026-09-09": "openai gpt-5.4",
    "openai/gpt-5.4": "openai gpt-5.4",
    "azure/gpt-5.4": "azure gpt-5.4",
    "gemini-2.5-pro-preview-06-05": "google gemini-2.5-pro",
    "models/gemini-2.5-flash": "google gemini-2.5-flash",
    "gemini-3-flash-preview": "google gemini-3-flash-preview",
    "grok-code-fast-1": "x-ai grok-code-fast-1",
    "kimi-k2.5": "moonshotai kimi-k2.5",
    "glm-4.7": "zhipuai GLM-4.7",
    "deepseek-chat": "deepseek deepseek-chat",
}  # fmt: skip
UNKNOWN = (
    "", " ", "unknown", "<synthetic>", "claude", "claude-", "claude-opus-9", "claude-opus-9-20270101",
    "claude-3-opus-foo", "claude-opus-4-5-mini", "claude-opus-4-51", "claude-opus-4-5-20251101-foo",
    "my-claude-opus-4-5", "not-claude-opus-4-5@20251101", "claude-opus-4-6-foo", "gpt-5.3-codex-spark", "gpt-5.4-spark",
    "gpt-9", "codex-auto-review", "gemini-2.5-pro-foo", "gemini-9-pro", "qwen3-coder-plus", "coder-model",
    "anthropic/claude-opus-4.5:free", "nobody/claude-opus-4-5", "proxy/gpt-5", "us.nobody.claude-opus-9-v1:0",
    "global.anthropic.claude-opus-4-1-20250805-v1:0", "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc",
    "ft:gpt-4o-2024-08-06:house::abc", "claude-opus-4-5 ; drop table price", "\x00", "é" * 300, "/", "//", "a/", "[1m]",
)  # fmt: skip


@pytest.fixture(scope="module")
def table() -> price_table.Table:
    return price_table.load("/none")


@pytest.mark.parametrize("name", KNOWN)
def test_a_name_is_resolved(table: price_table.Table, name: str) -> None:
    """USERS 29."""
    found = find(table.providers, name)
    assert found is not None
    assert f"{found.provider} {found.model['id']}" == KNOWN[name]
    assert found.how


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_name_never_means_another_model(table: price_table.Table, name: str) -> None:
    """USERS 26, 29."""
    assert find(table.providers, name) is None


def test_no_model_of_the_table_is_taken_for_one_with_more_to_its_name(table: price_table.Table) -> None:
    for provider in table.providers:
        for model in provider["models"]:
            for name in (f"{model['id']}-foo", f"{model['id']}-9x", f"foo-{model['id']}", f"foo/{model['id']}"):
                found = find(table.providers, name)
                assert found is None or found.model["id"].lower() == name.lower(), (name, found)
