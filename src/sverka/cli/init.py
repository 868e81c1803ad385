"""`sverka init`: the database and the key."""

from sqlalchemy import make_url

from sverka.bootstrap import open_house
from sverka.cli.home import database_file, exists, settings_now
from sverka.cli.screen import line, whole
from sverka.cli.words import t


def init() -> None:
    """Create the database and the key file, and say where they are; harmless where they exist."""
    settings = settings_now()
    there = exists(settings)
    file = database_file(settings)
    for folder in {settings.key_file.parent, file.parent if file else settings.key_file.parent}:
        folder.mkdir(parents=True, exist_ok=True)
    house = open_house(settings)
    try:
        house.dispatch().stop()  # which makes the tables of jobs, where there are to be any
    finally:
        house.close()
    if there:
        line(t("The hub is here already; nothing was lost.", "Хаб здесь уже есть; ничего не потеряно."))
    else:
        line(t("The hub is ready.", "Хаб готов."), "green")
    whole(f"  {t('database', 'база')}: {file or make_url(settings.database).render_as_string(hide_password=True)}")
    whole(f"  {t('key file', 'ключ')}: {settings.key_file}")
    line(
        t(
            "Keep a copy of the key file apart from the database: without it the saved secrets cannot be read.",
            "Храните копию ключа отдельно от базы: без него сохранённые секреты не прочитать.",
        )
    )
    line(t("Next:", "Дальше:"))
    whole("  sverka connect portal b24")
