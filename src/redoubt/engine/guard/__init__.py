"""What the guard models say about a text: windows in, findings out. The network itself stands behind a port."""
