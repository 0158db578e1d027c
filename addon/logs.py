"""Log lines in JSON: an event and ids, with everything secret or personal masked."""

import logging
import re
import sys
import time
import traceback
import uuid
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO

import structlog

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MASK = "[masked]"
_LONGEST_TEXT = 500
_DEEPEST = 6

# A value under a key with one of these words in it is never shown.
_SECRET_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        token tokens authorization auth secret secrets code state refresh access email
        mail name names description note notes password passwd pwd cookie cookies key
        keys signature verifier credential credentials header headers body payload jwt
        bearer pem dsn query args params form address phone session realm
        """,
    )
)
_HARMLESS_KEYS = frozenset(
    {"addon_key", "error_code", "fault_code", "http_code", "run_state", "status_code"}
)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SHAPES = (
    re.compile(r"-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|\Z)", re.DOTALL),
    re.compile(r"\b(?:bearer|basic)\s+[^\s,;\"']+", re.IGNORECASE),
    # A JSON web token, signed or encrypted, with all that is glued to its front: cut
    # out of the middle it would leave the rest too short to be noticed.
    re.compile(r"[\w+=-]*eyJ[\w-]+(?:\.[\w-]*)*"),
    re.compile(r"[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}"),
    re.compile(r"[\w+=-]*RT1-[\w-]+"),  # Intuit: refresh tokens
    re.compile(r"\bAB[\w-]{18,}"),  # Intuit: codes and older refresh tokens
    re.compile(r"[\w+=-]*gAAAA[\w=-]+"),  # Fernet
    re.compile(r"[\w+=-]{40,}"),  # whatever else is long and opaque
    re.compile(r"[^\s@<>\"'=:,;/(]+@[^\s@<>\"',;)]+"),  # an e-mail address
)
# A short word in small letters, such as our own keys and events: nothing below or
# above can be found in it, so it need not be searched. Most of a line are such words.
_WORD = re.compile(r"[a-z_./-]{0,24}")
_USERINFO = re.compile(r"(?<=://)[^\s/@]+@")
_QUERY = re.compile(r"\?[^\s\"'<>]*")
_PAIR = re.compile(
    r"(?P<key>[\"']?\b(?:\w*token|code|state|\w*secret|password|authorization|email"
    r"|\w*name|description|assertion|signature)[\"']?\s*[:=]\s*)"
    r"(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[^\s&,;}\])\"']+)",
    re.IGNORECASE,
)
_QUIET = ("urllib3", "huey", "werkzeug", "sqlalchemy", "asyncio", "alembic.runtime")


def configure(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send every logger's lines to a stream (stderr), redacted, one JSON each."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _Lines(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                redact,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one, _Lines)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def redact(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Mask by key and by shape; an exception keeps its kind and places, no words."""
    failure = event.pop("exc_info", None)
    for key in ("exception", "stack", "stack_info"):
        event.pop(key, None)
    shown = {_text(key): _value(key, value, 0) for key, value in event.items()}
    if failure:
        shown |= _failure(failure)
    return shown


def mask(text: str) -> str:
    """Replace whatever in a text looks like a secret, a query or an e-mail address."""
    if _WORD.fullmatch(text):
        return text
    text = _USERINFO.sub(f"{MASK}@", text)
    text = _QUERY.sub(f"?{MASK}", text)
    text = _PAIR.sub(rf"\g<key>{MASK}", text)
    for shape in _SHAPES:
        text = shape.sub(MASK, text)
    return text


class RequestLog:
    """Wraps a WSGI application: one line for each request, without its query."""

    def __init__(
        self,
        application: "WSGIApplication",
        seconds: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Remember what to wrap; seconds is a monotonic clock."""
        self._application = application
        self._seconds = seconds
        self._log = structlog.stdlib.get_logger("addon.requests")

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer the request; `addon.request` in environ numbers it in the log."""
        began = self._seconds()
        number = environ["addon.request"] = uuid.uuid4().hex[:12]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=number)
        status = "500"

        def start(line: str, *rest: Any) -> Callable[[bytes], object]:  # noqa: ANN401
            nonlocal status
            status = line
            return start_response(line, *rest)

        try:
            return self._application(environ, start)
        finally:
            self._log.info(
                "request.answered",
                method=environ.get("REQUEST_METHOD", ""),
                path=environ.get("PATH_INFO", ""),
                status=int(status[:3]),
                ms=round((self._seconds() - began) * 1000),
            )


class _Lines(logging.StreamHandler[TextIO]):
    """Our handler, recognisable so that a second set-up replaces the first."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Say that a line was lost; the usual report would print its arguments."""
        sys.stderr.write(f'{{"event": "log.line_lost", "logger": "{record.name}"}}\n')


def _is_secret(key: str) -> bool:
    lowered = key.lower()
    if lowered in _HARMLESS_KEYS:
        return False
    return any(word.lower() in _SECRET_WORDS for word in _WORDS.findall(key)) or any(
        part in _SECRET_WORDS for part in re.split(r"[^a-z]+", lowered)
    )


def _value(key: object, value: object, depth: int) -> object:
    if isinstance(key, str) and _is_secret(key):
        return MASK if value not in (None, "") else value
    return _plain(value, depth)


def _plain(value: object, depth: int) -> object:
    if isinstance(value, Enum):
        value = value.value
    match value:
        case None | bool() | int() | float():
            return value
        case str() | uuid.UUID() | Decimal():
            return _text(value)
        case date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case _ if depth >= _DEEPEST:
            return "[deep]"
        case Mapping():
            return {_text(k): _value(k, v, depth + 1) for k, v in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(item, depth + 1) for item in value]
        case _:
            return f"<{type(value).__name__}>"  # its own words might say too much


def _text(value: object) -> str:
    text = mask(str(value))
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"


def _failure(found: object) -> dict[str, object]:
    """Name exception kinds and code places; messages may quote data, so none."""
    error = found if isinstance(found, BaseException) else None
    if isinstance(found, tuple):
        error = found[1]
    elif error is None:
        error = sys.exc_info()[1]
    kinds: list[str] = []
    places: list[str] = []
    while error is not None and len(kinds) < _DEEPEST:
        kinds.append(f"{type(error).__module__}.{type(error).__qualname__}")
        places.extend(_places(error.__traceback__))
        error = error.__cause__ or error.__context__
    return {"error": kinds, "where": places}


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-12:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
