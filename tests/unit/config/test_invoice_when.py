from sverka.config.check import check

DOCUMENT = """
schema = 1
profile = "p"
store = "s"
portal = "b"
[invoice]
[invoice.when]
any = [{ "payment.metod" = "invoice" }]
"""


def test_the_groups_of_an_invoices_conditions_are_checked_too(store_fields):
    assert any("`payment.metod`" in one.text.en for one in check(DOCUMENT, store_fields))
