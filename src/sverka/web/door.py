"""Bells are taken in waves too: those that come while others are being kept are kept together, in one transaction."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from starlette.concurrency import run_in_threadpool

from sverka.domain.errors import Problem
from sverka.engine.bells.receive import Answer

MOST = 500
"""How many bells are kept in one transaction, so that it stays short."""

Bell = TypeVar("Bell")


class Door(Generic[Bell]):
    """Takes each bell when its turn comes, with all that wait then; the answer comes once it is kept."""

    def __init__(self, take: Callable[[Sequence[Bell]], Sequence[Answer]]) -> None:
        """Take what keeps bells and answers each: it is called in a thread, one call at a time.

        Where it raises, none of the bells was kept.
        """
        self._take = take
        self._turn = asyncio.Lock()
        self._waiting: list[tuple[Bell, asyncio.Future[Answer]]] = []

    async def ring(self, bell: Bell) -> Answer:
        """Return the answer to a bell.

        Raises:
            Exception: what keeping this bell, by itself, has raised.
        """
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((bell, answered))
        async with self._turn:
            while not answered.done():
                await self._keep_the_first()
        return answered.result()

    async def _keep_the_first(self) -> None:
        taken, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        for (_, answered), answer in zip(taken, await self._answers([bell for bell, _ in taken]), strict=True):
            if answered.cancelled():
                continue  # whoever rang has hung up
            if isinstance(answer, BaseException) and not isinstance(answer, Problem):
                answered.set_exception(answer)
            else:
                answered.set_result(answer)

    async def _answers(self, bells: Sequence[Bell]) -> Sequence[Answer | BaseException]:
        """Return the answers; where they cannot be had together, each by itself: one bad bell fails alone."""
        [answers] = await asyncio.gather(run_in_threadpool(self._take, bells), return_exceptions=True)
        if isinstance(answers, Problem):
            return [answers] * len(bells)
        if not isinstance(answers, BaseException):
            return answers
        if len(bells) == 1:
            return [answers]
        return [answer for bell in bells for answer in await self._answers([bell])]
