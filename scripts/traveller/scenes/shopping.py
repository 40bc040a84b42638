"""In the shops: clothes, presents, sizes and prices."""

from __future__ import annotations

from .. import times
from ..clauses import act
from ..pairs import say
from ..phrases import a, city, count, maybe, mix, no, the, this, words
from ..places import inside, store

_wares = mix(a("clothes"), a("clothes"), a("gift"), a("small_ware"))
_for = maybe(
    words(
        ("for my wife", "für meine Frau"),
        ("for my husband", "für meinen Mann"),
        ("for my son", "für meinen Sohn"),
        ("for my daughter", "für meine Tochter"),
        ("for my mother", "für meine Mutter"),
        ("for my father", "für meinen Vater"),
        ("for our children", "für unsere Kinder"),
    ),
    0.4,
)
_size = words(("too small", "zu klein"), ("too large", "zu groß"), ("too expensive", "zu teuer"))
_fit = words(("too long", "zu lang"), ("too short", "zu kurz"), ("too wide", "zu weit"))
_colour = words(("red", "rot"), ("blue", "blau"), ("green", "grün"), ("black", "schwarz"), ("grey", "grau"))

ACTS = [
    act(
        "buy",
        "{x} {f}",
        "kaufen",
        late="{x:acc} {f:de}",
        kinds="plan past errand wish done trip_aim",
        place=store,
        x=_wares,
        f=_for,
    ),
    act(
        "try on",
        "{x}",
        "anprobieren",
        definite="{x:acc}",
        kinds="plan past wish allowed",
        hours="none",
        x=mix(this("clothes"), the("clothes", 0.5)),
    ),
    act(
        "exchange",
        "{x}",
        "umtauschen",
        definite="{x:acc}",
        kinds="plan past errand duty wish",
        x=mix(this("clothes"), the("clothes", 0.5)),
    ),
    act(
        "wrap",
        "{x} {f}",
        "einpacken",
        definite="{x:acc} {f:de}",
        kinds="ask",
        hours="none",
        x=mix(this("gift"), the("gift", 0.5)),
        f=_for,
    ),
    act(
        "send",
        "{x} to {c}",
        "schicken",
        definite="{x:acc}",
        late="nach {c:de}",
        kinds="plan past errand ask wish done",
        hours="day",
        x=this("gift"),
        c=city,
    ),
    act(
        "pay",
        "{w}",
        "bezahlen",
        late="{w:de}",
        place=store,
        kinds="plan allowed",
        hours="none",
        w=words(("in cash", "bar"), ("by credit card", "mit Kreditkarte")),
    ),
    act(
        "change",
        "money",
        "wechseln",
        late="Geld",
        kinds="plan past errand duty urgent done settled",
        place=inside("money", preposition="at"),
        company=False,
    ),
    act(
        "show",
        "{m} {x}",
        "zeigen",
        pronoun="{m:de}",
        definite="{x:acc}",
        kinds="ask",
        hours="none",
        m=words(("me", "mir"), ("us", "uns")),
        x=mix(this("clothes"), the("clothes", 0.9), the("gift", 0.9)),
    ),
    act(
        "bring back",
        "{x}",
        "zurückbringen",
        definite="{x:acc}",
        kinds="plan past errand duty",
        hours="day",
        x=mix(the("clothes", 0.6), this("gift")),
    ),
]

