"""What goes wrong in a run: kills, bad answers, lost bells, a wrong clock and a full disk."""

from typing import Any

from chaos.plan import Step
from chaos.shop import ShopDown
from chaos.street import Street
from sverka.sandbox.portal.faults import Fault


class Trouble:
    """Does to a street what its plan says; what a dead store cannot be told is let go."""

    def __init__(self, street: Street) -> None:
        self._street = street

    def does(self, step: Step) -> bool:
        """Do it, and tell whether it was trouble at all."""
        value: Any = step.value
        street, events = self._street, self._street.portal.events
        match step.do:
            case "kill_hub":
                street.kill(street.hubs[step.order % len(street.hubs)], value)
            case "kill_hub_at_request":
                street.kill_at_request(step.order, value)
            case "kill_store":
                street.kill(street.store, value)
            case "kill_database":
                street.kill_database(value)
            case "portal_fault":
                street.portal.fault(Fault(**value))
            case "portal_bells":
                for name, setting in value.items():
                    setattr(events.switches, name, setting)
            case "hold_bells":
                events.switches.hold = True
            case "release_bells":
                events.release(backwards=True)
            case "clock":
                street.page.skew = value
            case "disk":
                street.page.is_full = value
            case "store_fault":
                self._tell_store("fault", **value)
            case "store_bells":
                self._tell_store(step.field, times=value)
            case _:
                return False
        return True

    def _tell_store(self, name: str, **given: object) -> None:
        try:
            self._street.town.control(name, **given)
        except ShopDown:
            return
