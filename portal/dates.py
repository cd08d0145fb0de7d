"""Today in a clinic's zone, and how dates and times are worded. Standard library only.

Staff read 16-Jun-2026 (Tue); patients read Tuesday, June 16, 2026. Month names never follow the
machine's locale.
"""

import datetime
import zoneinfo

MONTHS = {
    "en": (
        [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ]
    ),
    "es": (
        [
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ]
    ),
}
WEEKDAYS = {
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    "es": ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
}
NO_BREAK = "\N{NO-BREAK SPACE}"


def day_in(zone: zoneinfo.ZoneInfo, now: datetime.datetime) -> datetime.date:
    """Return the civil date in a zone at a moment (aware, any zone)."""
    return now.astimezone(zone).date()


def short(day: datetime.date, language: str = "en") -> str:
    """Return the staff form: 16-Jun-2026, or 16-jun-2026 in Spanish; no locale can reorder it."""
    return f"{day.day:02d}-{MONTHS[language][day.month - 1][:3]}-{day.year:04d}"


def short_with_weekday(day: datetime.date, language: str = "en") -> str:
    """Return the staff form with its weekday: 16-Jun-2026 (Tue)."""
    return f"{short(day, language)}{NO_BREAK}({WEEKDAYS[language][day.weekday()][:3]})"


def long(day: datetime.date, language: str = "en", *, year: bool = True, weekday: bool = True) -> str:
    """Return the patient form: Tuesday, June 16, 2026, or martes 16 de junio de 2026."""
    month, name = MONTHS[language][day.month - 1], WEEKDAYS[language][day.weekday()]
    if language == "es":
        text = f"{day.day} de {month}" + (f" de {day.year}" if year else "")
        return f"{name} {text}" if weekday else text
    text = f"{month}{NO_BREAK}{day.day}" + (f", {day.year}" if year else "")
    return f"{name}, {text}" if weekday else text


def clock(moment: datetime.datetime | datetime.time, language: str = "en") -> str:
    """Return a 12-hour time: 9:30 a.m., noon, midnight (9:30 a. m., mediodía, medianoche)."""
    hour, minute = moment.hour, moment.minute
    if minute == 0 and hour in (0, 12):
        return {"en": ("midnight", "noon"), "es": ("medianoche", "mediodía")}[language][hour == 12]
    half = ("a.m.", "p.m.") if language == "en" else (f"a.{NO_BREAK}m.", f"p.{NO_BREAK}m.")
    return f"{hour % 12 or 12}:{minute:02d}{NO_BREAK}{half[hour >= 12]}"


def age_on(birth_date: datetime.date, day: datetime.date) -> int:
    """Return whole years of age; someone born on 29 February turns a year older on 1 March."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
