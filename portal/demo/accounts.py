"""Who can sign in to the demo. Pure data: it is known before there is a database."""

from dataclasses import dataclass

# On purpose the same for all, and printed at every start: nothing in the demo is real.
PASSWORD = "demo-only-password"  # noqa: S105
OAK, CEDAR = "Oak Street Clinic", "Cedar Clinic"
PATIENT = "patient"


@dataclass(frozen=True, slots=True)
class Account:
    """One sign-in of the demo. A role of the portal, or “patient”."""

    email: str
    name: str
    role: str
    clinic: str | None
    credential: str = ""
    language: str = "en"

    def as_json(self) -> dict[str, str | None]:
        return {
            "email": self.email,
            "role": self.role,
            "password": PASSWORD,
            "totp_secret": None,
            "name": self.name,
            "clinic": self.clinic,
        }


ACCOUNTS = (
    Account("kim.tran@oak.example", "Kim Tran", "nurse", OAK, "RN"),
    Account("marta.lindqvist@oak.example", "Marta Lindqvist", "nurse", OAK, "RN"),
    Account("kofi.osei@oak.example", "Kofi Osei", "physician", OAK, "MD"),
    Account("adam.reyes@oak.example", "Adam Reyes", "clinic_admin", OAK),
    Account("otto.berg@cedar.example", "Otto Berg", "nurse", CEDAR, "RN"),
    Account("leila.haddad@cedar.example", "Leila Haddad", "physician", CEDAR, "DO"),
    Account("rosa@mail.example", "Rosa Villanueva", PATIENT, OAK, language="es"),
    Account("dale@mail.example", "Dale Whitcomb", PATIENT, OAK),
    Account("edie.moss@portal.example", "Edie Moss", "editor", None),
    Account("sam.ito@portal.example", "Sam Ito", "site_admin", None),
)


def table() -> list[str]:
    """Return the sign-ins as aligned lines for a terminal."""
    rows = [("E-mail", "Who", "Role", "Clinic")]
    rows += [(a.email, a.name, a.role.replace("_", " "), a.clinic or "–") for a in ACCOUNTS]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
