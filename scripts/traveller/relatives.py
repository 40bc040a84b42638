"""Things told apart by a relative clause, whose predicate agrees with a noun that stands far in front of it."""

from __future__ import annotations

from . import times
from .pairs import say
from .phrases import a, city, inland, mix, my, named, the, words
from .places import eatery, in_hotel, station, store

_size = words(
    ("too small", "zu klein"), ("too large", "zu groß"), ("too expensive", "zu teuer"), ("dirty", "schmutzig")
)
_taste = words(
    ("cold", "kalt"), ("not fresh", "nicht frisch"), ("too expensive", "zu teuer"), ("very good", "sehr gut")
)

_wares = mix(the("clothes", 0.5, 0.4), the("shoes", 0.4, 1.0))
_lost = the("lost", 0.4, 0.3)

TEMPLATES = [
    say(
        "{x} that I bought {p} {t} {x:is} {d}.",
        "{x:nom}, {x:rel.acc} ich {t:de} {p:de} gekauft habe, {x:ist} {d:de}.",
        x=_wares,
        p=store,
        t=times.past,
        d=_size,
    ),
    say(
        "{x} that my {w} bought {p} {t} {x:is} {d}.",
        "{x:nom}, {x:rel.acc} {w:de} {t:de} {p:de} gekauft hat, {x:ist} {d:de}.",
        x=_wares,
        p=store,
        t=times.past,
        d=_size,
        w=words(("wife", "meine Frau"), ("husband", "mein Mann"), ("son", "mein Sohn"), ("daughter", "meine Tochter")),
    ),
    say(
        "{x} that we ordered {p} {t} {x:was} {d}.",
        "{x:nom}, {x:rel.acc} wir {t:de} {p:de} bestellt haben, {x:war} {d:de}.",
        x=the("dish", 0),
        p=eatery,
        t=times.past,
        d=_taste,
    ),
    say(
        "{x} that I ordered {n} ago {x:is} still not here.",
        "{x:nom}, {x:rel.acc} ich vor {n:de} bestellt habe, {x:ist} noch nicht da.",
        x=mix(the("dish", 0), the("drink", 0)),
        n=times.minutes,
    ),
    say(
        "{x} in which we stayed {t} was very {d}.",
        "{x:nom}, in {x:rel.dat} wir {t:de} gewohnt haben, war sehr {d:de}.",
        x=mix(the("lodging", 0), the("room", 0)),
        t=times.past,
        d=words(("quiet", "ruhig"), ("loud", "laut"), ("expensive", "teuer"), ("comfortable", "bequem")),
    ),
    say(
        "{x} that we reserved {h} {t} {x:is} too {d}.",
        "{x:nom}, {x:rel.acc} wir {t:de} {h:de} reserviert haben, {x:ist} zu {d:de}.",
        x=the("room", 0.2, 0.3),
        h=in_hotel,
        t=times.past,
        d=words(("small", "klein"), ("loud", "laut"), ("expensive", "teuer"), ("cold", "kalt")),
    ),
    say(
        "I have found {x} that {w} lost {p} {t}.",
        "Ich habe {x:acc} gefunden, {x:rel.acc} {w:de} {t:de} {p:de} verloren hat.",
        x=_lost,
        w=mix(my("family", 0), named),
        p=mix(eatery, station),
        t=times.past,
    ),
    say(
        "{x} to {c} that leaves {t} from platform {n} is {m} late.",
        "{x:nom} nach {c:de}, {x:rel.nom} {t:de} von Gleis {n:de} abfährt, hat {m:de} Verspätung.",
        x=the("train", 0),
        c=inland,
        t=times.appointed,
        n=times.numeral(2, 24),
        m=times.minutes,
    ),
    say(
        "{x} to {c} leaves {t} from platform {n}.",
        "{x:nom} nach {c:de} fährt {t:de} von Gleis {n:de} ab.",
        x=the("train", 0),
        c=inland,
        t=times.appointed,
        n=times.numeral(2, 24),
    ),
    say(
        "{x} from {c} arrives {t} with a delay of {m} on platform {n}.",
        "{x:nom} aus {c:de} kommt {t:de} mit einer Verspätung von {m:de} auf Gleis {n:de} an.",
        x=the("train", 0),
        c=inland,
        t=times.appointed,
        n=times.numeral(2, 24),
        m=times.minutes,
    ),
    say(
        "I bought {x} {p} {t}, but {x:it} {x:is} {d}.",
        "Ich habe {t:de} {p:de} {x:acc} gekauft, aber {x:pro.nom} {x:ist} {d:de}.",
        x=mix(a("clothes", 0.5), a("shoes", 0.4, 1.0)),
        p=store,
        t=times.past,
        d=_size,
    ),
    say(
        "I bought {x} {p} {t}, and now I would like to exchange {x:them}.",
        "Ich habe {t:de} {p:de} {x:acc} gekauft, und jetzt möchte ich {x:pro.acc} umtauschen.",
        x=mix(a("clothes", 0.5), a("shoes", 0.4, 1.0)),
        p=store,
        t=times.past,
    ),
    say(
        "{x} that you recommended to us {t} {x:is} {d}.",
        "{x:nom}, {x:rel.acc} Sie uns {t:de} empfohlen haben, {x:ist} {d:de}.",
        x=the("venue", 0),
        t=times.past,
        d=words(("closed", "geschlossen"), ("very good", "sehr gut"), ("too expensive", "zu teuer")),
    ),
    say(
        "{x} with whom I spoke {p} {t} comes from {c}.",
        "{x:nom}, mit {x:rel.dat} ich {t:de} {p:de} gesprochen habe, kommt aus {c:de}.",
        x=the("stranger", 0.3),
        p=mix(eatery, station),
        t=times.past,
        c=city,
    ),
]
