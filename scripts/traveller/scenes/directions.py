"""The way through the town."""

from __future__ import annotations

from .. import times
from ..clauses import act
from ..pairs import say
from ..phrases import a, mix, named, own, the, words
from ..places import near

_place = the("place", 0.25)
_me = words(("me", "mir"), ("us", "uns"))
_side = words(("on the left", "auf der linken Seite"), ("on the right", "auf der rechten Seite"))
_turn = words(("left", "links"), ("right", "rechts"))
_until = words(
    ("to the traffic lights", "bis zur Ampel"),
    ("to the bridge", "bis zur Brücke"),
    ("to the church", "bis zur Kirche"),
    ("to the square", "bis zum Platz"),
)

_landmark = mix(the("sight", 0.2), the("crossing", 0), the("landmark", 0))

ACTS = [
    act(
        "visit",
        "{x}",
        "besichtigen",
        definite="{x:acc}",
        kinds="plan past wish done trip_aim",
        company=True,
        x=the("sight", 0.4),
    ),
    act(
        "walk",
        "to {x}",
        "gehen",
        late="zu Fuß {x:zu+dat}",
        kinds="plan past wish allowed habit tiring",
        company=True,
        x=_place,
    ),
    act("cross", "{x}", "überqueren", definite="{x:acc}", kinds="plan past", x=the("crossing", 0)),
    act(
        "show",
        "{m} the way to {x}",
        "zeigen",
        pronoun="{m:de}",
        definite="den Weg {x:zu+dat}",
        kinds="ask",
        hours="none",
        m=_me,
        x=_place,
    ),
    act(
        "explain",
        "the way to {x} to {m}",
        "erklären",
        pronoun="{m:de}",
        definite="den Weg {x:zu+dat}",
        kinds="ask",
        hours="none",
        m=_me,
        x=_place,
    ),
    act(
        "ask",
        "{x} for the way to {y}",
        "fragen",
        definite="{x:acc}",
        late="nach dem Weg {y:zu+dat}",
        kinds="plan past duty",
        x=mix(a("staff", 0.2), the("staff", 0)),
        y=_place,
    ),
    act(
        "take",
        "{x} to {y}",
        "bringen",
        definite="{x:acc}",
        late="{y:zu+dat}",
        kinds="plan past ask duty done habit",
        x=mix(own("relative", 0), named),
        y=_place,
    ),
]

TEMPLATES = [
    say("Excuse me, where is {x}?", "Entschuldigung, wo ist {x:nom}?", x=_place),
    say("Excuse me, how do I get to {x}?", "Entschuldigung, wie komme ich {x:zu+dat}?", x=_place),
    say("How do we get from {x} to {y}?", "Wie kommen wir {x:von+dat} {y:zu+dat}?", x=_place, y=_place),
    say("Is there {x} {n}?", "Gibt es {n:de} {x:acc}?", x=a("shop", 0), n=near("sight")),
    say("Is there {x} near here?", "Gibt es hier in der Nähe {x:acc}?", x=mix(a("shop", 0), a("eatery"))),
    say("{x} is {n}.", "{x:nom} ist {n:de}.", x=_place, n=near("place")),
    say("{x} is {n} {s}.", "{x:nom} ist {n:de} {s:de}.", x=_place, n=near("place"), s=_side),
    say("Turn {t} at {x}.", "Biegen Sie {x:an+dat} {t:de} ab.", t=_turn, x=_landmark),
    say(
        "Go straight on {u} and then turn {t}.",
        "Gehen Sie geradeaus {u:de} und biegen Sie dann {t:de} ab.",
        u=_until,
        t=_turn,
    ),
    say(
        "Go {u} and then take the {n} street on the {t}.",
        "Gehen Sie {u:de} und nehmen Sie dann die {n:de} Straße {t:de}.",
        u=_until,
        t=_turn,
        n=words(("first", "erste"), ("second", "zweite"), ("third", "dritte")),
    ),
    say("It is {n} on foot to {x}.", "Bis {x:zu+dat} sind es zu Fuß {n:de}.", n=times.minutes, x=_place),
    say("How far is it to {x}?", "Wie weit ist es {x:zu+dat}?", x=_place),
    say("Is it far to {x}?", "Ist es weit {x:zu+dat}?", x=_place),
    say("{x} is not far from {y}.", "{x:nom} ist nicht weit {y:von+dat} entfernt.", x=_place, y=_place),
    say("You can see {x} from {y}.", "Sie können {x:acc} {y:von+dat} aus sehen.", x=the("sight"), y=the("place", 0)),
    say("We are lost and cannot find {x}.", "Wir haben uns verlaufen und können {x:acc} nicht finden.", x=_place),
    say("I cannot find {x}.", "Ich kann {x:acc} nicht finden.", x=_place),
    say("Can I walk to {x}?", "Kann ich zu Fuß {x:zu+dat} gehen?", x=_place),
    say(
        "What time does {x} open {t}?",
        "Um wie viel Uhr öffnet {x:nom} {t:de}?",
        x=mix(the("shop", 0), the("sight")),
        t=times.weekday,
    ),
    say("{x} is open {s}.", "{x:nom} ist {s:de} geöffnet.", x=mix(the("shop"), the("sight")), s=times.day_span),
    say(
        "{x} is closed {s}.",
        "{x:nom} ist {s:de} geschlossen.",
        x=mix(the("shop"), the("eatery")),
        s=mix(times.weekday, times.date_span, times.date),
    ),
    say("Do not turn left at {x}, but right.", "Biegen Sie {x:an+dat} nicht links ab, sondern rechts.", x=_landmark),
]
