"""Streams: threads, buffers and files around the blocks. Read `encoder.stream.encoder` or `encoder.stream.decoder`
first.
"""
