"""All nasty texts at once through kernel and page: text stays text, in its place."""

from kernel_page import open_widget
from nasty_texts import nasty_widget
from playwright.sync_api import Page, expect

# What is looked for, and what the screen then has in focus.
FOUND = {
    "\ufffd": "\ufffd",
    "__proto__": "__proto__",
    "<img src=x": "<img src=x onerror=window.hit=2>",
    "two": "two lines and more",
    "W" * 100: "W" * 100,
}

# Elements that could load or run something, and attributes that could.
ALIEN = """() => {
  const found = [];
  for (const element of document.querySelectorAll("#place, #place *")) {
    if (/^(script|iframe|object|embed|link|style|base|math|a)$/i.test(element.tagName))
      found.push(element.tagName);
    for (const { name, value } of element.attributes)
      if (/^on|^srcdoc$/.test(name) || (/^(src|href|data)$/.test(name) && !/^blob:/.test(value)))
        found.push(`${element.tagName} ${name}=${value}`);
  }
  return found;
}"""
# Rows of a table that reach into the one below, and whatever reaches out of the widget.
OVERLAPS = """() => {
  const found = [], root = document.querySelector(".ew-root").getBoundingClientRect();
  for (const body of document.querySelectorAll(".ew-root tbody")) {
    const rows = [...body.rows].map((row) => row.getBoundingClientRect());
    rows.forEach((row, at) => {
      if (row.height > 60 || (at && row.top < rows[at - 1].bottom - 1))
        found.push(`row ${at}: ${row.height} high`);
    });
  }
  for (const element of document.querySelectorAll(".ew-root > *, .ew-table"))
    if (element.getBoundingClientRect().right > root.right + 1) found.push(element.className);
  if (document.documentElement.scrollWidth > innerWidth + 1) found.push("wider than the page");
  return found;
}"""


def test_nasty_texts_are_shown_as_texts_and_nothing_runs(page: Page, recorded: None) -> None:
    widget = nasty_widget().wait(120)
    asked: list[str] = []
    open_widget(page, widget)
    page.on("request", lambda request: asked.append(request.url))
    colors = page.get_by_role("combobox", name="Colour by")
    names = [option.get_attribute("value") for option in colors.locator("option").all()]
    for name in names[1::9]:
        colors.select_option(name)
        page.locator(".ew-maps:not([data-drawing])[data-state=ready]").wait_for()
    for tab in page.get_by_role("tab").all():
        tab.click()
        assert page.evaluate(OVERLAPS) == []
    search = page.get_by_role("combobox", name="Find an item by id or text")
    found = page.get_by_role("listbox", name="Items found").get_by_role("option")
    for query, item in FOUND.items():
        search.fill(query)
        first = found.filter(has_text=item).first
        expect(first).to_be_visible()
        first.click()
        expect(page.locator(".ew-focus-id")).to_contain_text(item)
        expect(page.locator(".ew-table-a tbody tr").first).to_be_visible()
        assert page.evaluate(OVERLAPS) == []
    assert page.evaluate("window.hit ?? null") is None
    assert page.evaluate(ALIEN) == []
    assert [url for url in asked if not url.startswith(("blob:", "data:"))] == []
    assert widget.error == ""
    widget.close()
