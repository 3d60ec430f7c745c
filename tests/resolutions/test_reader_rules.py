"""One rule of reading at a time, and the traps that must not make a demand."""

from datetime import date

import pytest

from campaign.resolutions.reader import ClauseKind, ReadClause, Reading, read_resolution

HEAD = "Resolution of the Assembly\n\nOslo, 5 March 2010\n\n"
ASKING = {ClauseKind.DEMAND, ClauseKind.CALL}


def read(body: str) -> Reading:
    return read_resolution(HEAD + body, language="en")


def asked(body: str) -> list[ReadClause]:
    return [clause for clause in read(body).clauses if clause.kind in ASKING]


def only(body: str) -> ReadClause:
    (clause,) = [clause for clause in read(body).clauses if clause.parent is None]
    return clause


@pytest.mark.parametrize(
    "body",
    [
        "The Government has refused demands to release the prisoners.",
        "We do not call for sanctions.",
        "We cannot ask the Council to wait, and we will never urge governments to fight.",
        "The demand for oil is rising.",
        "Demands for higher wages have grown.",
        "Calls for an end to the war are heard everywhere.",
        "Requests from journalists went unanswered.",
        "As called for in resolution 1325, women took part in the talks.",
        "Recalling its resolution 7/12, in which it called upon all States to act,",
        "Recalls that the Council has urged the Government to act;",
        "The opposition calls on the Government to resign.",
        "They urged the Minister to speak, and he declined.",
        "The newspaper wrote: “We call on the President to step down.”",
        'A former mayor said, "We demand that the police leave".',
        "If we call on the union to help, will it?",
        "The changes we demand are modest.",
        "The victims must not be forgotten.",
        "It should be noted that the Council must publish its accounts.",
        "The ministers should have known what the banks must have seen.",
        "Whereas the people demand that the Governor act; and whereas the unions call for rain;",
        "A. whereas the Council has called on Slavonia to reopen the delta;",
        "Welcomes the statement by the Union, which condemns the raid and calls on Mali to act;",
        "Notes that the Secretary-General condemns the attack and calls on the parties to stop;",
        "Stresses that the authorities must release all prisoners;",
        "Decides to remain seized of the matter.",
        "Everyone has the right to housing.",
        "Congress notes:\n1. that the Government must act\n2. that employers should pay",
        "Calls for action",
        "The law must change. Peace must prevail. We must never forget.",
        "To demand an end to the war is the duty of all.",
    ],
)
def test_what_is_told_denied_or_remembered_is_no_demand(body: str) -> None:
    assert asked(body) == []


