"""Reading flows."""

from taskflow.flow import Flow


def step_names(flow: Flow) -> list[str]:
    """Return the names of all steps of a flow, sorted."""
    names: list[str] = []
    for node, _ in flow.iter_nodes():
        if isinstance(node, Flow):
            names += step_names(node)
        else:
            names.append(node.name)
    return sorted(names)
