"""The providers' wire protocols: from their JSON to segments and back, without a socket."""
