"""DNS records through Trove's ``dns_driver``."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from oslo_config import cfg
from trove.common.exception import DnsRecordNotFound
from trove.dns.manager import DnsManager
from trove.instance.models import ip_visible

from trove_resources.clouds.dns import RecordSet
from trove_resources.errors import CloudError, QuotaExceededError, RefusedError, ResourceFailedError, TransientError
from trove_resources.kinds import ResourceKind

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
    """The DNS records of instances, created by the operator's driver."""

    enabled = True

    def __init__(self, conf: cfg.ConfigOpts) -> None:
        self._conf = conf
        self._manager = DnsManager()

    def hostname(self, instance_id: str) -> str | None:
        """Return the instance's name from the operator's entry factory."""
        name: str | None = self._manager.determine_hostname(instance_id)
        return name

    def recordset(self, instance_id: str) -> RecordSet | None:
        """Return the record when Trove's driver is Designate's, with an account in the service user's project.

        Where ``ip_regex`` and ``black_list_regex`` filter addresses, Heat cannot choose the address: then None.
        """
        entry = self._manager.entry_factory.create_entry(instance_id)
        if not entry or self._designate(entry) is None or self._filters_addresses:
            return None
        if self._conf.dns_account_id != self._conf.service_credentials.project_id or not entry.dns_zone.id:
            return None
        return RecordSet(zone_id=entry.dns_zone.id, name=f"{entry.name}.", type=entry.type)

    def find(self, instance_id: str) -> list[str]:
        """Return the instance's name if there is a record for it.

        Trove's drivers have no such query. With Designate its client looks the name up. With another driver the record
        is assumed to exist; deleting one that does not exist does no harm.
        """
        entry = self._manager.entry_factory.create_entry(instance_id)
        if not entry:
            return []
        designate = self._designate(entry)
        return [entry.name] if designate is None else [entry.name for _ in self._rows(designate, entry)[:1]]

    def create(self, instance_id: str, addresses: Sequence[str]) -> None:
        """Create the record for the first visible address. An existing record is kept: it has the instance's name."""
        visible = [address for address in addresses if self._is_visible(address)]
        if not visible:
            fault = "the instance has no address that ip_regex allows"
            raise ResourceFailedError(
                kind=ResourceKind.DNS_RECORD, resource_id=instance_id, status="not created", fault=fault
            )
        request = f"create a recordset for {instance_id}"
        _forgive(
            _CONFLICT,
            lambda: self._ask(request, lambda: self._manager.create_instance_entry(instance_id, visible[0])),
        )

    def delete(self, instance_id: str) -> None:
        """Delete the record, if there is one.

        Trove's Designate driver only looks at the first page of the zone's records (20 of them, by Designate's
        ``default_limit_v2``). So its client looks the name up here.
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

        try:
            return self._ask(f"list recordsets {entry.name}", ask)
        except RefusedError as error:
            # A zone that does not exist has no records.
            if error.status != _NOT_FOUND:
                raise
            return []

    def _delete(self, designate: Any, entry: Any, recordset_id: str, request: str) -> None:
        def ask() -> None:
            designate.recordsets.delete(entry.dns_zone.id, recordset_id)

        _forgive(_NOT_FOUND, lambda: self._ask(request, ask))

    @property
    def _filters_addresses(self) -> bool:
        """Whether ``ip_regex`` and ``black_list_regex`` decide which addresses users see."""
        return bool(self._conf.ip_regex and self._conf.black_list_regex)

    def _is_visible(self, address: str) -> bool:
        if not self._filters_addresses:
            return True
        return bool(ip_visible(address, self._conf.ip_regex, self._conf.black_list_regex))

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

    Designate's client reads it from the body, which a proxy's answer does not have: then the exception's name decides.
    """
    known: Any = getattr(error, "code", None) or getattr(error, "http_status", None)
    return known if isinstance(known, int) else _NAMES.get(type(error).__name__)


def _forgive(status: int, call: Callable[[], None]) -> None:
    """Call, and ignore an error with this status."""
    try:
        call()
    except CloudError as error:
        if error.status != status:
            raise


def _refused(request: str, status: int, error: Exception) -> CloudError:
    said = str(error) or type(error).__name__
    kind = QuotaExceededError if status == _OVER_QUOTA else RefusedError
    return kind(service="DNS", request=request, status=status, said=said, request_id=getattr(error, "request_id", None))
