"""What a Codex rollout tells as events: turns that begin and end, things said and done, settings, limits."""

from collector.lines.text import kept, whole
from collector.sources.codex_said import (
    error_text,
    take_error,
    take_item,
    take_reply,
    take_rollback,
    take_thought,
    take_user_message,
)
from collector.sources.codex_spot import IS_UUID, Spot, ask, enter_turn, say, show
from collector.sources.codex_tools import ended, is_error, patch_ended, spawned
from collector.sources.codex_tools import take_item as take_done
from collector.sources.codex_usage import take_count, take_limits, take_window
from collector.sources.codex_wire import Payload
from store.merge import least

# What may stand between a copied history and the first turn of an agent's own.
OWN_EVENTS = {"task_started", "turn_started", "thread_settings_applied"}
SILENT_EVENTS = {
    "turn.completed", "codex/event/raw_item", "context_compacted", "entered_review_mode", "exited_review_mode",
    "web_search_end", "sub_agent_activity", "image_generation_end", "thread_goal_updated", "collab_waiting_end",
    "collab_close_end", "collab_agent_interaction_end", "guardian_assessment", "view_image_tool_call",
    "dynamic_tool_call_request", "undo_completed", "agent_reasoning_raw_content",
    "agent_reasoning_section_break", "token_budget", "plan_update", "turn_diff", "deprecation_notice", "warning",
    "background_event", "shutdown_complete", "session_configured", "collab_agent_spawn_begin", "item_started",
}  # fmt: skip
SILENT_ITEMS = {
    "ContextCompaction", "WebSearch", "SubAgentActivity", "EnteredReviewMode", "ExitedReviewMode", "Plan", "Extension",
    "ImageView", "ImageGeneration", "HookPrompt", "CommandExecution", "FileChange", "McpToolCall",
    "CollabAgentToolCall", "DynamicToolCall", "Sleep",
}  # fmt: skip


def take_event(spot: Spot) -> None:
    """One event. Those that tell nothing more are passed over by name; an unknown one is refused."""
    body = spot.body
    type_ = body.type
    if type_ == "token_count":
        take_count(spot)
    elif spot.is_inherited and type_ not in OWN_EVENTS:
        return
    elif type_ == "item_completed":
        _item(spot)
    elif type_ == "user_message":
        take_user_message(spot, body.message if isinstance(body.message, str) else "", _images(body))
    elif type_ == "agent_message":
        take_reply(spot, body.message if isinstance(body.message, str) else "")
    elif type_ == "agent_reasoning":
        take_thought(spot, len(body.text or ""))
    elif type_ in ("task_started", "turn_started"):
        enter_turn(spot, body.turn_id)
        take_window(spot, body.model_context_window)
        _turn_began(spot)
    elif type_ in ("task_complete", "turn_complete"):
        _turn_ended(spot, "failed" if body.error is not None else "completed")
    elif type_ == "turn_aborted":
        _turn_ended(spot, "aborted")
        name = f"{body.turn_id}/aborted" if body.turn_id and IS_UUID(body.turn_id) else spot.name("aborted", "")
        ask(spot, name, "interruption", body.reason or "")
    elif type_ in ("error", "stream_error"):
        take_error(spot, body)
    elif type_ in ("exec_command_end", "mcp_tool_call_end", "patch_apply_end", "dynamic_tool_call_response"):
        _call_ended(spot)
    elif type_ == "collab_agent_spawn_end":
        if body.call_id and body.new_thread_id:
            spawned(spot, body.call_id, body.new_thread_id)
    elif type_ == "thread_settings_applied":
        _settings(spot)
    elif type_ == "thread_name_updated":
        if body.thread_name:
            say(spot, "custom_title", body.thread_name)
    elif type_ == "thread_rolled_back":
        take_rollback(spot, body.num_turns or 1)
    elif type_ == "account/rateLimits/updated":
        if bytes(body.rate_limits).startswith(b"{"):
            take_limits(spot, body.rate_limits)
    elif type_ not in SILENT_EVENTS:
        raise ValueError(f"unknown event type {type_!r}")


def _item(spot: Spot) -> None:
    item = spot.body.item
    if item is None:
        raise ValueError("an item_completed without an item")
    enter_turn(spot, spot.body.turn_id)
    if take_item(spot, item):
        return
    take_done(spot, item)
    if item.type not in SILENT_ITEMS:
        raise ValueError(f"unknown kind of item {item.type!r}")


def _settings(spot: Spot) -> None:
    settings, state = spot.body.thread_settings, spot.state
    if settings is None:
        return
    tier = settings.service_tier
    state.tier = kept(tier) if tier is not None and tier != "default" else "standard"
    if settings.reasoning_effort and settings.reasoning_effort != state.effort:
        state.effort = settings.reasoning_effort
        say(spot, "effort", state.effort)


def _turn_began(spot: Spot) -> None:
    turn_id = spot.body.turn_id
    if turn_id and IS_UUID(turn_id) and not spot.is_inherited:
        turn = spot.out.turn(turn_id, spot.run, spot.generation_id, spot.is_copied)
        turn.started_at = least(turn.started_at, spot.at)


def _turn_ended(spot: Spot, state: str) -> None:
    body = spot.body
    if body.turn_id and IS_UUID(body.turn_id):
        turn = spot.out.turn(body.turn_id, spot.run, spot.generation_id, spot.is_copied)
        turn.ended_at, turn.state = least(turn.ended_at, spot.at), least(turn.state, state)
        turn.duration_ms, turn.first_token_ms = whole(body.duration_ms), whole(body.time_to_first_token_ms)
    if body.error is not None:
        show(spot, "error", error_text(body.error))


def _call_ended(spot: Spot) -> None:
    body = spot.body
    if not body.call_id:
        return
    is_good = body.success is not False and not body.exit_code and not is_error(bytes(body.result))
    if body.type == "patch_apply_end":
        patch_ended(spot, body.call_id, is_good, body.duration, body.changes)
    else:
        ended(spot, body.call_id, is_good, body.duration)


def _images(body: Payload) -> int:
    return len(body.images or ()) + len(body.local_images or ())
