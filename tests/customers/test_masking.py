"""Names and addresses as most people may see them."""

import pytest

from customers import masking


@pytest.mark.parametrize(
    ("full", "masked"),
    [
        ("李测试", "李**"), ("欧阳明", "欧**"), ("王", "王**"), ("临江市第一中学", "临江***"),
        ("Chen Clerk", "C*** C***"), ("O'Brien", "O'B***"), ("", ""),
    ],
)  # fmt: skip
def test_a_name_is_known_again_but_not_told(full: str, masked: str) -> None:
    assert masking.name(full) == masked


@pytest.mark.parametrize(
    ("full", "masked"),
    [
        ("滨河路88号3栋201室", "滨河路*号*栋*室"), ("柳林镇高岭村二组十五号", "柳林镇高岭村*组*号"),
        ("12B Main Street", "* Main Street"), ("Flat 3, 5 High Road", "Flat *, * High Road"),
        ("三元路", "三元路"), ("", ""),
    ],
)  # fmt: skip
def test_an_address_keeps_its_road_alone(full: str, masked: str) -> None:
    assert masking.address(full) == masked
