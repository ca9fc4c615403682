"""What Trove's guest agent reports, and the steps that ask it."""
