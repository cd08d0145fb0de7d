"""One JSON line per log record: no line break of a hostile path can forge a second one."""

import json
import logging
import re

# PostgreSQL names the row that broke a rule: a record number, a name, an address.
ROW_OF_A_RECORD = re.compile(r"^DETAIL:.*(?:\n(?!\n|Traceback|[A-Z]+:|  File ).*)*", re.MULTILINE)


class JsonFormatter(logging.Formatter):
    """Write a record as one line of JSON; request paths and arguments stay escaped."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = ROW_OF_A_RECORD.sub("DETAIL: not logged", self.formatException(record.exc_info))
        return json.dumps(line)
