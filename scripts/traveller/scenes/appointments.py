"""Appointments: made, moved, cancelled and kept."""

from __future__ import annotations

from .. import times
from ..clauses import act
from ..pairs import say
from ..phrases import city, first_name, mix, my, named, own, surname, the
from ..places import eatery, stop

_pro = mix(the("expert", 0), named)

ACTS = [
    act(
        "make an appointment",
        "with {x}",
        "vereinbaren",
        late="einen Termin {x:mit+dat}",
        kinds="plan past errand duty urgent wish done contact_aim",
        x=_pro,
    ),
    act(
        "cancel",
        "{x}",
        "absagen",
        definite="{x:acc}",
        kinds="plan past errand ask duty contact_aim",
        hours="day",
        x=mix(own("appointment"), the("arranged", 0.2)),
    ),
    act(
        "postpone",
        "{x}",
        "verschieben",
        definite="{x:acc}",
        kinds="plan past errand ask duty contact_aim",
        hours="day",
        x=mix(own("appointment"), the("arranged", 0.2)),
    ),
    act(
        "meet",
        "{x}",
        "treffen",
        definite="{x:acc}",
        kinds="plan past errand duty urgent wish done trip_aim",
        place=stop,
        x=mix(own("relative", 0, 0.2), named),
    ),
    act(
        "visit",
        "{x} in {c}",
        "besuchen",
        definite="{x:acc} in {c:de}",
        kinds="plan past wish duty urgent done habit",
        x=own("relative", 0.1, 0.2),
        c=city,
    ),
    act("come by", "", "vorbeikommen", kinds="plan wish", company=True),
    act(
        "fill in",
        "{x}",
        "ausfüllen",
        definite="{x:acc}",
        kinds="plan past errand ask duty urgent done settled formality",
        hours="day",
        x=the("form", 0, 0.2),
    ),
    act(
        "sign",
        "{x}",
        "unterschreiben",
        definite="{x:acc}",
        kinds="plan past errand ask duty urgent done settled formality",
        hours="day",
        x=the("paper", 0, 0.2),
    ),
    act(
        "bring along",
        "{x}",
        "mitbringen",
        definite="{x:acc}",
        kinds="plan past errand duty formality",
        x=own("document"),
    ),
    act("bring along", "{x}", "mitbringen", definite="{x:acc}", kinds="plan past errand allowed", x=own("relative", 0)),
    act(
        "write",
        "an e-mail to {x}",
        "schreiben",
        late="{x:dat} eine E-Mail",
        kinds="plan past errand ask duty urgent remedy contact",
        x=mix(own("relative", 0), named),
    ),
]

TEMPLATES = [
    say("I have an appointment {t}.", "Ich habe {t:de} einen Termin.", t=times.appointed),
    say("I have an appointment with {x} {t}.", "Ich habe {t:de} einen Termin {x:mit+dat}.", x=_pro, t=times.appointed),
    say("I have no appointment {t}.", "Ich habe {t:de} keinen Termin.", t=times.weekday),
    say(
        "My name is {s} and I have an appointment {t}.",
        "Ich heiße {s:de} und habe {t:de} einen Termin.",
        s=surname,
        t=times.anytime,
    ),
    say("{x} begins {t}.", "{x:nom} fängt {t:de} an.", x=mix(the("show", 0), the("event", 0)), t=times.appointed),
    say("When does {x} begin?", "Wann fängt {x:nom} an?", x=mix(the("show", 0.2), the("event", 0.2))),
    say("{x} takes place {t}.", "{x:nom} findet {t:de} statt.", x=the("event", 0.2), t=times.future),
    say("Does {x} take place {t}?", "Findet {x:nom} {t:de} statt?", x=the("event", 0.2), t=times.future),
    say("{x} does not take place {t}.", "{x:nom} findet {t:de} nicht statt.", x=the("event", 0.2), t=times.future),
    say("What time is {x}?", "Um wie viel Uhr ist {x:nom}?", x=mix(the("show", 0), my("appointment", 0))),
    say("Are you free {t}?", "Haben Sie {t:de} Zeit?", t=times.future),
    say("Are you free {t}, {n}?", "Hast du {t:de} Zeit, {n:de}?", t=times.future, n=first_name),
    say("{t} I am not free.", "{t:de} habe ich keine Zeit.", t=times.future),
    say("I am not free {t}.", "Ich habe {t:de} keine Zeit.", t=times.future),
    say("Let us meet {t} {p}.", "Treffen wir uns {t:de} {p:de}.", t=times.appointed, p=mix(eatery, stop)),
    say("I am {n} late.", "Ich komme {n:de} zu spät.", n=times.minutes),
    say("{x} is only free {t}.", "{x:nom} hat nur {t:de} Zeit.", x=_pro, t=times.appointed),
    say("{x} is away {s}.", "{x:nom} ist {s:de} nicht da.", x=_pro, s=mix(times.date_span, times.day_span)),
    say("I am staying here {s}.", "Ich bleibe {s:de} hier.", s=mix(times.date_span, times.day_span, times.until)),
    say("We are on holiday {s}.", "Wir haben {s:de} Urlaub.", s=mix(times.date_span, times.day_span)),
    say("Today is {d}.", "Heute ist {d:de}.", d=mix(times.day_name, times.today_date)),
    say("My birthday is {d}.", "Ich habe {d:de} Geburtstag.", d=times.date),
    say("It is {h}.", "Es ist {h:de}.", h=times.time_now),
]
