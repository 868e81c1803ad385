"""The kinds of records an order may be bound to."""

from enum import StrEnum


class Kind(StrEnum):
    """What is bound to what; one merge serves them all."""

    DEAL = "deal"
    LEAD = "lead"
    INVOICE = "invoice"
    PRINT_JOB = "print_job"
