"""What people and programs read: records, the terminal's summary. Made from outcomes alone."""
