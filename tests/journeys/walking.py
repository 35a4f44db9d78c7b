"""One complaint from the counter to the monthly report, walked by the people of the cast in a real
browser.

Each step is one function that can be tried again. `Walk.go` raises StuckAt with the name of the
step that could not be done; when what was missing is there, the same walk goes on from that step.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from io import BytesIO

import openpyxl
from playwright.sync_api import Browser, Error, Locator, Page

from organisation.models import Staff
from tests import browsing
from tests.cast import Cast
from tests.factories import limits
from tickets import reference_numbers
from tickets.models import Category

STORY = "昨晚抢修师傅态度不好，停电两小时没人解释。"
ANSWER = "已上门说明原因并致歉，线路已恢复。"

# What stands on the pages, in English and in Chinese.
_WORDS = {
    "slip": ("Your case is logged", "您反映的事项已受理"),
    "overdue": ("Overdue and soon due", "已超时与即将超时"),
    "mail": ("Limit missed: ", "超时："),
    "finished": ("Your case is finished.", "您反映的事项已办结。"),
    "by_unit": ("By unit", "按单位"),
    "unit": ("East station", "城东供电所"),
    "supervisor": ("Su Supervisor", "苏督办"),
}


class StuckAt(AssertionError):
    """The walk could not go on; `step` says where."""

    def __init__(self, step: str, why: BaseException) -> None:
        super().__init__(f"stuck at {step}: {why}")
        self.step = step


@dataclass
class Walk:
    """Where one complaint is on its way."""

    desk: str
    browser: Browser
    cast: Cast
    mails: list[EmailMessage]
    sign_in: Callable[[Page, str, Staff], None]
    language: str = "zh-hans"
    patience: float = 20.0
    number: str = ""
    code: str = ""
    position: int = 0
    watches: list[list[str]] = field(default_factory=list)
    pages: dict[str, Page] = field(default_factory=dict)

    def go(self, *, until: str = "") -> None:
        """Do every step that is left, or those up to the named one; raises StuckAt."""
        while self.position < len(STEPS):
            step = STEPS[self.position]
            try:
                step(self)
                assert not any(self.watches), self.watches
            except (AssertionError, Error) as error:
                raise StuckAt(step.__name__, error) from error
            self.position += 1
            if step.__name__ == until:
                return

    def word(self, name: str) -> str:
        return _WORDS[name][self.language != "en"]

    def page_of(self, person: Staff | None) -> Page:
        """The person's own browser, signed in at first use; None is the customer's."""
        name = person.staff_number if person else "customer"
        if name not in self.pages:
            locale = "en-GB" if self.language == "en" else "zh-CN"
            context = self.browser.new_context(
                viewport={"width": 1366, "height": 768}, locale=locale
            )
            context.set_default_timeout(self.patience * 1000)
            page = self.pages[name] = context.new_page()
            self.watches.append(browsing.watched(page))
            if person is not None:
                self.sign_in(page, self.desk, person)
        return self.pages[name]

    def open(self, person: Staff | None, path: str) -> Page:
        """The page, answered with 200 and in the language of the walk."""
        page = self.page_of(person)
        answer = page.goto(self.desk + path)
        assert answer is not None
        assert answer.status == 200, f"{path} answered {answer.status}"
        assert str(page.locator("html").get_attribute("lang")).lower() == self.language
        return page

    def ticket(self, person: Staff) -> Page:
        return self.open(person, f"/tickets/{self.number}/")

    def wait_for(self, found: Callable[[], bool], what: str) -> None:
        """Look again and again until it is there or the patience is over."""
        until = time.monotonic() + self.patience
        while not found():
            assert time.monotonic() < until, f"{what} did not come within {self.patience} s"
            time.sleep(0.2)

    def wait_on(self, page: Page, wanted: Callable[[Page], Locator], what: str) -> Locator:
        """The place on the page, which is loaded again until it shows."""

        def found() -> bool:
            if wanted(page).count():
                return True
            page.reload()
            return bool(wanted(page).count())

        self.wait_for(found, what)
        return wanted(page).first

    def close(self) -> None:
        for page in self.pages.values():
            page.context.close()


def logged(walk: Walk) -> None:
    """The clerk takes the complaint at the counter; the slip has a number and a promised time."""
    page = walk.open(walk.cast.clerk, "/tickets/intake/")
    page.fill("#id_contact_phone", "13900000001")
    page.locator(f"[data-customer='{walk.cast.customer.pk}']").click()
    page.check("input[name=kind][value=COMPLAINT]")
    page.fill("#id_text", STORY)
    page.select_option("#id_category", str(Category.objects.get(code=limits.CATEGORY).pk))
    page.select_option("#id_territory", str(walk.cast.territory.pk))
    page.press("#id_text", "Control+Enter")
    page.wait_for_url("**/slip/")
    assert page.locator("h1").inner_text() == walk.word("slip")
    walk.number = page.locator(".bignumber").inner_text()
    facts = page.locator(".slip dd").all_inner_texts()
    walk.code = facts[0]
    assert reference_numbers.parse(walk.number) == walk.number
    assert any(sign.isdigit() for sign in facts[2]), "no promised time"
    assert walk.word("unit") in facts[4]


def signed(walk: Walk) -> None:
    """The handler finds it in the worklist and signs for it."""
    page = walk.open(walk.cast.handler, "/tickets/work/")
    page.locator(f"a[href='/tickets/{walk.number}/']").first.click()
    page.locator("[data-key=s]").click()
    page.locator("[data-key=d]").wait_for()


def contacted(walk: Walk) -> None:
    """The handler speaks with the customer; from here on the limit runs."""
    page = walk.ticket(walk.cast.handler)
    page.locator("[data-key=c]").click()
    page.check("input[name=is_reached][value=yes]")
    page.fill("#id_note", "已联系客户，约定今日上门。")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(f"**/tickets/{walk.number}/")


def limit_fired(walk: Walk) -> None:
    """The limit is missed, and the handler's notices say so."""
    page = walk.open(walk.cast.handler, "/notices/")
    walk.wait_on(
        page, lambda page: page.locator("li.is-late", has_text=walk.number), "the notice"
    )


