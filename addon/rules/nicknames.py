"""Which first names are short for which others."""

from collections import defaultdict
from collections.abc import Iterable

_SHORT_FORMS = """
    alexander: alex sasha xander lex
    alexandra: alex sasha sandra
    andrew: andy drew
    anthony: tony
    barbara: barb babs
    benjamin: ben benny
    catherine: cathy cate kate katie
    charles: charlie chuck chas
    christina: chris tina christie
    christine: chris chrissie
    christopher: chris kit topher
    daniel: dan danny
    david: dave davy
    deborah: deb debbie
    dorothy: dot dottie
    edward: ed eddie ted ned
    elizabeth: liz beth betty eliza lisa lizzie
    eugene: gene
    francis: frank fran
    franziska: franzi
    frederick: fred freddy rick
    gregory: greg
    henry: harry hank
    jacob: jake
    james: jim jimmy jamie
    jennifer: jen jenny
    jessica: jess jessie
    johannes: hannes hans
    john: jack johnny
    jonathan: jon jonny
    joseph: joe joey
    joshua: josh
    katherine: kate kathy katie kat
    kenneth: ken kenny
    lawrence: larry
    leonard: leo len lenny
    margaret: maggie meg peggy
    matthew: matt
    maximilian: max
    michael: mike mick micky
    natalie: nat
    nathaniel: nate nathan
    nicholas: nick nicky
    pamela: pam
    patricia: pat patty trish
    patrick: pat paddy
    peter: pete
    philip: phil
    rebecca: becca becky
    richard: dick rick rich
    robert: bob bobby rob robbie
    ronald: ron ronnie
    samantha: sam
    samuel: sam sammy
    sebastian: basti seb
    stephen: steve
    steven: steve
    susan: sue susie
    theodore: ted theo
    thomas: tom tommy
    timothy: tim timmy
    victoria: vicky tori
    walter: walt
    william: bill billy will liam
    zachary: zach
"""


def _long_forms(lines: Iterable[str]) -> dict[str, frozenset[str]]:
    forms: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        long, _, shorts = line.partition(":")
        for short in shorts.split():
            forms[short].add(long.strip())
    return {short: frozenset(longs) for short, longs in forms.items()}


_LONG_FORMS = _long_forms(_SHORT_FORMS.strip().splitlines())


def long_forms(first_name: str) -> frozenset[str]:
    """Give what a first name in lower case may be short for, and the name itself."""
    return _LONG_FORMS.get(first_name, frozenset()) | {first_name}
