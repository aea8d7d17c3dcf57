"""The explorer: a web page on which a protocol or a stored sweep is changed by hand and seen to respond."""
