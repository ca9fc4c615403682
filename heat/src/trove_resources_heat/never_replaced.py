"""A mixin for resources that Heat updates, or fails to update, but never replaces."""

from typing import Any, NoReturn

from heat.common import exception
from heat.engine import resource


class NeverReplaced(resource.Resource):
    """Precedes one of Heat's resource classes, and closes every path to a replacement."""

    always_replace_on_check_failed = False

    def needs_replace_failed(self) -> bool:
        """Return True only for a failed resource that has no physical id, because its creation returned none."""
        return not self.resource_id

    def needs_replace_with_prop_diff(self, *_: Any) -> bool:
        """Return False: no update policy turns a property change into a replacement."""
        return False

    def get_live_state(self, _properties: Any) -> dict[str, Any]:
        """Return nothing, so that stored properties stay: Heat replaces a resource that it observes to be missing."""
        return {}

    def _check_for_convergence_replace(self, _restricted: Any) -> NoReturn:
        self._reject("its type cannot change: that would replace the resource")

    def _needs_update(  # noqa: PLR0917 - Heat's own signature, called by position
        self,
        after: Any,
        before: Any,
        after_props: Any,
        before_props: Any,
        prev_resource: Any,
        check_init_complete: bool = True,  # noqa: FBT001, FBT002
    ) -> bool:
        # Heat calls this for every update. It passes check_init_complete=False for a preview, which writes nothing.
        if check_init_complete and self.resource_id:
            self._check_changes(after_props, before_props)
        return bool(super()._needs_update(after, before, after_props, before_props, prev_resource, check_init_complete))

    def _check_changes(self, after_props: Any, before_props: Any) -> None:
        """Reject changes that Heat's own class can only make by a replacement."""
        try:
            self.update_template_diff_properties(after_props, before_props)
        except resource.UpdateReplace:
            allowed = self.calc_update_allowed(after_props)
            fixed = sorted(
                name for name in after_props if name not in allowed and _differ(name, after_props, before_props)
            )
            self._reject(f"{', '.join(fixed)} cannot change: {self.resource_id} would have to be replaced")

    def _reject(self, reason: str) -> NoReturn:
        """Fail the update before it changes anything. Heat writes no event for such an early failure, so write one."""
        failure = exception.ResourceFailure(exception.Error(reason), self, self.UPDATE)
        self._add_event(self.UPDATE, self.FAILED, reason)
        raise failure


def _differ(name: str, after_props: Any, before_props: Any) -> bool:
    try:
        return bool(before_props.get(name) != after_props.get(name))
    except (TypeError, ValueError):
        return True
