"""Addresses, good and hostile: the fixed corpus that the list of hosts is held to."""

LIST = ("clockify.me", "*.clockify.me", "http://127.0.0.1:9001")

_GOOD = """
clockify.me api.clockify.me reports.api.clockify.me euc1.clockify.me
use2.clockify.me euw2.clockify.me apse2.clockify.me developer.clockify.me
craigs-design.clockify.me API.Clockify.ME
"""
GOOD_HOSTS = _GOOD.split()
GOOD_PATHS = ("", "/", "/api", "/api/", "/api/v1", "/report", "/a/b-c_d.e~f")

_FOREIGN = """
evil.example clockify.me.evil.example clockify.me-evil.example xclockify.me
evil-clockify.me clockify.com clockify.mee me api.clockify.me.me clockify
"""
_NUMBERS = """
127.0.0.1 10.0.0.1 169.254.169.254 192.168.0.1 0.0.0.0 2130706433 0x7f000001
017700000001 127.1 0x7f.1 [::1] [::ffff:127.0.0.1] [fd00::1] [::] localhost
127.0.0.1.nip.io metadata.google.internal 1.1.1.1
"""
_BROKEN = r"""
.clockify.me api..clockify.me clockify.me. api.clockify.me. -.clockify.me
-a.clockify.me a-.clockify.me a_b.clockify.me *.clockify.me %61pi.clockify.me
api.clockify%2eme clockify.me%00.evil.example clockify.me\.evil.example
clockify.me\@evil.example evil.example\clockify.me
"""
_LOOK_ALIKES = [
    "xn--clockfy-dgb.me",
    "xn--e1awd7f.clockify.me",
    "cl\u043eckify.me",  # a Cyrillic letter
    "clock\u0131fy.me",  # an i without its dot
    "\u217dlockify.me",  # a Roman numeral
    "clockify\u3002me",  # an ideographic full stop
    "api\u3002clockify.me",
    "clockify.me\u3002evil.example",
]
BAD_HOSTS = [
    *(_FOREIGN + _NUMBERS + _BROKEN).split(),
    *_LOOK_ALIKES,
    f"{'a' * 64}.clockify.me",
    f"{'a.' * 130}clockify.me",
]
BAD_TAILS = (
    "@evil.example",
    ":@evil.example/",
    ":443@evil.example",
    ":80",
    ":8443",
    ":0",
    ":65536",
    ":99999999999",
    ":-1",
    ":",
    ":\u0664\u0664\u0663",
    "#",
    "#@evil.example",
    "?",
    "?a=b",
    "/?url=http://evil.example",
    "/..",
    "/api/../../admin",
    "/./api",
    "/%2e%2e/",
    "/api%0d%0aHost:evil",
    "\\",
    "\\@evil.example",
    "/\\evil.example",
    "/a b",
    "/\n",
    "\n",
    "\r\nHost: evil.example",
    "\t",
    " ",
    "\0",
    "/\u00e9",
    ";evil",
    ",evil.example",
)

_SCHEMES = r"""
http:// HTTP:// ftp:// file:// gopher:// ws:// wss:// javascript: data: //
https: https:/ https:\\ https:/// https://// :// http+https:// blob:https://
url:https:// jar:https://
"""
SCHEMES = _SCHEMES.split()
BLANKS = ((" ", ""), ("\n", ""), ("\t", "/"), ("", " "), ("\ufeff", ""), ("\0", ""))
USERS = ("a", "a:b", "", ":", "clockify.me")


def bad_urls() -> list[str]:
    """Give every address of the corpus that must be refused."""
    urls = ["", " ", "/", "https://", "http://", "https://:443", "https://@"]
    for host in BAD_HOSTS:
        urls += [f"https://{host}{path}" for path in ("", "/api", ":443")]
    for host in GOOD_HOSTS:
        urls += [f"https://{host}{tail}" for tail in BAD_TAILS]
        urls += [f"{scheme}{host}{path}" for scheme in SCHEMES for path in ("", "/api")]
    for user in USERS:
        urls += [f"https://{user}@{host}" for host in (*GOOD_HOSTS, "evil.example")]
    urls += [f"{before}https://clockify.me{after}" for before, after in BLANKS]
    urls += [
        "https://127.0.0.1:9001",
        "http://127.0.0.1:9002",
        "http://127.0.0.1",
        "http://127.0.0.2:9001",
        "http://localhost:9001",
        "http://0.0.0.0:9001",
        "http://127.0.0.1:09001x",
        "http://127.1:9001",
        "http://127.0.0.1:9001@evil.example",
        "http://a@127.0.0.1:9001",
        "http://[::ffff:127.0.0.1]:9001",
        "https://clockify.me/" + "a" * 3000,
    ]
    return urls
