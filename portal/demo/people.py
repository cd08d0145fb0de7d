"""The people of the demo. All are invented; the telephone numbers lie in the range kept for fiction."""

import unicodedata
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Person:
    """Who a patient of the demo is, and how the clinic may reach them."""

    given: str
    family: str
    born: date
    sex: str
    language: str = "en"
    speaks: str = ""
    needs_interpreter: bool = False
    may_email: bool = True
    is_email_bad: bool = False
    preferred: str = ""
    zone: str = ""
    allergies: str = ""

    @property
    def email(self) -> str:
        """Return an address in plain letters; those who sign in have a short one."""
        if (self.given, self.family) in {("Rosa", "Villanueva"), ("Dale", "Whitcomb")}:
            return f"{self.given.lower()}@mail.example"
        plain = unicodedata.normalize("NFKD", f"{self.given}.{self.family}".lower())
        kept = "".join(c for c in plain if c.isascii() and (c.isalpha() or c == "."))
        return f"{kept.strip('.')[:40]}@mail.example"


def someone(line: str, **fields) -> Person:
    """Return a person from “given | family | born | f or m”."""
    given, family, born, sex = (part.strip() for part in line.split("|"))
    return Person(given, family, date.fromisoformat(born), {"f": "female", "m": "male"}[sex], **fields)


ROSA = someone("Rosa | Villanueva | 1955-03-12 | f", language="es", allergies="Penicillin (rash)")
DALE = someone("Dale | Whitcomb | 1968-06-24 | m")
LUPE = someone("Guadalupe | Ortega | 1961-12-12 | f", language="es", preferred="Lupe")
TOMAS = someone("Tomás | Ibáñez | 1949-09-18 | m", language="es")
INES = someone("Inés | Montoya | 1972-02-29 | f", language="es", needs_interpreter=True)
LINH = someone("Linh | Phạm | 1958-08-08 | f", speaks="Vietnamese", needs_interpreter=True)
AMINA = someone("Amina | Warsame | 1979-01-30 | f", speaks="Somali", needs_interpreter=True)
LONG = someone(
    "Maximiliana Theodora | Featherstonehaugh-Wolfeschlegelstein | 1944-10-05 | f", preferred="Maxie"
)
SOREN = someone("Søren | Åkesson | 1966-04-17 | m", allergies="Latex; chlorhexidine")
SHANICE = someone("Shanice | Okonkwo | 1983-07-02 | f")
EMEKA = someone("Emeka | Okonkwo | 1983-07-20 | m")
BAD_EMAIL = someone("Gordon | Pratt | 1951-05-06 | m", is_email_bad=True)
NO_EMAIL = someone("Beatrice | Holloway | 1947-11-28 | f", may_email=False)
FAR = someone("Walter | Crane | 1953-02-14 | m", zone="America/Denver")

OAK = tuple(
    someone(line)
    for line in """
    Harold | Beckett | 1950-01-19 | m
    June | Castellano | 1963-06-03 | f
    Curtis | Dunleavy | 1975-09-27 | m
    Marjorie | Eastwick | 1941-04-11 | f
    Nathan | Feldman | 1986-12-01 | m
    Colleen | Gallagher | 1957-03-22 | f
    Raymond | Hsu | 1969-08-15 | m
    Denise | Ivory | 1960-10-30 | f
    Leonard | Jablonski | 1946-07-07 | m
    Priscilla | Kearns | 1978-05-25 | f
    Franklin | Lowe | 1954-02-03 | m
    Theresa | Maddox | 1965-11-16 | f
    Vernon | Nakamura | 1948-06-29 | m
    Olivia | Oakes | 1990-01-08 | f
    Stanley | Pruitt | 1952-09-09 | m
    Yvonne | Quarles | 1971-04-04 | f
    Bernard | Rusk | 1959-12-23 | m
    Charlene | Sandoval | 1967-08-31 | f
    Milton | Thackeray | 1943-03-14 | m
    Wanda | Underhill | 1956-10-12 | f
    Everett | Vance | 1974-07-19 | m
    Lorraine | Westbrook | 1962-05-05 | f
    Xavier | Yardley | 1981-02-26 | m
    Gwendolyn | Zeller | 1945-01-13 | f
    Arthur | Abernathy | 1958-06-18 | m
    Bonnie | Bracken | 1970-09-02 | f
    Clifford | Cho | 1955-11-11 | m
    Dorothy | Delacroix | 1949-08-24 | f
    Eugene | Engel | 1964-04-28 | m
    Fay | Fontaine | 1976-12-17 | f
    Gerald | Goss | 1953-10-21 | m
    Hazel | Hargrove | 1942-02-07 | f
    Irving | Isaacs | 1961-07-30 | m
    Jeanette | Jarvis | 1973-03-09 | f
    Kenneth | Kowalski | 1957-05-15 | m
    Lucille | Langley | 1950-12-05 | f
    Marcus | Mbeki | 1984-06-11 | m
    Norma | Novak | 1948-09-23 | f
    Oscar | Osterberg | 1966-01-27 | m
    Paula | Pemberton | 1959-04-19 | f
    Quentin | Reilly | 1977-08-06 | m
    Roberta | Stokes | 1954-11-02 | f
    Samuel | Teague | 1947-07-16 | m
    Trudy | Upshaw | 1968-10-08 | f
    Ulysses | Vickers | 1963-02-20 | m
    Violet | Wexler | 1951-06-01 | f
    Wesley | Yoon | 1982-03-29 | m
    """.strip().splitlines()
)
DIED = someone("Edmund | Farraday | 1939-05-20 | m")

CEDAR = tuple(
    someone(line)
    for line in """
    Carla | Jensen | 1965-09-14 | f
    Roland | Pike | 1952-04-02 | m
    Mei | Chang | 1971-12-08 | f
    Howard | Stillwell | 1946-08-27 | m
    Patrice | Laurent | 1960-01-31 | f
    Luther | Greer | 1957-10-17 | m
    Sylvia | Marchetti | 1949-03-06 | f
    Dennis | Okafor | 1978-07-24 | m
    Imogen | Blythe | 1985-05-12 | f
    Wendell | Crowe | 1954-11-29 | m
    Estelle | Novotny | 1943-02-18 | f
    """.strip().splitlines()
)
JOAQUIN = someone("Joaquín | Peña | 1968-06-09 | m", language="es")
