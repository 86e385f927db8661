"""``python -m embwidget.cli``, where the command itself is not on the path."""

from embwidget.cli.program import main

if __name__ == "__main__":
    main()
