"""The control API's table of routes."""

from trove_lab.cloud.control import handlers
from trove_lab.cloud.http import Route

ROUTES = (
    Route("POST", "/reset", handlers.reset),
    Route("GET", "/durations", handlers.show_durations),
    Route("POST", "/durations", handlers.set_durations),
    Route("GET", "/faults", handlers.list_faults),
    Route("POST", "/faults", handlers.add_fault),
    Route("DELETE", "/faults", handlers.remove_faults),
    Route("DELETE", "/faults/<int:fault_id>", handlers.remove_faults),
    Route("GET", "/requests", handlers.list_requests),
    Route("DELETE", "/requests", handlers.clear_requests),
    Route("GET", "/inventory", handlers.show_inventory),
    Route("GET", "/events", handlers.list_events),
    Route("GET", "/guests", handlers.list_guests),
    Route("POST", "/guests", handlers.add_guest),
    Route("DELETE", "/guests", handlers.clear_guests),
    Route("POST", "/guests/meet", handlers.meet_guest),
)
