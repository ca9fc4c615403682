"""The control API's table of routes."""

from trove_lab.cloud.control import knobs
from trove_lab.cloud.http import Route

ROUTES = (
    Route("POST", "/reset", knobs.reset),
    Route("GET", "/durations", knobs.show_durations),
    Route("POST", "/durations", knobs.set_durations),
    Route("GET", "/faults", knobs.list_faults),
    Route("POST", "/faults", knobs.add_fault),
    Route("DELETE", "/faults", knobs.remove_faults),
    Route("DELETE", "/faults/<int:fault_id>", knobs.remove_faults),
    Route("GET", "/requests", knobs.list_requests),
    Route("DELETE", "/requests", knobs.clear_requests),
    Route("GET", "/inventory", knobs.show_inventory),
    Route("GET", "/events", knobs.list_events),
    Route("GET", "/guests", knobs.list_guests),
    Route("POST", "/guests", knobs.add_guest),
    Route("DELETE", "/guests", knobs.clear_guests),
    Route("POST", "/guests/meet", knobs.meet_guest),
)
