"""The laws of what stands beside a deal: one lead or one deal, a conversion followed, an invoice behind its order."""

from collections.abc import Collection, Mapping
from typing import Protocol

from simulation.lives.crm import Crm
from simulation.lives.truths import Owner
from simulation.lives.witness import Ticket
from sverka.domain.ids import OfficeName, OrderRef, ProfileName
from sverka.domain.mapping.profile import Facet, Profile, document_of
from sverka.ports.backoffice import RecordWrite
from sverka.ports.storage import Intent


class Known(Protocol):
    """What the laws ask of the judge's memory."""

    births: dict[tuple[OfficeName, str], Owner]
    crms: Mapping[OfficeName, Crm]
    lost: set[Owner]


def objections(known: Known, ticket: Ticket, intent: Intent, write: RecordWrite) -> list[str]:
    """Return what is wrong with a birth beside what else the order has in this back office."""
    profile = ticket.profiles[intent.profile]
    deals = born(known, intent.order, document_of(profile.name))
    if profile.facet is Facet.LEAD and deals and (intent.order, profile.document) not in known.lost:
        return [f"a lead of {intent.order} was made though it has had its deal {deals[0]}"]
    if profile.facet is Facet.INVOICE and write.parent not in deals:
        return [f"an invoice of {intent.order} was hung on {write.parent}, which is not its deal"]
    if profile.facet is Facet.DEAL and not deals and write.record is None:
        crm = known.crms[ticket.office]
        leads = [one for one in born(known, intent.order, lead_of(profile)) if crm.found(one)]
        if leads and (intent.order, lead_of(profile)) not in known.lost:
            return [f"a deal of {intent.order} was made beside its lead {leads[0]}"]
    return []


def born(known: Known, order: OrderRef, profile: ProfileName) -> list[str]:
    """Return the records an order has had under a profile."""
    return [id_ for (_, id_), owner in known.births.items() if owner == (order, profile)]


def lead_of(profile: Profile) -> ProfileName:
    """Return the name of the facet that keeps a document's leads."""
    return ProfileName(f"{profile.document}:{Facet.LEAD}")


def left_undone(
    known: Known, order: OrderRef, document: Profile, gone: Collection[tuple[OfficeName, str]]
) -> list[str]:
    """Return what does not stand beside an order's deal as it should, once the hub is at rest.

    What has `gone` into the bin once may be released since, and is followed no longer (K19).
    """
    found, crm = [], known.crms[document.office]
    deals = born(known, order, document.name)
    alive = [one for one in deals if crm.found(one) and (document.office, one) not in gone]
    for lead in born(known, order, lead_of(document)):
        made = crm.made_of(lead) if crm.found(lead) and (document.office, lead) not in gone else []
        if made and not set(made) & set(deals):
            found.append(f"deal {made[0]} was made of lead {lead} of {order}, and the hub has not followed")
    invoice = document.beside(Facet.INVOICE)
    if invoice and alive and not born(known, order, invoice.name) and invoice.switches.create_records:
        found.append(f"deal {alive[0]} of {order} has no invoice")
    return found
