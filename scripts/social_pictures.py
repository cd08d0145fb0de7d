#!/usr/bin/env python3
"""Draw the pictures that social sites show beside a link to an education page, one for each language.

social_pictures.py          writes portal/static/portal/social.png and social-es.png

Needs Chromium and, so that the letters come out the same, the font Roboto. CHROMIUM names another browser.
"""

import io
import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "portal/static/portal"
WIDTH, HEIGHT = 1200, 630
LARGEST = 60_000
COLOURS = 96
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
TEXTS = {
    "social.png": ("en", 80, "Your pain pump,\nin plain words"),
    "social-es.png": ("es", 68, "Su bomba\npara el dolor,\nen palabras sencillas"),
}
# The light values of tokens.css.
PAPER, INK, PETROL, LIQUID, SOFT = "#f4f6f4", "#14292f", "#0b5463", "#86c2cb", "#66797e"
EDGE = 574  # where the graduated edge lies; medicine stands below it
STEP = 12


def marks() -> str:
    """Return the graduated edge: a long mark at every fifth step."""
    places = range(0, WIDTH + 1, STEP)
    return "".join(f"M{x} {EDGE}v-{34 if x % (5 * STEP) == 0 else 18}" for x in places)


def page(language: str, size: int, words: str) -> str:
    return f"""<!doctype html><html lang="{language}"><style>
body {{ margin: 0; background: {PAPER}; }}
svg {{ position: absolute; inset: 0; }}
p {{ position: absolute; left: 84px; top: 0; width: 640px; height: 520px; margin: 0; display: flex;
  align-items: center; color: {INK}; font: 700 {size}px/1.16 Roboto, sans-serif; letter-spacing: -0.022em;
  white-space: pre; }}
</style><svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">
<path d="M0 {EDGE}H{WIDTH}V{HEIGHT}H0Z" fill="{LIQUID}"/>
<path d="{marks()}" stroke="{PETROL}" stroke-width="3"/>
<path d="M0 {EDGE}H{WIDTH}" stroke="{PETROL}" stroke-width="4"/>
<g transform="translate(756 72) scale(9.2)"><clipPath id="case"><circle cx="20" cy="20" r="17"/></clipPath>
<g clip-path="url(#case)"><path d="M0 0H40V40H0Z" fill="#fff"/>
<path d="M1 24C8 20 12 20 16.5 22.1s8 2 12 0 6-1.5 11-.6V40H1Z" fill="{LIQUID}"
  stroke="{PETROL}" stroke-width="1.6"/></g>
<g fill="none" stroke="{PETROL}" stroke-width="1.6" stroke-linecap="round"><circle cx="20" cy="20" r="17"/>
<path d="M20 6v4M28 8.2l-2 3.4M12 8.2l2 3.4"/></g></g>
</svg><p>{words}</p></html>"""


def few_colours(png: bytes) -> bytes:
    """Return the picture with a palette: flat colours need no more, and it weighs a third."""
    out = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS).save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> None:
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        sheet = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for name, (language, size, words) in TEXTS.items():
            sheet.set_content(page(language, size, words))
            png = few_colours(sheet.screenshot())
            if len(png) > LARGEST:
                raise SystemExit(f"{name} weighs {len(png):,} bytes; at most {LARGEST:,} are wanted.")
            (FOLDER / name).write_bytes(png)
            print(f"{name}: {len(png):,} bytes")
        browser.close()


if __name__ == "__main__":
    main()
