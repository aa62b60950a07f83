"""Study -> sections -> one self-contained document, in HTML or Markdown."""

from __future__ import annotations

from budgetplan.report.document import Document, Section
from budgetplan.report.html import as_html
from budgetplan.report.markdown import as_markdown
from budgetplan.report.sections import document
from budgetplan.report.subject import Subject, examine

__all__ = ["Document", "Section", "Subject", "as_html", "as_markdown", "document", "examine"]
