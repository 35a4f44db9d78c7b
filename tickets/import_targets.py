"""The units, categories and the account that loaded tickets belong to, made when missing (verb)."""

from dataclasses import dataclass, field
from datetime import datetime

from organisation import appointments
from organisation.models import Staff, Unit, UnitLevel
from tickets import external_codes
from tickets.loaded_history import Place
from tickets.mappings import Mapping, Matter
from tickets.models import Category

ACCOUNT = "import"


@dataclass
class Targets:
    """Finds or makes what the rows of one file point to; remembers it for the rest of the file."""

    mapping: Mapping
    unit: Unit
    by: Staff | None
    at: datetime
    units: dict[str, Unit] = field(default_factory=dict)
    categories: dict[tuple[str, str, str], int] = field(default_factory=dict)
    tracker_id: int = 0

    def forget(self) -> None:
        """Start anew after a rollback took back what had been made."""
        self.units.clear()
        self.categories.clear()
        self.tracker_id = 0

    def place(self, matter: Matter) -> Place:
        """Where the matter belongs."""
        unit = self._unit(matter)
        self.tracker_id = self.tracker_id or _tracker(self.by, self.unit)
        return Place(
            unit_id=unit.pk, unit_code=unit.code, company_path=unit.company_path,
            category_id=self._category(matter), intake_unit_id=self.unit.pk,
            tracker_id=self.tracker_id,
        )  # fmt: skip

    def _unit(self, matter: Matter) -> Unit:
        """The department the file names, as a branch of the company; a unit below a company takes
        everything itself."""
        if self.unit.level not in (UnitLevel.GROUP, UnitLevel.COMPANY):
            return self.unit
        key = matter.unit_key.lower()
        if key not in self.units:
            self.units[key] = self._found_unit(matter)
        return self.units[key]

    def _found_unit(self, matter: Matter) -> Unit:
        parts = (self.unit.code, self.mapping.source, matter.unit_key.lower())
        code = external_codes.code(*(part for part in parts if part), most=30)
        standing = Unit.objects.filter(code=code).first()
        if standing is not None:
            return standing
        name = matter.unit_name or matter.unit_key
        return appointments.establish(
            code=code, name_en=name or self.mapping.name_en, name_zh=name or self.mapping.name_zh,
            level=UnitLevel.BRANCH, parent=self.unit, utility="", by=self.by, at=self.at,
        )  # fmt: skip

    def _category(self, matter: Matter) -> int:
        key = (matter.category_group, matter.category, matter.utility)
        if key not in self.categories:
            group = self._made(matter.category_group, "", matter) if matter.category_group else None
            leaf = self._made(matter.category, matter.category_group, matter, parent=group)
            self.categories[key] = leaf.pk
        return self.categories[key]

    def _made(
        self, label: str, group: str, matter: Matter, parent: Category | None = None
    ) -> Category:
        """A category of the file's own; inactive, so that nobody is offered it for a new matter."""
        is_leaf = bool(parent) or not matter.category_group
        code = external_codes.of_category(
            self.mapping.source, matter.utility, group, label, is_leaf=is_leaf
        )
        found, _made = Category.objects.get_or_create(
            code=code,
            defaults={
                "name_en": label, "name_zh": label, "parent": parent, "utility": matter.utility,
                "source": self.mapping.source, "is_active": False,
            },
        )  # fmt: skip
        return found


def _tracker(by: Staff | None, unit: Unit) -> int:
    """The importing person, or the account of the import itself: it can do and sign in nothing."""
    if by is not None:
        return by.pk
    account, is_new = Staff.objects.get_or_create(
        staff_number=ACCOUNT,
        defaults={
            "name_en": "Import", "name_zh": "导入", "unit": unit, "roles": [], "is_active": False,
        },
    )  # fmt: skip
    if is_new:
        account.set_unusable_password()
        account.save(update_fields=["password"])
    return account.pk
