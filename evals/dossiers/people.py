"""Invented people and things that the papers of one dossier share.

Everything follows from a seed and the half of the suite. Identity numbers have the structure of
real ones (province, century and sex, year, six digits) and are made up like all the rest.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

DATA = Path(__file__).parent / "data"
Half = Literal["dev", "test"]
ROLES = ("a", "m", "f", "c", "d", "p", "x")


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist; dates as they stand on papers."""

    name: str
    sex: str
    birth: date
    number: str
    address: str
    province: str
    origin: str
    ethnic: str
    job: str
    phone: str
    passport: str
    issue: date
    expiry: date
    parent: str = "Cha/mẹ"
    nation: str = "Việt Nam"
    state: str = "VNM"

    @property
    def NAME(self) -> str:  # noqa: N802 - as it stands in the templates of papers
        """The name in capitals."""
        return self.name.upper()

    @property
    def born(self) -> str:
        """dd/mm/yyyy."""
        return vietnamese(self.birth)

    @property
    def year(self) -> int:
        """Year of birth."""
        return self.birth.year

    @property
    def issued(self) -> str:
        """Day of issue of the identity card or passport."""
        return vietnamese(self.issue)

    @property
    def expires(self) -> str:
        """Last day of the identity card or passport."""
        return vietnamese(self.expiry)

    @property
    def card(self) -> str:
        """The identity card as a form has it written in."""
        return f"CCCD số {self.number}, Bộ Công an cấp ngày {self.issued}"

    @property
    def letter(self) -> str:
        """Sex as the machine-readable lines have it."""
        return "M" if self.sex == "Nam" else "F"


@dataclass(frozen=True)
class World:
    """The people of one dossier by role, and the plain facts their papers share."""

    people: Mapping[str, Person]
    facts: Mapping[str, str]
    groups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def changed(self, path: str, value: str) -> World:
        """The same with one thing different, such as ("a.name", "Lê Văn Tâm")."""
        role, _, attribute = path.partition(".")
        if role in self.people:
            changed: Any = {attribute: date.fromisoformat(value) if _is_date(attribute) else value}
            people = {**self.people, role: replace(self.people[role], **changed)}
            return replace(self, people=people)
        if role == "w":
            return replace(self, facts={**self.facts, attribute: value})
        group = {**self.groups[role], attribute: value}
        return replace(self, groups={**self.groups, role: group})

    def values(self, holder: str) -> dict[str, Any]:
        """What templates may name: people by role, h the holder, w the facts, and groups."""
        named = {name: _Named(group) for name, group in self.groups.items()}
        return {**self.people, "h": self.people[holder], "w": _Named(self.facts), **named}