TEMPLATES = [
    say("I am looking for {x} {f}.", "Ich suche {x:acc} {f:de}.", x=_wares, f=_for),
    say("We are looking for {x}.", "Wir suchen {x:acc}.", x=mix(_wares, a("shop"))),
    say(
        "How much {x:does} {x} cost?",
        "Wie viel {x:de.kosten} {x:nom}?",
        x=mix(this("clothes"), this("shoes", 0.2, 1), this("gift"), the("gift", 1.0)),
    ),
    say(
        "{x} {x:en.cost} {p}.",
        "{x:nom} {x:de.kosten} {p:de}.",
        x=mix(this("clothes"), this("shoes", 0.2, 1), this("gift"), the("clothes", 1.0)),
        p=times.price(15, 100),
    ),
    say("{x} {x:is} {d}.", "{x:nom} {x:ist} {d:de}.", x=this("sized", 0.3), d=_fit),
    say("{x} {x:is} {d} for me.", "{x:nom} {x:ist} mir {d:de}.", x=this("sized", 0.3), d=_fit),
    say("{x} {x:is} {d}.", "{x:nom} {x:ist} {d:de}.", x=mix(this("clothes"), this("shoes", 0.2, 1)), d=_size),
    say(
        "{x} {x:is} {d} for me.", "{x:nom} {x:ist} mir {d:de}.", x=mix(this("clothes"), this("shoes", 0.2, 1)), d=_size
    ),
    say(
        "I like {x}, but {x:it} {x:is} {d}.",
        "{x:nom} {x:de.gefallen} mir, aber {x:pro.nom} {x:ist} {d:de}.",
        x=mix(this("clothes"), this("shoes", 0.2, 1)),
        d=_size,
    ),
    say(
        "I like {x}, I will take {x:them}.",
        "{x:nom} {x:de.gefallen} mir, ich nehme {x:pro.acc}.",
        x=mix(this("clothes"), this("gift"), this("shoes", 0.2, 1)),
    ),
    say(
        "My {w} likes {x}.",
        "{w:de} {x:de.gefallen} {x:nom}.",
        x=mix(this("clothes"), this("gift"), this("shoes", 0.2, 1)),
        w=words(
            ("wife", "Meiner Frau"), ("husband", "Meinem Mann"), ("son", "Meinem Sohn"), ("daughter", "Meiner Tochter")
        ),
    ),
    say(
        "Do you have {x} in {c}?",
        "Haben Sie {x:acc} in {c:de}?",
        x=mix(this("clothes", 0), this("shoes", 0, 1)),
        c=words(("red", "Rot"), ("blue", "Blau"), ("green", "Grün"), ("black", "Schwarz")),
    ),
    say(
        "Do you have {x} in size {n}?",
        "Haben Sie {x:acc} in Größe {n:de}?",
        n=times.numeral(36, 56),
        x=this("sized", 0.2),
    ),
    say("I need size {n}.", "Ich brauche Größe {n:de}.", n=times.numeral(36, 56)),
    say("Where can I try on {x}?", "Wo kann ich {x:acc} anprobieren?", x=mix(this("clothes"), the("clothes", 0.8))),
    say("Where can I buy {x}?", "Wo kann ich {x:acc} kaufen?", x=mix(_wares, count("small_ware"), a("ticket", 0))),
    say(
        "Do you sell {x}?",
        "Verkaufen Sie {x:de}?",
        x=words(
            ("stamps", "Briefmarken"),
            ("newspapers", "Zeitungen"),
            ("postcards", "Postkarten"),
            ("city maps", "Stadtpläne"),
            ("tickets", "Fahrkarten"),
            ("books", "Bücher"),
        ),
    ),
    say("{x}, please.", "{x:acc}, bitte.", x=mix(count("small_ware", 12), a("small_ware"))),
    say("We have {x} left.", "Wir haben {x:acc} mehr.", x=mix(no("clothes", 0.3, 0.5), no("small_ware", 0, 1))),
    say(
        "I would like {x} and {y}.",
        "Ich hätte gern {x:acc} und {y:acc}.",
        x=count("small_ware", 10),
        y=mix(a("small_ware"), a("gift")),
    ),
    say("That is {p} altogether.", "Das macht zusammen {p:de}.", p=times.price(5, 100)),
    say("That is too expensive for me.", "Das ist mir zu teuer."),
    say(
        "Do you have {x}?",
        "Haben Sie {x:acc}?",
        x=words(
            ("a cheaper jacket", "eine günstigere Jacke"),
            ("a larger shirt", "ein größeres Hemd"),
            ("a smaller coat", "einen kleineren Mantel"),
            ("a cheaper ring", "einen günstigeren Ring"),
            ("a larger hat", "einen größeren Hut"),
            ("a smaller bag", "eine kleinere Tasche"),
            ("a cheaper room", "ein günstigeres Zimmer"),
            ("a larger car", "ein größeres Auto"),
        ),
    ),
    say(
        "{x} {x:is} {c}, not {d}.",
        "{x:nom} {x:ist} {c:de}, nicht {d:de}.",
        x=the("clothes", 0, 0.3),
        c=_colour,
        d=_colour,
    ),
]
