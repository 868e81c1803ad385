"""The command line, `sverka`."""

INTERRUPTED = 130
"""The exit code of a command that Ctrl+C ended, as shells have it."""

try:
    from sverka.cli.app import app
except KeyboardInterrupt:  # loading takes long enough to be interrupted
    raise SystemExit(INTERRUPTED) from None


def main() -> None:
    """Run the command line; the exit code is the command's, or 130 after Ctrl+C."""
    try:
        app(prog_name="sverka")
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None


__all__ = ["app", "main"]
