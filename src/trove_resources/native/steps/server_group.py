"""Server groups: an instance and its replicas on the same host, or on different ones."""

from collections.abc import Callable, Sequence

from trove_resources import markers
from trove_resources.clouds.compute import Compute
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import CreateStep, Found, Step, found_id
from trove_resources.inventory import InstanceRef
from trove_resources.kinds import ResourceKind

Remove = Callable[[FlowContext, str], None]
"""Removes what another engine holds of a server group, by the group's id."""


class CreateGroup(CreateStep[str]):
    """Create the group, or take over the existing one. Provides ``group_id``."""

    kind = ResourceKind.SERVER_GROUP
    announces = "group_id"

    def __init__(self, compute: Compute, instance: InstanceRef, policy: str) -> None:
        super().__init__("create_group/server_group/create", f"create the {policy} group", provides="group_id")
        self._compute, self._policy = compute, policy
        self._name = markers.server_group_name(instance.instance_id)

    def execute(self, context: FlowContext) -> str:
        """Return the group's id."""
        return self.find_or_create(context, lambda: self._compute.create_group(self._name, self._policy))

    def find(self, context: FlowContext, **_: object) -> Sequence[Found[str]]:  # noqa: ARG002 - the name has the instance's id
        """Find it by its name: a server group has no other place for a marker."""
        return [found_id(group.id, of_task=True) for group in self._compute.find_groups(self._name)]

    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete it."""
        context.ensure_gone(lambda: self._compute.delete_group(resource_id))


class DeleteGroup(Step):
    """Delete the group that the instance created or is a member of, unless it has other members.

    ``first`` is called with the group's id before Nova is asked to delete the group.
    """

    kind = ResourceKind.SERVER_GROUP

    def __init__(self, compute: Compute, instance: InstanceRef, first: Remove | None = None) -> None:
        super().__init__("delete_group/server_group/delete", "delete the server group")
        self._compute, self._instance, self._first = compute, instance, first

    def execute(self, context: FlowContext) -> None:
        """Delete every such group."""
        instance_id = self._instance.instance_id
        name = markers.server_group_name(instance_id)
        groups = context.attempt(self._compute.groups)
        own = {server.id for server in context.attempt(lambda: self._compute.find_servers(instance_id))}
        # Servers of stock Trove before release 26 have no tags: the row knows them.
        own |= {self._instance.server_id} if self._instance.server_id else set()
        for group in groups:
            members = set(group.member_ids)
            ours = group.name == name or (members & own and markers.is_server_group_name(group.name))
            if ours and members <= own:
                self._delete(context, group.id)

    def _delete(self, context: FlowContext, group_id: str) -> None:
        if self._first is not None:
            self._first(context, group_id)
        context.ensure_gone(lambda: self._compute.delete_group(group_id))