@pytest.mark.parametrize(
    ("body", "addressee", "start"),
    [
        ("Calls upon all States to ratify the Convention;", "all States", "Calls upon all"),
        ("1. Also urges, once again, the Commission to act;", "Commission", "urges, once"),
        ("Calls, in this regard, on the Council to act;", "Council", "Calls, in this"),
        ("We, the undersigned, therefore demand that the mayor resign.", "mayor", "demand that"),
        ("We the workers of Leeds call on the bank to pay its staff.", "bank", "call on the"),
        ("As nurses, we ask the Minister of Health to listen.", "Minister of Health", "ask the"),
        ("For these reasons we urge the city to act.", "city", "urge the city"),
        ("Governments must stop the war.", "Governments", "Governments must"),
        ("In addition, companies should publish their accounts.", "companies", "companies should"),
        ("France shall refrain from testing.", "France", "France shall"),
        ("Member States are called upon to pay their dues.", "Member States", "Member States are"),
        ("No one may be returned to torture.", None, "No one may"),
        ("All prisoners must be released.", None, "All prisoners must"),
        ("Be it resolved that the Council urges the Governor to act.", "Governor", "urges the"),
        ("Decides that all States shall freeze the funds;", "all States", "Decides that"),
        ("Demands that the parties cease hostilities;", "parties", "Demands that"),
        ("We demand of the Government that it publish the report.", "Government", "demand of"),
        ("We call for an end to the blockade.", None, "call for"),
        ("We call for the adoption by all ports of a code.", None, "call for the adoption"),
        ("We ask the banks for fair credit.", "banks", "ask the banks"),
        ("Stop the deportations!", None, "Stop the"),
        ("*Urges* the **Council** to act.", "Council", "Urges"),
        ("The Assembly, recalling its vows, calls on UNESCO to act.", "UNESCO", "calls on"),
        ("We call upon the Ruritanian authorities to immediately and fully foo the gates.",
         "Ruritanian authorities", "call upon"),
        ("We call on the State of Oz (hereinafter “Oz”) to act.", "State of Oz", "call on"),
    ],
)  # fmt: skip
def test_a_demand_is_found_with_its_addressee(body: str, addressee: str | None, start: str) -> None:
    demand = only(body)

    assert (demand.kind, demand.addressee) == (ClauseKind.DEMAND, addressee)
    assert demand.text.startswith(start)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("Strongly condemns the raid;", ClauseKind.FINDING),
        ("Deeply concerned at the raid,", ClauseKind.FINDING),
        ("Expresses its deep concern at the raid;", ClauseKind.FINDING),
        ("Whereas the river is dry;", ClauseKind.FINDING),
        ("Having regard to Rule 7,", ClauseKind.FINDING),
        ("Welcomes the report;", ClauseKind.COMMENDATION),
        ("We applaud the firefighters for their courage.", ClauseKind.COMMENDATION),
        ("Expresses its gratitude to the host;", ClauseKind.THANKS),
        ("We would like to thank the cooks.", ClauseKind.THANKS),
        ("Reaffirming the Charter,", ClauseKind.AFFIRMATION),
        ("Emphasizes that water is life;", ClauseKind.AFFIRMATION),
        ("We pledge to meet again.", ClauseKind.PLEDGE),
        ("We will not be silent.", ClauseKind.PLEDGE),
        ("Congress resolves to campaign for a living wage.", ClauseKind.PLEDGE),
        ("Be it further resolved that copies be sent to the Governor.", ClauseKind.PLEDGE),
        ("Instructs its President to forward this resolution to the Council.", ClauseKind.PLEDGE),
        ("We call on all members to join the march on 1 May.", ClauseKind.CALL),
        ("Everyone is invited to attend the vigil.", ClauseKind.CALL),
        ("Join us on Saturday!", ClauseKind.CALL),
        ("We call for demonstrations on 1 May.", ClauseKind.CALL),
        ("Branches are urged to support the day of action.", ClauseKind.CALL),
        ("We call on citizens to respect the law.", ClauseKind.DEMAND),
        ("We call on the members of the Security Council to attend.", ClauseKind.DEMAND),
    ],
)  # fmt: skip
def test_each_kind_of_clause_is_told_by_its_verb(body: str, kind: ClauseKind) -> None:
    assert [clause.kind for clause in read(body).clauses] == [kind]


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("We urge the city to open the baths, lower the rents and fix the roofs.",
         ["open the baths", "lower the rents", "fix the roofs"]),
        ("We urge the city to defend and protect the tenants.", []),
        ("We urge the city to respect, protect and fulfil the rights of tenants.", []),
        ("We urge the city to take measures to protect tenants and to prevent evictions.", []),
        ("We urge the city to take measures to protect tenants, and to end evictions.",
         ["take measures to protect tenants", "end evictions"]),
        ("We urge the city to build homes for young and old.", []),
        ("We demand the release of Ana, an end to raids and the repeal of the Act.",
         ["the release of Ana", "an end to raids", "the repeal of the Act"]),
        ("We demand bread and roses.", []),
        ("We urge Chad to ratify the Rome Statute and the Convention against Torture.",
         ["Rome Statute", "Convention against Torture"]),
        ("Banks must pay their taxes and must not lend to oil firms.",
         ["pay their taxes", "not lend to oil firms"]),
        ("We urge the Senate to (a) open the archive, (b) pay the staff, and (c) hold a vote.",
         ["open the archive", "pay the staff", "hold a vote"]),
        ("We urge the Senate to amend article 2 (a) and (b) of the Act.", []),
        ("We call on the Senate to:\n- open the archive\n- pay the staff",
         ["open the archive", "pay the staff"]),
        ("We call on the Senate to\nopen the archive;\npay the staff.", []),
        ("We call on the Senate:\n\nto open the archive;\n\nto pay the staff.",
         ["open the archive", "pay the staff"]),
    ],
)  # fmt: skip
def test_a_demand_is_parted_only_where_that_is_certain(body: str, parts: list[str]) -> None:
    clauses = read(body).clauses

    assert [clause.text for clause in clauses if clause.parent == 0] == parts
    assert sum(clause.parent is None for clause in clauses) == 1


def test_items_of_items_are_parts_of_parts() -> None:
    clauses = read(
        "1. Calls upon Mali:\n(a) To open:\n(i) the archives;\n(ii) the camps;\n(b) To pay.\n"
        "2. Urges Chad to act."
    ).clauses

    assert [(c.parent, c.text.split("\n")[0]) for c in clauses] == [
        (None, "Calls upon Mali:"),
        (0, "open:"),
        (1, "the archives"),
        (1, "the camps"),
        (0, "pay"),
        (None, "Urges Chad to act"),
    ]


def test_one_addressee_keeps_its_first_name() -> None:
    body = (
        "We call upon the United Nations High Commissioner for Refugees (UNHCR) to act. We urge "
        "UNHCR to act at once. We call on the Government of China to act. We ask the Chinese "
        "Government to act. We also ask the Government to listen. We urge the International Labour "
        "Organization to act. The ILO should meet."
    )

    names = [clause.addressee for clause in read(body).clauses]

    assert names == [
        "United Nations High Commissioner for Refugees",
        "United Nations High Commissioner for Refugees",
        "Government of China",
        "Government of China",
        "Government of China",
        "International Labour Organization",
        "International Labour Organization",
    ]


