"""The `redoubt` command."""
