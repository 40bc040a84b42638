"""At the restaurant: tables, dishes, the bill."""

from __future__ import annotations

from .. import times
from ..clauses import act
from ..pairs import say
from ..phrases import a, bare, mix, my, named, own, the, words
from ..places import eatery

_us = words(("me", "mir"), ("us", "uns"))
served = words(
    ("a glass of water", "ein Glas Wasser"),
    ("a glass of red wine", "ein Glas Rotwein"),
    ("a cup of coffee", "eine Tasse Kaffee"),
    ("a cup of tea", "eine Tasse Tee"),
    ("a bottle of water", "eine Flasche Wasser"),
    ("a bottle of red wine", "eine Flasche Rotwein"),
    ("two cups of coffee", "zwei Tassen Kaffee"),
    ("three cups of tea", "drei Tassen Tee"),
    ("two glasses of water", "zwei Gläser Wasser"),
    ("three glasses of red wine", "drei Gläser Rotwein"),
    ("two bottles of water", "zwei Flaschen Wasser"),
    ("a piece of cake", "ein Stück Kuchen"),
    ("two pieces of cake", "zwei Stück Kuchen"),
)
_drink = words(
    ("a glass of water", "ein Glas Wasser"),
    ("a glass of red wine", "ein Glas Rotwein"),
    ("a cup of coffee", "eine Tasse Kaffee"),
    ("a cup of tea", "eine Tasse Tee"),
)
_order = mix(a("dish"), a("dish"), served, a("drink", 0.2))

_menu = mix(the("dish", 0), the("food", 0))

ACTS = [
    act(
        "reserve",
        "a table {n}",
        "reservieren",
        late="einen Tisch {n:de}",
        place=eatery,
        kinds="plan past errand ask duty wish booked_table contact_aim",
        n=times.persons,
    ),
    act(
        "order",
        "{x}",
        "bestellen",
        late="{x:acc}",
        kinds="plan past errand wish meal",
        hours="late",
        place=eatery,
        company=True,
        x=_order,
    ),
    act(
        "eat",
        "{x}",
        "essen",
        late="{x:acc}",
        kinds="plan past wish meal habit",
        hours="late",
        place=eatery,
        company=True,
        x=a("dish"),
    ),
    act(
        "drink",
        "{x}",
        "trinken",
        late="{x:acc}",
        kinds="plan past wish meal habit",
        hours="late",
        place=eatery,
        company=True,
        x=_drink,
    ),
    act(
        "bring",
        "{m} {x}",
        "bringen",
        pronoun="{m:de}",
        definite="{x:acc}",
        kinds="ask",
        hours="none",
        m=_us,
        x=mix(the("bill"), the("table")),
    ),
    act(
        "bring",
        "{m} {x}",
        "bringen",
        pronoun="{m:de}",
        late="{x:acc}",
        kinds="ask",
        hours="none",
        m=_us,
        x=mix(a("tableware"), served),
    ),
    act(
        "invite",
        "{x} to dinner",
        "einladen",
        definite="{x:acc}",
        late="zum Abendessen",
        kinds="plan past errand wish done",
        x=mix(own("relative"), named),
    ),
    act(
        "have breakfast",
        "",
        "frühstücken",
        kinds="plan past wish done settled habit depart",
        hours="morning",
        place=eatery,
        company=True,
    ),
    act(
        "recommend",
        "{x} to {m}",
        "empfehlen",
        pronoun="{m:de}",
        late="{x:acc}",
        kinds="ask",
        hours="none",
        m=_us,
        x=a("eatery"),
    ),
]

TEMPLATES = [
    say("A table {n}, please.", "Einen Tisch {n:de}, bitte.", n=times.persons),
    say("Do you have a table {n} {t}?", "Haben Sie {t:de} einen Tisch {n:de}?", n=times.persons, t=times.future),
    say("I would like {x} and {y}.", "Ich hätte gern {x:acc} und {y:acc}.", x=a("dish"), y=served),
    say("I would like {x}, please.", "Ich hätte gern {x:acc}, bitte.", x=_order),
    say(
        "For me {x} and for my {r} {y}, please.",
        "Für mich {x:acc} und für {r:de} {y:acc}, bitte.",
        x=a("dish"),
        y=a("drink", 0),
        r=words(
            ("wife", "meine Frau"),
            ("husband", "meinen Mann"),
            ("son", "meinen Sohn"),
            ("daughter", "meine Tochter"),
            ("sister", "meine Schwester"),
        ),
    ),
    say(
        "{x} {x:is} {d} today.",
        "{x:nom} {x:ist} heute {d:de}.",
        x=_menu,
        d=words(("very good", "sehr gut"), ("very fresh", "sehr frisch"), ("not good", "nicht gut")),
    ),
    say("Is {x} fresh?", "Ist {x:nom} frisch?", x=_menu),
    say("How much does {x} cost?", "Was kostet {x:nom}?", x=mix(a("dish"), the("dish"), the("food", 0), served)),
    say(
        "{x} costs {p}.",
        "{x:nom} kostet {p:de}.",
        x=mix(a("dish"), the("dish"), a("drink"), the("drink", 0)),
        p=times.price(2, 40),
    ),
    say("I did not order {x}, but {y}.", "Ich habe nicht {x:acc} bestellt, sondern {y:acc}.", x=_menu, y=_menu),
    say(
        "I do not eat {x}.",
        "Ich esse {x:de}.",
        x=words(("fish", "keinen Fisch"), ("meat", "kein Fleisch"), ("cake", "keinen Kuchen"), ("bread", "kein Brot")),
    ),
    say(
        "{w} {w:does} not drink {x}.",
        "{w:nom} {w:de.trinken} {x:de}.",
        w=mix(my("relative", 0.1, 0.3), named),
        x=words(("beer", "kein Bier"), ("coffee", "keinen Kaffee"), ("tea", "keinen Tee"), ("wine", "keinen Wein")),
    ),
    say(
        "{w} {w:does} not eat {x}.",
        "{w:nom} {w:de.essen} {x:de}.",
        x=words(("fish", "keinen Fisch"), ("meat", "kein Fleisch"), ("cake", "keinen Kuchen"), ("bread", "kein Brot")),
        w=mix(my("relative", 0.1, 0.3), named),
    ),
    say(
        "Would you like {x} with or without {y}?",
        "Möchten Sie {x:de} mit oder ohne {y:de}?",
        x=words(("your coffee", "Ihren Kaffee"), ("your tea", "Ihren Tee")),
        y=words(("milk", "Milch"), ("sugar", "Zucker")),
    ),
    say("We would like to pay, please.", "Wir möchten bitte bezahlen."),
    say(
        "We would like to pay {x}.",
        "Wir möchten {x:de} bezahlen.",
        x=words(
            ("together", "zusammen"),
            ("separately", "getrennt"),
            ("in cash", "bar"),
            ("by credit card", "mit Kreditkarte"),
        ),
    ),
    say("That comes to {p}.", "Das macht {p:de}.", p=times.price(5, 100)),
    say("Enjoy your meal!", "Guten Appetit!"),
    say("Can you recommend {x} to me?", "Können Sie mir {x:acc} empfehlen?", x=mix(a("dish", 0.8), a("eatery", 0.8))),
    say("I like {x} very much.", "{x:nom} schmeckt mir sehr gut.", x=_menu),
    say("Excuse me, there is {x} missing.", "Entschuldigung, es fehlt {x:nom}.", x=a("tableware", 0)),
    say("{x} or {y}?", "{x:acc} oder {y:acc}?", x=bare("drink"), y=bare("drink")),
]