def test_a_paragraph_speaks_to_one_and_may_ask_another_to_act() -> None:
    clauses = read(
        "To the Council of Elders, we ask you to meet, and we urge the banks to pay.\n\n"
        "To this end, we ask the mayor to help."
    ).clauses

    assert [(clause.addressee, clause.actor) for clause in clauses] == [
        ("Council of Elders", None),
        ("Council of Elders", "banks"),
        ("mayor", None),
    ]


def test_a_heading_addresses_the_list_below_it_and_nothing_further() -> None:
    clauses = read(
        "To the Government of Malta:\n- Publish the report.\n- Ports should open.\n\n"
        "Stop the war!\n\nOur demands\n\n1. Free transport\n2. That the mayor resign"
    ).clauses

    assert [(clause.addressee, clause.text) for clause in clauses] == [
        ("Government of Malta", "Publish the report"),
        ("Government of Malta", "Ports should open"),
        (None, "Stop the war"),
        (None, "Free transport"),
        ("mayor", "That the mayor resign"),
    ]


@pytest.mark.parametrize(
    ("body", "condition"),
    [
        ("We urge the IOC to move the games, unless China relents.", "unless China relents"),
        ("Unless China relents, we urge the IOC to move the games.", "Unless China relents"),
        ("If the city does not act, we demand that the mayor resign.", "If the city does not act"),
        ("We urge banks to lend, provided that rents fall.", "provided that rents fall"),
        ("We urge banks to wait until the court has ruled.", "until the court has ruled"),
        ("We urge banks to lend as long as the drought lasts.", "as long as the drought lasts"),
        ("We urge banks to act, if necessary, at once.", None),
        ("We urge banks to lend until 2030.", None),
        ("We urge banks to behave as if they cared.", None),
    ],
)
def test_a_condition_is_kept_word_for_word(body: str, condition: str | None) -> None:
    assert only(body).condition == condition


def test_a_condition_of_one_part_is_not_put_on_the_others() -> None:
    whole, first, second = read(
        "We urge the city to open the baths until the heat has passed, and to lower the rents."
    ).clauses

    assert (whole.condition, second.condition) == (None, None)
    assert first.condition == "until the heat has passed"


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("at the embassies and consulate offices of the PRC", "embassies and consulates of CN"),
        ("outside Chinese consulates", "consulates of CN"),
        ("in front of the Norwegian parliament", "parliaments of NO"),
        ("at parliaments", "parliaments"),
        ("outside the embassies of Spain and Portugal", "embassies of ES and PT"),
        ("near U.N. offices", "United Nations offices"),
        ("in every town", None),
    ],
)
def test_a_call_names_its_class_of_sites(place: str, expected: str | None) -> None:
    assert only(f"We call on all citizens to march on 1 May {place}.").site_class == expected


def test_an_aim_without_a_demand_links_nothing_and_is_told() -> None:
    reading = read(
        "We urge Peru to close the mine. We call on students to march on 1 May to demand an end to "
        "hunting whales."
    )

    assert reading.clauses[-1].purpose == ()
    assert [(s.reason, s.text) for s in reading.unread] == [
        ("aim-without-demand", "an end to hunting whales")
    ]


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("on 28 April 2011", [date(2011, 4, 28)]),
        ("on April 28, 2011", [date(2011, 4, 28)]),
        ("on Thursday, 28th April 2011", [date(2011, 4, 28)]),
        ("on 28.4.2011", [date(2011, 4, 28)]),
        ("on 2011-04-28", [date(2011, 4, 28)]),
        ("on 28/4/2011", [date(2011, 4, 28)]),
        ("on the twenty-eighth of April", [date(2010, 4, 28)]),
        ("on the first day of May, two thousand and eleven", [date(2011, 5, 1)]),
        ("on April 28", [date(2010, 4, 28)]),
        ("on 4 March", [date(2011, 3, 4)]),
        ("on 5 March", [date(2010, 3, 5)]),
        ("on 29 February", [date(2012, 2, 29)]),
        ("on 1 and 2 May", [date(2010, 5, 1), date(2010, 5, 2)]),
        ("from 1 to 3 May", [date(2010, 5, 1), date(2010, 5, 2), date(2010, 5, 3)]),
        ("on May 1–2, 2012", [date(2012, 5, 1), date(2012, 5, 2)]),
        ("on 30 April and 1 May 2012", [date(2012, 4, 30), date(2012, 5, 1)]),
        ("on 28, 29 and 30 April", [date(2010, 4, 28), date(2010, 4, 29), date(2010, 4, 30)]),
        ("and may 5 of them sing", []),
    ],
)
def test_dates_are_read_in_figures_and_in_words(written: str, days: list[date]) -> None:
    call = only(f"We call on all members to march {written}.")

    assert list(call.dates) == days


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("31 April 2011", "nonexistent-date"),
        ("31 April", "nonexistent-date"),
        ("29 February 2011", "nonexistent-date"),
        ("45.13.2011", "nonexistent-date"),
        ("3/4/2011", "ambiguous-date"),
    ],
)
def test_a_date_that_cannot_be_told_is_reported(written: str, reason: str) -> None:
    reading = read(f"We call on all members to march on {written}.")

    assert [(span.reason, span.text) for span in reading.unread] == [(reason, written)]
    assert [clause.dates for clause in reading.clauses] == [()]


