"""Small talk: names, families, jobs, weather, and friends who say du."""

from __future__ import annotations

from .. import times
from ..clauses import act
from ..pairs import say
from ..phrases import a, city, first_name, mix, my, named, own, surname, the, words
from ..places import venue

_call = mix(first_name, words(("my friend", "mein Freund"), ("honey", "Schatz")))
_job = (("teacher", "Lehrer", "Lehrerin"), ("doctor", "Arzt", "Ärztin"), ("student", "Student", "Studentin"))
_his = words(
    *(
        (f"my {he} is a {job}", f"{er} ist {m}")
        for job, m, _ in _job
        for he, er in (
            ("brother", "mein Bruder"),
            ("father", "mein Vater"),
            ("son", "mein Sohn"),
            ("husband", "mein Mann"),
        )
    )
)
_her = words(
    *(
        (f"my {she} is a {job}", f"{sie} ist {f}")
        for job, _, f in _job
        for she, sie in (
            ("sister", "meine Schwester"),
            ("mother", "meine Mutter"),
            ("daughter", "meine Tochter"),
            ("wife", "meine Frau"),
        )
    )
)
_tongue = words(("German", "Deutsch"), ("English", "Englisch"), ("French", "Französisch"), ("Spanish", "Spanisch"))

ACTS = [
    act(
        "learn", "{x}", "lernen", late="{x:de}", kinds="plan wish habit trip_aim", hours="none", company=True, x=_tongue
    ),
    act("work", "in {c}", "arbeiten", late="in {c:de}", kinds="plan past duty urgent tiring", hours="day", c=city),
    act("live", "in {c}", "wohnen", late="in {c:de}", kinds="plan", hours="none", company=True, c=city),
    act(
        "help",
        "{x}",
        "helfen",
        definite="{x:dat}",
        kinds="plan past errand ask duty urgent done habit tiring",
        x=mix(own("relative", 0.1, 0.2), named),
    ),
    act(
        "thank",
        "{x}",
        "danken",
        definite="{x:dat}",
        kinds="plan past wish duty",
        hours="none",
        x=mix(own("relative", 0.1, 0.2), named),
    ),
    act(
        "give",
        "{x} {y}",
        "geben",
        definite="{x:dat}",
        late="{y:acc}",
        kinds="plan past ask wish done",
        x=mix(own("relative", 0), named),
        y=mix(a("gift"), a("small_ware")),
    ),
    act(
        "take",
        "{x} along",
        "mitnehmen",
        definite="{x:acc}",
        kinds="plan past allowed wish",
        x=mix(own("relative", 0, 0.2), own("luggage", 0.3)),
    ),
    act(
        "go",
        "to {x}",
        "gehen",
        late="{x:in+acc}",
        kinds="plan past wish habit done",
        hours="late",
        company=True,
        x=the("outing", 0),
    ),
]

TEMPLATES = [
    say("My name is {s}.", "Ich heiße {s:de}.", s=mix(surname, first_name)),
    say("Hello, my name is {f} {s}.", "Guten Tag, ich heiße {f:de} {s:de}.", f=first_name, s=surname),
    say("May I introduce you to {x}?", "Darf ich Ihnen {x:acc} vorstellen?", x=mix(my("relative", 0.1), named)),
    say("This is {x}.", "Das ist {x:nom}.", x=mix(my("relative", 0.3), named)),
    say("Where do you come from, {x}?", "Woher kommen Sie, {x:de}?", x=named),
    say("Where do you come from, {x}?", "Woher kommst du, {x:de}?", x=first_name),
    say("{x} comes from {c}.", "{x:nom} kommt aus {c:de}.", x=mix(my("relative"), named, first_name), c=city),
    say("I come from {c}, but I live in {d}.", "Ich komme aus {c:de}, aber ich wohne in {d:de}.", c=city, d=city),
    say("How are you, {x}?", "Wie geht es Ihnen, {x:de}?", x=named),
    say("How are you, {x}?", "Wie geht es dir, {x:de}?", x=_call),
    say("{x} and I come from {c}.", "{x:nom} und ich kommen aus {c:de}.", x=my("relative"), c=city),
    say("{j} in {c}.", "{j:de} in {c:de}.", j=mix(_his, _her), c=city),
    say("{j} and comes from {c}.", "{j:de} und kommt aus {c:de}.", j=mix(_his, _her), c=city),
    say(
        "{x} is {n} years old.",
        "{x:nom} ist {n:de} Jahre alt.",
        x=mix(my("family", 0), first_name),
        n=times.numeral(18, 90),
    ),
    say("I speak {x} and a little {y}.", "Ich spreche {x:de} und ein bisschen {y:de}.", x=_tongue, y=_tongue),
    say(
        "The weather in {c} {w} today.",
        "Das Wetter in {c:de} ist heute {w:de}.",
        c=city,
        w=words(("is good", "gut"), ("is bad", "schlecht"), ("is beautiful", "schön")),
    ),
    say("{t} it will rain in {c}.", "{t:de} wird es in {c:de} regnen.", t=times.weekday, c=city),
    say(
        "It was very cold in {c} {t}.",
        "In {c:de} war es {t:de} sehr kalt.",
        c=city,
        t=words(("yesterday", "gestern"), ("last week", "letzte Woche"), ("this morning", "heute Morgen")),
    ),
    say(
        "How do you like {x}?",
        "Wie gefällt Ihnen {x:nom}?",
        x=mix(the("venue", 0.2), the("sight", 0.2), the("city", 0)),
    ),
    say(
        "We like {x} very much.",
        "{x:nom} {x:de.gefallen} uns sehr.",
        x=mix(the("venue", 0.3), the("sight", 0.3), the("city", 0)),
    ),
    say("Is this your first time in {c}?", "Sind Sie zum ersten Mal in {c:de}?", c=city),
    say("I have never been to {c}.", "Ich war noch nie in {c:de}.", c=city),
    say("Were you {p} {t}, {x}?", "Warst du {t:de} {p:de}, {x:de}?", p=venue, t=times.past, x=_call),
    say(
        "I have {n} and {m}.",
        "Ich habe {n:acc} und {m:acc}.",
        n=words(("a son", "einen Sohn"), ("two sons", "zwei Söhne"), ("three sons", "drei Söhne")),
        m=words(("a daughter", "eine Tochter"), ("two daughters", "zwei Töchter")),
    ),
    say("Have a good trip, {x}!", "Gute Reise, {x:de}!", x=mix(named, _call)),
    say(
        "See you {t}, {x}!",
        "Bis {t:de}, {x:de}!",
        t=words(
            ("tomorrow", "morgen"),
            ("soon", "bald"),
            ("on Monday", "Montag"),
            ("on Friday", "Freitag"),
            ("this evening", "heute Abend"),
        ),
        x=mix(named, _call),
    ),
    say(
        "Thank you for {x}, {y}.",
        "Danke für {x:de}, {y:de}.",
        x=words(
            ("the book", "das Buch"),
            ("the beautiful evening", "den schönen Abend"),
            ("everything", "alles"),
            ("the present", "das Geschenk"),
        ),
        y=mix(named, _call),
    ),
    say("You are welcome.", "Gern geschehen."),
    say("Unfortunately, I do not understand you.", "Leider verstehe ich Sie nicht."),
]
