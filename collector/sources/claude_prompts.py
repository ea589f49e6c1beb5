"""What a user line holds: a prompt, a slash command, a shell input, an interruption, a notification, or none."""

from collector.sources.claude_wire import Attachment, Block, Content

KINDS = (
    (("<command-name>", "<command-message>"), "slash_command"),
    (("<bash-input>",), "shell"),
    (("[Request interrupted",), "interruption"),
    (("<task-notification>", "<teammate-message"), "notification"),
)
OUTPUTS = ("<local-command-", "<bash-stdout>", "<bash-stderr>", "Caveat:")


def prompt_kind(content: Content) -> str | None:
    """The kind of a user line's content; None for tool results, outputs of local commands and nothing at all."""
    if not isinstance(content, str):
        for block in content or ():
            if isinstance(block, Block) and block.type == "tool_result":
                return None
    text, images = prompt_text(content)
    if not text and not images:
        return None
    for starts, kind in KINDS:
        if text.startswith(starts):
            return kind
    return None if text.startswith(OUTPUTS) else "prompt"


def queued_kind(attachment: Attachment | None) -> str | None:
    """The kind of a prompt typed, or a notification given, while the agent was busy."""
    if attachment is None or attachment.type != "queued_command" or not attachment.prompt:
        return None
    return "notification" if attachment.command_mode == "task-notification" else "queued"


def prompt_text(content: Content) -> tuple[str, int]:
    """The text of a user line and the number of its images and documents."""
    if isinstance(content, str):
        return content.strip(), 0
    texts: list[str] = []
    images = 0
    for block in _blocks(content):
        if block.type == "text" and block.text:
            texts.append(block.text.strip())
        elif block.type in ("image", "document"):
            images += 1
    return "\n".join(texts).strip(), images


def _blocks(content: Content) -> list[Block]:
    return [block for block in content if isinstance(block, Block)] if isinstance(content, list) else []