def test_a_day_without_a_year_needs_the_texts_own_date() -> None:
    reading = read_resolution("We call on all members to march on 1 May, and we demand peace.")

    assert reading.adopted_on is None
    assert [(span.reason, span.text) for span in reading.unread] == [("date-without-year", "1 May")]


@pytest.mark.parametrize(
    ("head", "title", "adopted_on", "place"),
    [
        ("Statement on Water\nAdopted at Geneva on 3 March 2021.", "Statement on Water",
         date(2021, 3, 3), "Geneva"),
        ("# Water for All\n\nOslo, Norway – 5 June 2010", "Water for All", date(2010, 6, 5),
         "Oslo, Norway"),
        ("European Parliament resolution of 15 July 2021 on water",
         "European Parliament resolution of 15 July 2021 on water", date(2021, 7, 15), None),
        ("Charter of the Lakes", "Charter of the Lakes", None, None),
        ("Motion\nDone at Bandung this twenty-fourth day of April, nineteen fifty-five.", "Motion",
         date(1955, 4, 24), "Bandung"),
    ],
)  # fmt: skip
def test_the_head_tells_what_it_can(
    head: str, title: str, adopted_on: date | None, place: str | None
) -> None:
    reading = read_resolution(
        f"{head}\n\nWe call on all States to protect the lakes and the rivers."
    )

    assert (reading.title, reading.adopted_on, reading.place) == (title, adopted_on, place)


def test_marks_of_direction_and_odd_spaces_do_not_disturb() -> None:
    plain = asked("We call on the Council to open the archives.")
    odd = asked("\u200fWe\u00a0call\u2003on\tthe \u202aCouncil\u202c to open the archives.\u200e")

    assert [(c.kind, c.addressee) for c in odd] == [(c.kind, c.addressee) for c in plain]


def test_an_abbreviation_does_not_end_a_sentence() -> None:
    (demand,) = asked("We urge the U.N. Secretary-General and Mr. J. Doe to meet in St. Gallen.")

    assert demand.addressee == "U.N. Secretary-General and Mr. J. Doe"
    assert demand.text.endswith("St. Gallen")


def test_a_new_sentence_may_follow_an_abbreviation() -> None:
    names = [
        clause.addressee
        for clause in asked(
            "We appeal to the U.N. to act. We urge the U.S. "
            "to act and to listen to the U.N. The Council must act."
        )
    ]

    assert names[-1] == "Council"


def test_two_duties_in_one_sentence_have_each_their_own_addressee() -> None:
    body = "Governments must cut emissions, and companies must publish their plans."

    demands = [(clause.addressee, clause.text) for clause in asked(body)]

    assert demands == [
        ("Governments", "Governments must cut emissions"),
        ("companies", "companies must publish their plans"),
    ]


def test_a_text_that_tells_what_was_resolved_is_read_by_its_past_tense() -> None:
    told = (
        "The Conference considered the drought.\n\nThe Conference called upon the Government of "
        "Veria to reopen the wells. It recommended that member governments share water. "
        "In 1954 the Council had urged Veria to wait."
    )

    assert [clause.addressee for clause in asked(told)] == [
        "Government of Veria",
        "member governments",
    ]
    assert [clause.addressee for clause in asked(told + " We urge Veria to act.")] == ["Veria"]


def test_the_name_in_the_title_may_speak_and_others_may_not() -> None:
    reading = read_resolution(
        "Statement of Doctors for the Delta\n\nDoctors for the Delta calls on Mali to reopen the "
        "clinics. Nurses of the North calls on Mali to wait."
    )

    assert [clause.addressee for clause in reading.clauses] == ["Mali"]
    assert [span.reason for span in reading.unread] == ["no-known-verb"]


def test_what_stands_before_a_demand_is_told_as_unread() -> None:
    reading = read("Three people died here, and we demand that the mayor resign.")

    assert [(s.reason, s.text) for s in reading.unread] == [
        ("no-known-verb", "Three people died here")
    ]
