"""How a message leaves: e-mail, and text messages as a port."""


class Refused(Exception):
    """The server will never take this message; `is_address` when the recipient's address is at fault."""

    def __init__(self, reason: str, *, is_address: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_address = is_address


class Failed(Exception):
    """The message certainly did not leave; it may later. `is_server` when every other message would fail too."""

    def __init__(self, reason: str, *, is_server: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_server = is_server


class InDoubt(Exception):
    """The message was handed over and nobody answered: it may have arrived."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