def mailed(walk: Walk) -> None:
    """A mail about it has left, in the handler's language."""
    wanted = walk.word("mail") + walk.number
    to = walk.cast.handler.email

    def caught() -> bool:
        return any(mail["To"] == to and mail["Subject"] == wanted for mail in list(walk.mails))

    walk.wait_for(caught, "the mail")


def escalated(walk: Walk) -> None:
    """The supervisor sees it among the late ones, with the reason and who was told."""
    page = walk.open(walk.cast.supervisor, "/tickets/overdue/")
    row = walk.wait_on(
        page,
        lambda page: _row(page, walk).filter(has_text=walk.word("supervisor")),
        "the escalation",
    )
    assert page.locator("h1").inner_text() == walk.word("overdue")
    assert walk.word("unit") in row.inner_text()


def acted(walk: Walk) -> None:
    """The supervisor acts from that page: the ticket comes under supervision."""
    page = walk.open(walk.cast.supervisor, "/tickets/overdue/")
    _row(page, walk).locator("a[href*='/supervise/']").click()
    page.fill("#id_reason", "请今天答复客户。")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/tickets/overdue/**")
    page = walk.ticket(walk.cast.supervisor)
    assert walk.word("supervisor") in page.locator(".chip.is-seal").first.inner_text()


def done(walk: Walk) -> None:
    """The handler reports what was done and that the customer was told."""
    page = walk.ticket(walk.cast.handler)
    page.locator("[data-key=d]").click()
    page.fill("#id_result", ANSWER)
    page.check("#id_is_customer_told")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(f"**/tickets/{walk.number}/")


def reported_back(walk: Walk) -> None:
    """The unit tells the supervisor."""
    page = walk.open(walk.cast.handler, f"/tickets/{walk.number}/report-back/")
    page.fill("#id_text", "已上门处理，请督办人复核。")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(f"**/tickets/{walk.number}/")


def approved(walk: Walk) -> None:
    """The reviewer, who is of no handling unit, finds it sound."""
    page = walk.ticket(walk.cast.reviewer)
    page.locator("[data-key=v]").click()
    page.check("input[name=verdict][value=approve]")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(f"**/tickets/{walk.number}/")


