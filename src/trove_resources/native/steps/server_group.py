"""Server groups: an instance and its replicas, together or apart."""

from collections.abc import Callable, Sequence

from trove_resources import markers
from trove_resources.clouds.compute import Compute
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import CreateStep, Found, Step

Remove = Callable[[FlowContext, str], None]
"""Removes a server group, by its id."""


class CreateGroup(CreateStep):
    """Make the group, or take over the one there is."""

    kind = "server group"
    announces = "group_id"

    def __init__(self, compute: Compute, instance_id: str, policy: str) -> None:
        super().__init__("create_group/server_group/create", f"make the {policy} group", provides="group_id")
        self._compute, self._name, self._policy = compute, markers.server_group_name(instance_id), policy

    def execute(self, context: FlowContext) -> str:
        """Return the group's id."""
        return self.find_or_create(context, lambda: self._compute.create_group(self._name, self._policy))

    def find(self, context: FlowContext) -> Sequence[Found]:  # noqa: ARG002 - the name has the instance's id
        """Find it by its name: it has nothing else."""
        return [Found(group.id, of_task=True) for group in self._compute.find_groups(self._name)]

    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete it."""
        context.ensure_gone(lambda: self._compute.delete_group(resource_id))


class DeleteGroup(Step):
    """Delete the group, the instance's own or its source's, unless somebody else is in it.

    ``remove`` is for who knows that something else holds it.
    """

    def __init__(self, compute: Compute, instance_id: str, remove: Remove | None = None) -> None:
        super().__init__("delete_group/server_group/delete", "delete the server group")
        self._compute, self._instance_id = compute, instance_id
        self._remove = remove or self._delete

    def execute(self, context: FlowContext) -> None:
        """Delete every group the instance made, or is in, that has no other members."""
        name = markers.server_group_name(self._instance_id)
        groups = context.attempt(self._compute.groups)
        own = {server.id for server in context.attempt(lambda: self._compute.find_servers(self._instance_id))}
        for group in groups:
            members = set(group.member_ids)
            ours = group.name == name or (members & own and markers.is_server_group_name(group.name))
            if ours and members <= own:
                self._remove(context, group.id)

    def _delete(self, context: FlowContext, group_id: str) -> None:
        context.ensure_gone(lambda: self._compute.delete_group(group_id))
