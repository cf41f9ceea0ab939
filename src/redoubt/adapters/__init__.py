"""The only rooms with disks, sockets and clocks."""
