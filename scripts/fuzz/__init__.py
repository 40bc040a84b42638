"""A campaign of damaged and hostile model folders, configs, corpus cards and lines; see `scripts.fuzz.command_line`."""
