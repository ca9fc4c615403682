"""Resources that Heat updates, or fails to update, and never puts another in the place of."""

from typing import Any, NoReturn

from heat.common import exception
from heat.engine import resource


class Kept(resource.Resource):
    """Stands before a class of heat's, and takes from it every way to a replacement."""

    always_replace_on_check_failed = False

    def needs_replace_failed(self) -> bool:
        """Say that a failed resource is kept, unless there is none: its creation got no id."""
        return not self.resource_id

    def needs_replace_with_prop_diff(self, *_: Any) -> bool:
        """Say that no policy makes a change of a property a replacement."""
        return False

    def get_live_state(self, _properties: Any) -> dict[str, Any]:
        """Leave properties as they are written: Heat replaces what it does not find when it observes."""
        return {}

    def _check_for_convergence_replace(self, _restricted: Any) -> NoReturn:
        self._refuse("its type cannot change: that would be another resource")

    def _needs_update(  # noqa: PLR0917 - heat's own signature, called by position
        self,
        after: Any,
        before: Any,
        after_props: Any,
        before_props: Any,
        prev_resource: Any,
        check_init_complete: bool = True,  # noqa: FBT001, FBT002
    ) -> bool:
        # Called for every update; without the last argument, for a preview, which writes nothing.
        if check_init_complete and self.resource_id:
            self._check_changes(after_props, before_props)
        return bool(super()._needs_update(after, before, after_props, before_props, prev_resource, check_init_complete))

    def _check_changes(self, after_props: Any, before_props: Any) -> None:
        """Refuse changes that heat's own class makes by a replacement."""
        try:
            self.update_template_diff_properties(after_props, before_props)
        except resource.UpdateReplace:
            allowed = self.calc_update_allowed(after_props)
            fixed = sorted(
                name for name in after_props if name not in allowed and _differ(name, after_props, before_props)
            )
            self._refuse(f"{', '.join(fixed)} cannot change: {self.resource_id} would have to be replaced")

    def _refuse(self, reason: str) -> NoReturn:
        """Fail the update before anything is done. Heat writes no event of what fails so early."""
        failure = exception.ResourceFailure(exception.Error(reason), self, self.UPDATE)
        self._add_event(self.UPDATE, self.FAILED, reason)
        raise failure


def _differ(name: str, after_props: Any, before_props: Any) -> bool:
    try:
        return bool(before_props.get(name) != after_props.get(name))
    except (TypeError, ValueError):
        return True
