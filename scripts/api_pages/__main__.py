"""Write `docs/api` anew from the docstrings: python -m scripts.api_pages (extra `docs`)."""

from __future__ import annotations

from scripts.api_pages.write import ROOT, pages

folder = ROOT / "docs" / "api"
made = pages()
folder.mkdir(parents=True, exist_ok=True)
for stale in set(folder.glob("*.md")) - {folder / name for name in made}:
    stale.unlink()
for name, text in made.items():
    (folder / name).write_text(text, encoding="utf-8")
print(f"{len(made)} pages in {folder.relative_to(ROOT)}")
