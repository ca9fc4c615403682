"""DNS records through Trove's ``dns_driver``."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from trove.common import cfg
from trove.common.exception import DnsRecordNotFound
from trove.dns.manager import DnsManager
from trove.instance.models import ip_visible

from trove_resources.errors import CloudError, RefusedError, ResourceFailedError, TransientError

CONF = cfg.CONF
T = TypeVar("T")
_CONFLICT, _NOT_FOUND, _SERVER_ERRORS = 409, 404, 500


class TroveDns:
    """The records of instances, as the operator's driver makes them."""

    enabled = True

    def __init__(self) -> None:
        self._manager = DnsManager()

    def hostname(self, instance_id: str) -> str | None:
        """Return what the operator's entry factory calls the instance."""
        name: str | None = self._manager.determine_hostname(instance_id)
        return name

    def find(self, instance_id: str) -> list[str]:
        """Return the instance's name if there is a record for it.

        Trove's drivers have no question for that. Designate's client is asked for the name; with another driver the
        record is taken to be there, and to delete one that is not does no harm.
        """
        entry = self._manager.entry_factory.create_entry(instance_id)
        if not entry:
            return []
        designate = getattr(self._manager.driver, "dns_client", None)
        if designate is None or entry.dns_zone is None:
            return [entry.name]
        rows = self._ask(
            f"list recordsets {entry.name}",
            lambda: designate.recordsets.list(entry.dns_zone.id, criterion={"name": f"{entry.name}."}),
        )
        return [entry.name for _ in rows[:1]]

    def create(self, instance_id: str, addresses: Sequence[str]) -> None:
        """Make the record for the first address; one that is there already is as good: its name is the instance's."""
        visible = [address for address in addresses if _is_visible(address)]
        if not visible:
            fault = "the instance has no address that ip_regex lets users see"
            raise ResourceFailedError(kind="DNS record", resource_id=instance_id, status="not made", fault=fault)
        try:
            self._ask(
                f"create a recordset for {instance_id}",
                lambda: self._manager.create_instance_entry(instance_id, visible[0]),
            )
        except CloudError as error:
            if error.status != _CONFLICT:
                raise

    def delete(self, instance_id: str) -> None:
        """Delete the record, if there is one."""
        try:
            self._ask(
                f"delete the recordset of {instance_id}", lambda: self._manager.delete_instance_entry(instance_id)
            )
        except CloudError as error:
            if error.status != _NOT_FOUND:
                raise

    def _ask(self, request: str, call: Callable[[], T]) -> T:
        try:
            return call()
        except DnsRecordNotFound as error:
            raise _refused(request, _NOT_FOUND, error) from error
        except Exception as error:
            # Designate's client raises its own exceptions with a code, keystoneauth's without an answer have none.
            status: Any = getattr(error, "code", None) or getattr(error, "http_status", None)
            code = status if isinstance(status, int) else None
            if code is None or code >= _SERVER_ERRORS:
                raise TransientError(service="DNS", request=request, status=code, said=str(error)) from error
            raise _refused(request, code, error) from error


def _is_visible(address: str) -> bool:
    if not (CONF.ip_regex and CONF.black_list_regex):
        return True
    return bool(ip_visible(address, CONF.ip_regex, CONF.black_list_regex))


def _refused(request: str, status: int, error: Exception) -> RefusedError:
    said = str(error) or type(error).__name__
    return RefusedError(
        service="DNS", request=request, status=status, said=said, request_id=getattr(error, "request_id", None)
    )
