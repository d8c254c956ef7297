"""`payswitch` and `python -m payswitch`."""

from __future__ import annotations


def main() -> None:
    """Run the command line. Imported late: nothing else of the package is needed to say `--help`."""
    from payswitch.entry.cli.app import app

    app(prog_name="payswitch")


if __name__ == "__main__":
    main()
