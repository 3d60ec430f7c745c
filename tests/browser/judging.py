"""What is measured on a page that is open: whether it fits its window, and whom it shuts out."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PHONE_WIDTHS = (390, 320)  # CSS pixels; the narrowest that WCAG 2.2 asks for (1.4.10)
WHAT_IS_TOO_WIDE = """() => {
    const limit = document.documentElement.clientWidth;
    if (document.scrollingElement.scrollWidth <= limit) return [];
    const all = [...document.body.querySelectorAll("*")];
    const wide = all.filter(one => one.getBoundingClientRect().right > limit + 0.5);
    return ["the page", ...wide.slice(0, 5).map(one => `${one.tagName}.${one.className}`)];
}"""


def too_wide(page: Page) -> list[str]:
    """Return what makes the page scroll sideways on a phone."""
    found = []
    for width in PHONE_WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        found += [f"{width}: {what}" for what in page.evaluate(WHAT_IS_TOO_WIDE)]
    return found


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with the page, and where."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {[node['target'] for node in one['nodes'][:3]]}" for one in found]
