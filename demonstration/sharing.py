"""What a second process needs before it can write its part of the demonstration."""


def work(job_id: int, part: int, parts: int) -> None:
    """Set Django up in this fresh process, then write the part."""
    import django  # noqa: PLC0415 - nothing of Django may be loaded before it is set up

    django.setup()
    from demonstration import building  # noqa: PLC0415

    building.write_part(job_id=job_id, part=part, parts=parts, by=None)
