"""The counter outside the database: how far the journal had come when this hub last ran (K20)."""

from pathlib import Path

from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text, reason
from sverka.storage.whole_file import drafted


class Counter:
    """A small file with the journal's newest id. It only ever rises, so a database that lags behind it is an older one.

    Whoever writes last wins: another process's number may be lower by the little it has written since, never by more.
    """

    def __init__(self, path: Path) -> None:
        """Take the file; it need not exist."""
        self.path = path

    def read(self) -> int:
        """Return the number kept, 0 before the first.

        Raises:
            Misconfigured: the file holds no number, or cannot be read.

        """
        try:
            return int(self.path.read_text("ascii"))
        except FileNotFoundError:
            return 0
        except ValueError:
            raise Misconfigured(
                Text(
                    f"{self.path} holds no number; delete it, and run `sverka restored --yes` if the database was "
                    "restored from a backup.",
                    f"В {self.path} нет числа; удалите файл, а если база восстановлена из резервной копии, выполните "
                    "`sverka restored --yes`.",
                )
            ) from None
        except OSError as error:
            raise self._unusable(error) from None

    def rise(self, number: int) -> None:
        """Keep a number, whole or not at all, where it is above the one kept.

        Raises:
            Misconfigured: the file cannot be written.

        """
        if number <= self.read():
            return
        try:
            with drafted(self.path, f"{number}\n".encode()) as draft:
                draft.replace(self.path)
        except OSError as error:
            raise self._unusable(error) from None

    def _unusable(self, error: OSError) -> Misconfigured:
        why = reason(error)
        return Misconfigured(
            Text(
                f"{self.path} cannot be used ({why.en}); name a file the hub may write in SVERKA_COUNTER_FILE.",
                f"Файл {self.path} недоступен ({why.ru}); укажите в SVERKA_COUNTER_FILE файл, который хаб может "
                "писать.",
            )
        )
