"""The command line, `sverka`."""

from sverka.cli.app import app


def main() -> None:
    """Run the command line; the exit code is the command's."""
    app(prog_name="sverka")


__all__ = ["app", "main"]
