"""What is broken, missing, dirty, late or wrong."""

from __future__ import annotations

from .. import times
from ..clauses import act
from ..pairs import say
from ..phrases import many, mix, my, named, no, our, own, the, this, words
from ..places import at_reception

_work = mix(the("device", 0), the("fixture", 0))
_in_work = mix(the("device", 0), words(("the shower", "die Dusche")))
_in_room = words(
    ("in my room", "in meinem Zimmer"),
    ("in our room", "in unserem Zimmer"),
    ("in room fourteen", "in Zimmer vierzehn"),
    ("in the bathroom", "im Badezimmer"),
)

ACTS = [
    act(
        "wait",
        "for {x}",
        "warten",
        late="{x:auf+acc}",
        kinds="plan past duty urgent done habit tiring",
        x=mix(the("bus", 0), the("train", 0), own("relative", 0), named),
    ),
    act(
        "speak",
        "to {x}",
        "sprechen",
        late="{x:mit+dat}",
        kinds="plan past errand duty urgent wish remedy",
        place=at_reception,
        x=mix(the("manager", 0), the("staff", 0), named),
    ),
    act(
        "call",
        "{x}",
        "anrufen",
        definite="{x:acc}",
        kinds="plan past errand ask duty urgent remedy contact habit done",
        x=mix(own("relative", 0), named, the("expert", 0)),
    ),
]

TEMPLATES = [
    say("{x} {p} is broken.", "{x:nom} {p:de} ist kaputt.", x=_in_work, p=_in_room),
    say("{x} {x:is} broken.", "{x:nom} {x:ist} kaputt.", x=mix(_work, my("breakable", 0), this("breakable", 0, 0))),
    say("{x} {p} does not work.", "{x:nom} {p:de} funktioniert nicht.", x=_in_work, p=_in_room),
    say(
        "{x} {x:is} {d}.",
        "{x:nom} {x:ist} {d:de}.",
        x=mix(the("linen", 0, 0.6), the("tableware", 0, 0.6)),
        d=words(("dirty", "schmutzig"), ("not clean", "nicht sauber")),
    ),
    say(
        "{x} is {d}, please bring {m} a clean one.",
        "{x:nom} ist {d:de}, bringen Sie {m:de} bitte {x:ein.sauber}.",
        x=mix(this("tableware", 0, 0), the("linen", 0)),
        d=words(("dirty", "schmutzig"), ("not clean", "nicht sauber")),
        m=words(("me", "mir"), ("us", "uns")),
    ),
    say("{x} is cold.", "{x:nom} ist kalt.", x=mix(the("hot", 0), my("hot", 0))),
    say(
        "{x} is {d}.",
        "{x:nom} ist {d:de}.",
        x=mix(my("room", 0), our("room", 0)),
        d=words(
            ("too loud", "zu laut"),
            ("too small", "zu klein"),
            ("too cold", "zu kalt"),
            ("too dark", "zu dunkel"),
            ("not clean", "nicht sauber"),
            ("not quiet", "nicht ruhig"),
        ),
    ),
    say(
        "There {x:is} {x} in our room.",
        "In unserem Zimmer gibt es {x:acc}.",
        x=mix(no("device", 0, 0), no("linen", 0, 0.8)),
    ),
    say(
        "{x} {x:is} not clean, please take {x:them} back.",
        "{x:nom} {x:ist} nicht sauber, bitte nehmen Sie {x:pro.acc} zurück.",
        x=mix(this("tableware", 0, 0.4)),
    ),
    say(
        "{x} was cold, so I sent {x:them} back.",
        "{x:nom} war kalt, deshalb habe ich {x:pro.acc} zurückgegeben.",
        x=the("hot", 0),
    ),
    say("The bill is not correct.", "Die Rechnung stimmt nicht."),
    say(
        "I paid {p}, but it only costs {q}.",
        "Ich habe {p:de} bezahlt, aber es kostet nur {q:de}.",
        p=times.price(20, 100),
        q=times.price(2, 19),
    ),
    say("I have been waiting for {n}.", "Ich warte seit {n:de}.", n=mix(times.minutes, times.hours)),
    say(
        "We have been waiting for {x} for {n}.",
        "Wir warten seit {n:de} {x:auf+acc}.",
        n=times.minutes,
        x=mix(the("bus", 0), our("dish", 0), the("bill")),
    ),
    say(
        "I would like to complain about {x}.",
        "Ich möchte mich {x:über+acc} beschweren.",
        x=mix(this("eatery"), this("lodging"), my("room", 0), the("staff", 0.2), our("room", 0)),
    ),
    say(
        "I am not satisfied with {x}.",
        "Ich bin {x:mit+dat} nicht zufrieden.",
        x=mix(this("lodging", 0.2, 0), my("room", 0), our("room", 0), this("clothes", 0.2)),
    ),
    say("I cannot open {x}.", "Ich kann {x:acc} nicht öffnen.", x=mix(the("opening"), my("luggage"))),
    say("I cannot turn off {x}.", "Ich kann {x:acc} nicht ausschalten.", x=the("device", 0)),
    say(
        "We could not sleep because {x} {x:was} so loud.",
        "Wir konnten nicht schlafen, weil {x:nom} so laut {x:war}.",
        x=mix(many("guests", ("the", "der")), the("loud", 0), the("device", 0)),
    ),
    say("I cannot find {x} anywhere.", "Ich kann {x:acc} nirgends finden.", x=my("belonging", 0.2)),
    say(
        "{x} {x:has} disappeared.",
        "{x:nom} {x:ist} verschwunden.",
        x=mix(my("belonging", 0.2, 0.1), our("luggage", 0.2, 0.5)),
    ),
    say(
        "Someone has stolen {x}.",
        "Jemand hat {x:acc} gestohlen.",
        x=mix(my("belonging", 0.2, 0.1), our("luggage", 0.2, 0.5)),
    ),
    say("{x} never arrived.", "{x:nom} {x:ist} nie angekommen.", x=mix(my("luggage"), our("luggage", 0.2, 0.6))),
]
