"""What the header has to say of made-up data."""

from playwright.sync_api import Page


def same_neighbors(page: Page, k: int) -> str:
    """What the header says of the neighbours, counted in the lists of the page."""
    mean = page.evaluate(
        f"""() => {{ const {{shared, n}} = opened.kernel.data, at = {k - 1} * n;
        return shared.subarray(at, at + n).reduce((sum, each) => sum + each, 0) / n; }}"""
    )
    return f"about {mean:.1f} of {k} neighbours are the same"
