"""Words in the reader's language: gettext catalogues, and dates as Vietnam's offices write them."""

from __future__ import annotations

import datetime as dt
import gettext
from pathlib import Path

from generator.problems import N_, Problem, Severity, line_of

LANGUAGES = ("vi", "en")
"""The languages with a catalogue, which are those a site may have."""

_MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"),
    N_("July"), N_("August"), N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip
_SHORT_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"),
    N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip

_SORTS = {Severity.WARNING: N_("warning: "), Severity.NOTICE: N_("notice: ")}

LABELS = {
    "working-session": N_("Working session"),
    "conference": N_("Conference"),
    "signing": N_("Signing"),
    "visit": N_("Visit"),
    "reception": N_("Reception"),
    "review": N_("Review"),
    "brief": N_("In brief"),
    "news": N_("News"),
    "held": N_("Held"),
    "planned": N_("Planned"),
    "postponed": N_("Postponed"),
    "cancelled": N_("Cancelled"),
    "chair": N_("Chair"),
    "speaker": N_("Speaker"),
    "signatory": N_("Signatory"),
    "attendee": N_("Attendee"),
    "articles": N_("Meetings"),
    "officials": N_("Officials"),
    "organisations": N_("Organisations"),
    "topics": N_("Topics"),
    "series": N_("Series"),
    "places": N_("Places"),
    "documents": N_("Documents"),
    "threads": N_("Threads"),
    "pages": N_("Pages"),
    "draft": N_("Draft"),
    "scheduled": N_("Not yet public"),
    "language-en": N_("English"),
    "language-vi": N_("Vietnamese"),
    "document-BB": N_("Minutes"),
    "document-BC": N_("Report"),
    "document-BGN": N_("Memorandum"),
    "document-BTT": N_("Agreement"),
    "document-CT": N_("Directive"),
    "document-CTHĐ": N_("Action programme"),
    "document-CTPH": N_("Coordination programme"),
    "document-CTr": N_("Programme"),
    "document-CV": N_("Official letter"),
    "document-CĐ": N_("Telegram"),
    "document-DA": N_("Project"),
    "document-GGT": N_("Letter of introduction"),
    "document-GM": N_("Invitation"),
    "document-GNP": N_("Leave permit"),
    "document-GUQ": N_("Letter of authorisation"),
    "document-HD": N_("Guideline"),
    "document-HĐ": N_("Contract"),
    "document-KH": N_("Plan"),
    "document-KHLT": N_("Joint plan"),
    "document-KHPH": N_("Coordination plan"),
    "document-KL": N_("Conclusion"),
    "document-L": N_("Order of the President"),
    "document-NQ": N_("Resolution"),
    "document-NQLT": N_("Joint resolution"),
    "document-NĐ": N_("Decree"),
    "document-PA": N_("Proposal"),
    "document-PB": N_("Advice note"),
    "document-PC": N_("Transfer note"),
    "document-PG": N_("Delivery note"),
    "document-PL": N_("Ordinance"),
    "document-QC": N_("Regulations"),
    "document-QCPH": N_("Coordination regulations"),
    "document-QH": N_("Law or resolution of the National Assembly"),
    "document-QyĐ": N_("Rules"),
    "document-QĐ": N_("Decision"),
    "document-TB": N_("Notice"),
    "document-TC": N_("Communiqué"),
    "document-TT": N_("Circular"),
    "document-TTLT": N_("Joint circular"),
    "document-TTh": N_("Circular of the Party"),
    "document-TTr": N_("Submission"),
    "document-UBTVQH": N_("Ordinance or resolution of the Standing Committee"),
    "document-VBHN": N_("Consolidated text"),
    "document-ĐA": N_("Scheme"),
}
"""What a code of the content model is called, and a language; message ids."""


class Translator:
    """Messages, labels and dates in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.catalogue = gettext.translation(
            "bulletin", Path(__file__).with_name("locale"), [language], fallback=True
        )
        self.gettext = self.catalogue.gettext
        self.ngettext = self.catalogue.ngettext

    def label(self, code: str) -> str:
        """The words for a code of `LABELS`; the code itself where there are none."""
        text = LABELS.get(code)
        return self.gettext(text) if text else code

    def problem(self, problem: Problem) -> str:
        """`path:line:column: what is wrong (hint) [code]`, one line."""
        text = self.gettext(problem.text).format_map(problem.values)
        hint = self.gettext(problem.hint).format_map(problem.values) if problem.hint else ""
        sort = self.gettext(_SORTS[problem.severity]) if problem.severity in _SORTS else ""
        return line_of(problem.place, sort, text, hint, problem.code)

    def long_date(self, day: dt.date) -> str:
        """`ngày 05 tháng 7 năm 2023`: days below 10 and months 1 and 2 get a zero (Decree
        30/2020/NĐ-CP, appendix I, on the form of administrative documents)."""
        if self.language == "vi":
            month = f"{day.month:02}" if day.month < 3 else day.month
            return f"ngày {day.day:02} tháng {month} năm {day.year}"
        return f"{day.day} {self.month_year(day.month, day.year)}"

    def short_date(self, day: dt.date) -> str:
        if self.language == "vi":
            return f"{day.day:02}/{day.month:02}/{day.year:04}"
        return f"{day.day} {_SHORT_MONTHS[day.month - 1]} {day.year}"

    def month(self, month: int) -> str:
        return f"tháng {month}" if self.language == "vi" else self.gettext(_MONTHS[month - 1])

    def month_year(self, month: int, year: int) -> str:
        between = " năm " if self.language == "vi" else " "
        return f"{self.month(month)}{between}{year}"

    def weekday(self, day: dt.date) -> str:
        return self.gettext(_WEEKDAYS[day.weekday()])

    def decimal(self, value: float) -> str:
        """A number with two decimals."""
        return f"{value:.2f}".replace(".", "," if self.language == "vi" else ".")

    def number(self, value: int) -> str:
        digits = f"{value:,}"
        return digits.replace(",", ".") if self.language == "vi" else digits
