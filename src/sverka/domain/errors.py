"""Problems, sorted by what to do next and not by where they happened.

A problem is an exception, and is also *returned* as a value where a port answers per record: one bad record
spoils no other. A class's docstring is its default sentence.
"""

from datetime import timedelta

from sverka.domain.text import Language, Text


class Problem(Exception):
    """Something stands in the way."""

    text = Text("Something stands in the way.", "Что-то мешает.")

    def __init__(self, text: Text | None = None) -> None:
        """Take a sentence that says what happened and the next step; without one, the class's own."""
        self.text = text or type(self).text
        super().__init__(self.text.en)

    def say(self, language: Language) -> str:
        """Return the sentence in the language asked for."""
        return self.text.say(language)


class Later(Problem):
    """The other side asks us to come back later; nothing was done."""

    text = Text(
        "The other side asks us to come back later; nothing was done and the hub will try again by itself.",
        "Другая сторона просит зайти позже; ничего не сделано, хаб повторит сам.",
    )

    def __init__(self, text: Text | None = None, after: timedelta = timedelta(seconds=30)) -> None:
        """Take the pause before the next try."""
        super().__init__(text)
        self.after = after


class Unanswered(Problem):
    """A request was sent and no whole answer came: it may or may not have been carried out (K2)."""

    text = Text(
        "A request was sent and no answer came; the hub will look what became of it before it writes again.",
        "Запрос отправлен, ответа нет; прежде чем писать снова, хаб посмотрит, чем он кончился.",
    )


class Rejected(Problem):
    """The other side understood the request and refuses it; the same request would be refused again."""

    text = Text(
        "The other side refuses this value; correct it there or in the profile, then retry.",
        "Другая сторона не принимает значение; исправьте его там или в профиле и повторите.",
    )


class Misconfigured(Problem):
    """The connection lacks a right, or names what is not there; it pauses until it answers again."""

    text = Text(
        "The connection or the profile names something the other side lacks; run `sverka doctor`.",
        "Подключение или профиль называет то, чего на другой стороне нет; запустите `sverka doctor`.",
    )


class AuthLost(Problem):
    """Credentials are refused; the connection pauses until they are renewed."""

    text = Text(
        "The credentials are refused; connect again with `sverka connect`.",
        "Доступ отклонён; подключите заново командой `sverka connect`.",
    )


class Gone(Problem):
    """There is no such record on the other side."""

    text = Text("There is no such record on the other side.", "На другой стороне такой записи нет.")


class Halt(Problem):
    """A flood or a loss is suspected: the profile stops until a person looks."""

    text = Text(
        "Too much would change at once; look at the preview, then allow it with `sverka profile resume`.",
        "Изменилось бы слишком многое сразу; посмотрите предпросмотр и разрешите: `sverka profile resume`.",
    )


class Forged(Problem):
    """A notice does not carry the secret agreed on."""

    text = Text("The notice does not carry the secret agreed on.", "В уведомлении нет условленного секрета.")


class Superseded(Problem):
    """Another process took this office over, or the wave outlived its deadline: send and commit nothing (K3)."""

    text = Text(
        "Another process took over this back office; this wave sends nothing more.",
        "Этой CRM занялся другой процесс; эта волна больше ничего не отправляет.",
    )
