"""The tables of jobs: made once, brought up to date, and refused where they are another's."""

from collections.abc import Iterator

import pytest

from support.postgres import own_schema, run
from sverka.dispatch.procrastinate import prepare
from sverka.domain.errors import Misconfigured

pytestmark = pytest.mark.postgres


@pytest.fixture
def database() -> Iterator[str]:
    with own_schema() as url:
        yield url


def test_they_are_made_once_and_say_how_far_they_have_come(database):
    prepare(database)
    prepare(database)
    ((comment,),) = run(database, "SELECT obj_description('procrastinate_jobs'::regclass)")
    assert comment.endswith(".sql")


def test_those_of_an_older_version_are_brought_up_to_date(database):
    prepare(database)
    ((newest,),) = run(database, "SELECT obj_description('procrastinate_jobs'::regclass)")
    run(database, "DROP TRIGGER procrastinate_trigger_status_events_update_v1 ON procrastinate_jobs")
    run(database, "COMMENT ON TABLE procrastinate_jobs IS '03.04.00_01_pre_add_retry_failed_job_procedure.sql'")
    prepare(database)
    assert run(database, "SELECT obj_description('procrastinate_jobs'::regclass)") == [(newest,)]
    trigger = "tgname = 'procrastinate_trigger_status_events_update_v1'"
    assert run(database, f"SELECT 1 FROM pg_trigger WHERE {trigger} AND tgrelid = 'procrastinate_jobs'::regclass")


@pytest.mark.parametrize(
    ("comment", "said"), [("'99.00.00_01_pre_wonders.sql'", "newer version"), ("NULL", "of its own")]
)
def test_those_of_a_newer_version_or_of_another_program_are_refused(database, comment, said):
    prepare(database)
    run(database, f"COMMENT ON TABLE procrastinate_jobs IS {comment}")
    with pytest.raises(Misconfigured, match=said):
        prepare(database)
    ((kept,),) = run(database, "SELECT obj_description('procrastinate_jobs'::regclass)")
    assert kept == (None if comment == "NULL" else comment.strip("'"))


def test_a_user_who_may_not_make_them_is_told(database):
    ((schema,),) = run(database, "SELECT current_schema()")
    nowhere = database.replace(schema, "pg_catalog")
    with pytest.raises(Misconfigured, match="must be allowed to create"):
        prepare(nowhere)
