"""An HTTP/1.1 client for servers that nobody vouches for: certificates checked, redirects never followed, all bounded."""