def confirmed(walk: Walk) -> None:
    """The clerk, who was asked first, confirms that the customer was told."""
    page = walk.open(walk.cast.clerk, f"/tickets/{walk.number}/confirm/")
    page.check("input[name=is_told][value=yes]")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(f"**/tickets/{walk.number}/")


def called_back(walk: Walk) -> None:
    """Every complaint is drawn: the agent takes the call and records the answers."""
    page = walk.open(walk.cast.callback_agent, "/surveys/callbacks/")
    task = walk.wait_on(page, lambda page: _row(page, walk), "the callback")
    task.locator("button").click()
    assert page.locator(".bignumber").inner_text().endswith("13900000001")
    page.check("input[name=solved][value=solved]")
    page.check("input[name=satisfied][value=satisfied]")
    page.locator("form:has(input[name=solved]) button[type=submit]").click()
    page.wait_for_url("**/surveys/callbacks/")
    assert not _row(page, walk).count()


def supervision_ended(walk: Walk) -> None:
    """The supervisor ends what they took up, from their own page; with it the ticket closes."""
    page = walk.open(walk.cast.supervisor, "/tickets/supervision/")
    _row(page, walk).locator("a[href*='/end-supervision/']").click()
    page.fill("#id_verdict", "已整改，客户满意。")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/tickets/supervision/**")
    assert not _row(page, walk).count()


def closed(walk: Walk) -> None:
    """The customer reads at home, with number and code, that it is finished, and the answer."""
    page = walk.open(None, "/tickets/status/")
    page.fill("#id_number", walk.number)
    page.fill("#id_code", walk.code)
    page.locator("main form button").last.click()
    page.locator(".quote").wait_for()
    text = page.locator("main").inner_text()
    assert walk.word("finished") in text
    assert ANSWER in text


def reported(walk: Walk) -> None:
    """The month shows it in every figure, and each figure leads to it."""
    page = walk.open(walk.cast.executive, "/reports/month/")
    for figure, numbers in _FIGURES.items():
        links = page.locator(f"[data-figure={figure}] .interval").first.locator("a")
        assert links.all_inner_texts() == numbers, figure
    rows = page.locator(f"tr[data-row='{walk.cast.unit.code}'], tr[data-row='COMPLAINT']")
    assert rows.count() == 2
    paths = {link.get_attribute("href") for link in page.locator("main a[href*=figure]").all()}
    assert len(paths) >= len(_FIGURES)
    for path in paths:
        page.goto(f"{walk.desk}{path}")
        assert page.locator("[data-count]").inner_text() == "1", path
        assert walk.number in page.locator("#rows").inner_text(), path
    page.locator("#rows a").first.click()
    page.wait_for_url(f"**/tickets/{walk.number}/")


def file_taken(walk: Walk) -> None:
    """The worker builds the workbook, and it says the same."""
    page = walk.open(walk.cast.executive, "/reports/month/")
    page.locator("form[action='/reports/export/'] button").click()
    page.wait_for_url("**/reports/export/*/")
    link = walk.wait_on(page, lambda page: page.locator("a[href$='/file/']"), "the workbook")
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename.endswith(".xlsx")
    book = openpyxl.load_workbook(BytesIO(download.value.path().read_bytes()))
    rows = list(book[walk.word("by_unit")].iter_rows(min_row=2, values_only=True))
    assert rows[0][:4] == (walk.cast.unit.code, walk.word("unit"), 1, 1)
    assert rows[-1][2:4] == (1, 1)
    book.close()


# The numbers beside each rate: how many of how many. It was answered, but later than promised.
_FIGURES = {
    "satisfied": ["1", "1"],
    "solved": ["1", "1"],
    "on_time": ["1"],
    "response": ["1", "1"],
}

STEPS: tuple[Callable[[Walk], None], ...] = (
    logged, signed, contacted, limit_fired, mailed, escalated, acted, done, reported_back,
    approved, confirmed, called_back, supervision_ended, closed, reported, file_taken,
)  # fmt: skip


def _row(page: Page, walk: Walk) -> Locator:
    return page.locator(".rowlist li", has_text=walk.number)