class _Named:
    """Lets a template write {w.ward}."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.__dict__.update(values)


def _is_date(attribute: str) -> bool:
    return attribute in ("birth", "issue", "expiry")


def vietnamese(day: date) -> str:
    """20/09/2026."""
    return day.strftime("%d/%m/%Y")


@cache
def words_of(half: Half) -> Mapping[str, Any]:
    """The words of one half, from data/people.yaml."""
    return dict(yaml.safe_load((DATA / "people.yaml").read_text(encoding="utf-8"))[half])


def make_world(half: Half, seed: int, day: date, wish: str = "") -> World:
    """People and things for one dossier handed in on `day`; the same for the same seed."""
    rng = random.Random(f"world {half} {seed}")
    maker = _Maker(half, rng, day)
    return World(
        maker.people(),
        maker.facts(wish),
        {"land": maker.land(), "car": maker.car(), "biz": {"tax": maker.digits(10)}},
    )


class _Maker:
    def __init__(self, half: Half, rng: random.Random, day: date) -> None:
        self.half, self.rng, self.day = half, rng, day
        self.words = words_of(half)
        self.province = rng.choice(self.words["provinces"])
        self.ward = rng.choice(self.words["communes"])
        self.hospital = rng.choice(self.words["hospitals"])
        self.used: set[str] = set()

    def digits(self, count: int) -> str:
        return str(self.rng.randint(1, 9)) + "".join(
            str(self.rng.randint(0, 9)) for _ in range(count - 1)
        )

    def people(self) -> dict[str, Person]:
        """a asks; m and f are mother and father (one of them asks), c their child, d an elder of
        another household, p a stranger with a mandate, x a foreigner."""
        father, mother = self.person("Nam", 24, 48), self.person("Nữ", 22, 44)
        asks = self.rng.choice(("m", "f"))
        mother = replace(mother, address=father.address, parent="Mẹ")
        father = replace(father, parent="Cha")
        child = self.person(self.rng.choice(("Nam", "Nữ")), 0, 0, surname=father.name.split()[0])
        elder = self.person(self.rng.choice(("Nam", "Nữ")), 66, 90)
        proxy = self.person(self.rng.choice(("Nam", "Nữ")), 25, 60)
        return {
            "a": mother if asks == "m" else father,
            "m": mother,
            "f": father,
            "c": replace(child, address=father.address),
            "d": elder,
            "p": proxy,
            "x": self.foreigner(),
        }

    def person(self, sex: str, youngest: int, oldest: int, surname: str | None = None) -> Person:
        birth = self._birth(youngest, oldest)
        code = self.province["code"]
        century = (0 if birth.year < 2000 else 2) + (sex == "Nữ")
        issue = self.day - timedelta(days=self.rng.randint(200, 1300))
        return Person(
            name=self.name(sex, surname),
            sex=sex,
            birth=birth,
            number=f"{code}{century}{birth.year % 100:02}{self.rng.randint(1000, 999999):06}",
            address=self.address(),
            province=self.province["name"],
            origin=f"{self.ward}, {self.province['name']}",
            ethnic=self.rng.choice(self.words["ethnic"]),
            job=self.rng.choice(self.words["jobs"]),
            phone="09" + self.digits(8),
            passport=self.rng.choice("BCEK") + self.digits(7),
            issue=issue,
            expiry=issue + timedelta(days=3650),
        )

    def _birth(self, youngest: int, oldest: int) -> date:
        if oldest == 0:
            return self.day - timedelta(days=self.rng.randint(9, 40))
        years = self.rng.randint(youngest, oldest)
        return self.day - timedelta(days=365 * years + self.rng.randint(10, 300))

    def name(self, sex: str, surname: str | None) -> str:
        while True:
            parts = [surname or self.rng.choice(self.words["surnames"])]
            parts.append(self.rng.choice(self.words["middle"][sex]))
            parts.append(self.rng.choice(self.words["given"][sex]))
            name = " ".join(parts)
            if name not in self.used and len(set(parts)) == len(parts):
                self.used.add(name)
                return name

    def address(self) -> str:
        street = self.rng.choice(self.words["streets"])
        return f"Số {self.rng.randint(2, 190)} {street}, {self.ward}, {self.province['name']}"

    def foreigner(self) -> Person:
        given = {"dev": ("Peter", "Anna"), "test": ("Martin", "Julia")}[self.half]
        family = {"dev": "Svensson", "test": "Keller"}[self.half]
        nation, state = {"dev": ("SWEDISH", "SWE"), "test": ("GERMAN", "D")}[self.half]
        sex = self.rng.choice(("Nam", "Nữ"))
        one = self.person(sex, 25, 60)
        name = f"{family} {given[sex == 'Nữ']}"
        passport = "EA" + self.digits(7)
        return replace(one, name=name, nation=nation, state=state, passport=passport)

    def facts(self, wish: str) -> dict[str, str]:
        written = self.day - timedelta(days=self.rng.randint(0, 4))
        shop = self.rng.choice(self.words["shops"])
        facts = {
            "ward": self.ward,
            "province": f"{self.province['kind']} {self.province['name']}",
            "hospital": self.hospital,
            "shop": shop,
            "day": f"ngày {written.day:02} tháng {written.month:02} năm {written.year}",
            "dd": vietnamese(written),
            "issued_on": vietnamese(self.day - timedelta(days=self.rng.randint(1, 5))),
            "later": vietnamese(written + timedelta(days=30)),
            "far": vietnamese(written + timedelta(days=1400)),
            "died": vietnamese(self.day - timedelta(days=self.rng.randint(6, 12))),
            "married": vietnamese(self.day - timedelta(days=self.rng.randint(900, 1600))),
            "child_day": vietnamese(self.day - timedelta(days=self.rng.randint(2, 7))),
            "registered": vietnamese(self.day - timedelta(days=self.rng.randint(120, 300))),
            "wish": wish or "đăng ký thường trú",
            "licence": self.digits(12),
            "insurance": self.digits(10),
            "insurance2": self.digits(10),
        }
        facts |= {f"no{i}": str(self.rng.randint(11, 480)) for i in (1, 2, 3)}
        facts |= {"official": self.name("Nam", None), "official2": self.name("Nữ", None)}
        upper = {n.upper(): facts[n].upper() for n in ("ward", "province", "hospital", "shop")}
        return facts | upper

    def land(self) -> dict[str, str]:
        area = self.rng.randint(90, 420)
        half = area // 2 - self.rng.randint(1, 20)
        return {
            "plot": str(self.rng.randint(12, 390)),
            "map": str(self.rng.randint(3, 60)),
            "area": str(area),
            "half1": str(half),
            "half2": str(area - half),
            "floor": str(self.rng.randint(55, 120)),
            "serial": self.rng.choice(("AA", "BK", "CS", "DM")) + " " + self.digits(8),
            "rent": f"{self.rng.randint(3, 9)}.000.000",
            "price": f"{self.rng.randint(2, 8)}50.000.000",
        }

    def car(self) -> dict[str, str]:
        letters = "ABCDEFGHKLMNPSTUVX"
        plate = f"{self.rng.randint(14, 98)}{self.rng.choice(letters)}{self.rng.randint(1, 9)}"
        return {
            "brand": self.rng.choice(
                {"dev": ("HONDA", "SYM"), "test": ("YAMAHA", "SUZUKI")}[self.half]
            ),
            "colour": self.rng.choice({"dev": ("Đen", "Đỏ"), "test": ("Xanh", "Trắng")}[self.half]),
            "engine": "JC" + self.digits(8),
            "chassis": "RLH" + self.rng.choice(letters) + self.digits(9),
            "plate": f"{plate}-{self.rng.randint(100, 999)}.{self.rng.randint(10, 99)}",
        }
