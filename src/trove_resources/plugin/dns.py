"""DNS records through Trove's ``dns_driver``."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from trove.common import cfg
from trove.common.exception import DnsRecordNotFound
from trove.dns.manager import DnsManager
from trove.instance.models import ip_visible

from trove_resources.clouds.dns import RecordSet
from trove_resources.errors import CloudError, QuotaExceededError, RefusedError, ResourceFailedError, TransientError

CONF = cfg.CONF
T = TypeVar("T")
_CONFLICT, _NOT_FOUND, _OVER_QUOTA, _SERVER_ERRORS = 409, 404, 413, 500
_NAMES = {
    "BadRequest": 400,
    "Forbidden": 403,
    "NotFound": _NOT_FOUND,
    "Conflict": _CONFLICT,
    "OverQuota": _OVER_QUOTA,
}


class TroveDns:
    """The records of instances, as the operator's driver makes them."""

    enabled = True

    def __init__(self) -> None:
        self._manager = DnsManager()

    def hostname(self, instance_id: str) -> str | None:
        """Return what the operator's entry factory calls the instance."""
        name: str | None = self._manager.determine_hostname(instance_id)
        return name

    def recordset(self, instance_id: str) -> RecordSet | None:
        """Return it where Trove's driver is Designate's, with an account in the service user's project.

        Where ``ip_regex`` and ``black_list_regex`` say which addresses users see, only we can tell which it is.
        """
        entry = self._manager.entry_factory.create_entry(instance_id)
        if not entry or self._designate(entry) is None or (CONF.ip_regex and CONF.black_list_regex):
            return None
        if CONF.dns_account_id != CONF.service_credentials.project_id or not entry.dns_zone.id:
            return None
        return RecordSet(zone_id=entry.dns_zone.id, name=f"{entry.name}.", type=entry.type)

    def find(self, instance_id: str) -> list[str]:
        """Return the instance's name if there is a record for it.

        Trove's drivers have no question for that. Designate's client is asked for the name; with another driver the
        record is taken to be there, and to delete one that is not does no harm.
        """
        entry = self._manager.entry_factory.create_entry(instance_id)
        if not entry:
            return []
        designate = self._designate(entry)
        return [entry.name] if designate is None else [entry.name for _ in self._rows(designate, entry)[:1]]

    def create(self, instance_id: str, addresses: Sequence[str]) -> None:
        """Make the record for the first address; one that is there already is as good: its name is the instance's."""
        visible = [address for address in addresses if _is_visible(address)]
        if not visible:
            fault = "the instance has no address that ip_regex lets users see"
            raise ResourceFailedError(kind="DNS record", resource_id=instance_id, status="not made", fault=fault)
        request = f"create a recordset for {instance_id}"
        _forgive(
            _CONFLICT,
            lambda: self._ask(request, lambda: self._manager.create_instance_entry(instance_id, visible[0])),
        )

    def delete(self, instance_id: str) -> None:
        """Delete the record, if there is one.

        Trove's Designate driver looks for it on the first page of the zone's records only (20 of them, by Designate's
        ``default_limit_v2``) and takes what is on another for gone. So here its client is asked for the name.
        """
        entry = self._manager.entry_factory.create_entry(instance_id)
        if not entry:
            return
        designate, request = self._designate(entry), f"delete the recordset {entry.name}"
        if designate is None:
            _forgive(_NOT_FOUND, lambda: self._ask(request, lambda: self._manager.delete_instance_entry(instance_id)))
            return
        for row in self._rows(designate, entry):
            self._delete(designate, entry, row["id"], request)

    def _designate(self, entry: Any) -> Any:
        """Return Designate's client, if the operator's driver has one."""
        return getattr(self._manager.driver, "dns_client", None) if entry.dns_zone is not None else None

    def _rows(self, designate: Any, entry: Any) -> list[dict[str, Any]]:
        def ask() -> list[dict[str, Any]]:
            return list(designate.recordsets.list(entry.dns_zone.id, criterion={"name": f"{entry.name}."}))

        return self._ask(f"list recordsets {entry.name}", ask)

    def _delete(self, designate: Any, entry: Any, recordset_id: str, request: str) -> None:
        def ask() -> None:
            designate.recordsets.delete(entry.dns_zone.id, recordset_id)

        _forgive(_NOT_FOUND, lambda: self._ask(request, ask))

    def _ask(self, request: str, call: Callable[[], T]) -> T:
        try:
            return call()
        except DnsRecordNotFound as error:
            raise _refused(request, _NOT_FOUND, error) from error
        except Exception as error:
            code = _status(error)
            if code is None or code >= _SERVER_ERRORS:
                raise TransientError(service="DNS", request=request, status=code, said=str(error)) from error
            raise _refused(request, code, error) from error


def _status(error: Exception) -> int | None:
    """Return the status of the answer; keystoneauth's exceptions without an answer have none.

    Designate's client takes it from the body, where a proxy's answer has none: then its exception's name tells.
    """
    known: Any = getattr(error, "code", None) or getattr(error, "http_status", None)
    return known if isinstance(known, int) else _NAMES.get(type(error).__name__)


def _forgive(status: int, call: Callable[[], None]) -> None:
    """Call, and take an answer with this status for a good one."""
    try:
        call()
    except CloudError as error:
        if error.status != status:
            raise


def _is_visible(address: str) -> bool:
    if not (CONF.ip_regex and CONF.black_list_regex):
        return True
    return bool(ip_visible(address, CONF.ip_regex, CONF.black_list_regex))


def _refused(request: str, status: int, error: Exception) -> CloudError:
    said = str(error) or type(error).__name__
    kind = QuotaExceededError if status == _OVER_QUOTA else RefusedError
    return kind(service="DNS", request=request, status=status, said=said, request_id=getattr(error, "request_id", None))
