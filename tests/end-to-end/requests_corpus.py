"""Requests that two programs could read as two, or as different ones, and what must come of each.

A row is a name, the bytes and the statuses of the answers, after which the connection is closed;
OPEN after them says that it stays open. In the bytes, AUTH is the header of a partner that
may push, INNER a whole request of its that pushes an event: nothing of the corpus may run it,
unless the row says so by a 200. {…} are lengths of INNER, in decimal or hexadecimal digits.
"""

OPEN = "open"
LAST = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"  # ends an open one
GET = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
POST = b"POST /v1/events HTTP/1.1\r\nHost: a\r\nAUTHContent-Type: application/json\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
BATCH = b'{"events":[{}]}'  # 15 bytes; its event is rejected
TWO = b"0\r\n\r\n"

# What is said of the end of a body, once of the one kind and once of the other: whoever reads one
# of them takes INNER for a body or a part of it, whoever reads the other for a request.
ENDS = {
    "a length and chunks": b"Content-Length: {5+}\r\nTransfer-Encoding: chunked\r\n",
    "chunks and a length": b"Transfer-Encoding: chunked\r\nContent-Length: {5+}\r\n",
    "a length and folded chunks": b"Content-Length: {5+}\r\nTransfer-Encoding:\r\n chunked\r\n",
    "a length and chunks in a folded header": b"Content-Length: {5+}\r\nX: y\r\n"
                                              b" Transfer-Encoding: chunked\r\n",
    "a length and chunks after a bare LF": b"Content-Length: {5+}\r\nX: y\n"
                                           b"Transfer-Encoding: chunked\r\n",
    "a length and chunks after a bare CR": b"Content-Length: {5+}\r\nX: y\r"
                                           b"Transfer-Encoding: chunked\r\n",
    "a length and chunks after a NUL": b"Content-Length: {5+}\r\nX: y\0\r\n"
                                       b"Transfer-Encoding: chunked\r\n",
    "a length and chunks before a space": b"Content-Length: {5+}\r\nTransfer-Encoding : chunked\r\n",
    "a length and chunks before a tab": b"Content-Length: {5+}\r\nTransfer-Encoding\t: chunked\r\n",
    "a length and chunks with a NUL": b"Content-Length: {5+}\r\nTransfer-Encoding: chunked\0\r\n",
    "a length and chunks with a vertical tab": b"Content-Length: {5+}\r\n"
                                               b"Transfer-Encoding: \x0bchunked\r\n",
    "two lengths": b"Content-Length: 5\r\nContent-Length: {5+}\r\n",
    "the same length twice": b"Content-Length: {5+}\r\nContent-Length: {5+}\r\n",
    "two lengths in one header": b"Content-Length: 5, {5+}\r\n",
    "a folded length": b"Content-Length:\r\n {5+}\r\n",
    "a length that goes on": b"Content-Length: 5\r\n {5+}\r\n",
    "a length before a space": b"Content-Length : {5+}\r\n",
    "a length before a tab": b"Content-Length\t: {5+}\r\n",
    "a length with a plus": b"Content-Length: +{5+}\r\n",
    "a length with a minus": b"Content-Length: -{5+}\r\n",
    "a length in hexadecimal digits": b"Content-Length: 0x{5+h}\r\n",
    "a length of two numbers": b"Content-Length: 5 {5+}\r\n",
    "a length with a vertical tab": b"Content-Length: \x0b{5+}\r\n",
    "a length that is too long": b"Content-Length: 18446744073709551621\r\n",
    "a length without digits": b"Content-Length:\r\n",
    "a length of another name": b"Content-Length\0: {5+}\r\n",
    "a length in a name with a space": b" Content-Length: {5+}\r\n",
    "chunks twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    "chunks and none": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    "chunks, then none": b"Transfer-Encoding: chunked, identity\r\n",
    "none, then chunks": b"Transfer-Encoding: identity, chunked\r\n",
    "gzip, then chunks": b"Transfer-Encoding: gzip, chunked\r\n",
    "something like chunks": b"Transfer-Encoding: xchunked\r\n",
    "quoted chunks": b'Transfer-Encoding: "chunked"\r\n',
    "chunks with a parameter": b"Transfer-Encoding: chunked;a=b\r\n",
    "an encoding without a name": b"Transfer-Encoding:\r\n",
    "an encoding that is none": b"Transfer-Encoding: identity\r\n",
}

# How the chunks of a body can be told in two ways; INNER follows where one of them has an end.
CHUNKS = {
    "a size before a bare LF": b"f\n" + BATCH + b"\r\n" + TWO,
    "a size before a bare CR": b"f\r" + BATCH + b"\r\n" + TWO,
    "a chunk before a bare LF": b"f\r\n" + BATCH + b"\n" + TWO,
    "a chunk that is longer than its size": b"e\r\n" + BATCH + b"\r\n" + TWO,
    "a size with a plus": b"+f\r\n" + BATCH + b"\r\n" + TWO,
    "a size with a minus": b"-f\r\n" + BATCH + b"\r\n" + TWO,
    "a size with 0x": b"0xf\r\n" + BATCH + b"\r\n" + TWO,
    "a size after a space": b" f\r\n" + BATCH + b"\r\n" + TWO,
    "a size before a space": b"f \r\n" + BATCH + b"\r\n" + TWO,
    "a size with something behind it": b"fx\r\n" + BATCH + b"\r\n" + TWO,
    "a size that is too long": b"1000000000000000f\r\n" + BATCH + b"\r\n" + TWO,
    "no size": b"\r\n" + BATCH + b"\r\n" + TWO,
    "an extension": b"f;a=b\r\n" + BATCH + b"\r\n" + TWO,
    "an extension with a bare LF": b"f;a\nb\r\n" + BATCH + b"\r\n" + TWO,
    "an extension with INNER": b"f;a\r\n" + BATCH + b"\r\n0;\nINNER" + TWO,
    "a last chunk before a bare LF": b"f\r\n" + BATCH + b"\r\n0\n\r\n",
    "a last chunk and a bare LF": b"f\r\n" + BATCH + b"\r\n0\r\n\n",
    "a length in a trailer": b"f\r\n" + BATCH + b"\r\n0\r\nContent-Length: {0+}\r\n\r\n",
    "a host in a trailer": b"f\r\n" + BATCH + b"\r\n0\r\nHost: b\r\n\r\n",
    "a token in a trailer": b"f\r\n" + BATCH + b"\r\n0\r\nAUTH\r\n",
}

# A first line that two programs could understand differently, or that none should.
FIRST_LINES = {
    "a NUL in the path": b"GET /healthz\0x HTTP/1.1",
    "an escaped NUL in the path": b"GET /healthz%00x HTTP/1.1",
    "an escaped NUL in the query": b"GET /v1/indicators?as_of=%00 HTTP/1.1",
    "an escape that is none": b"GET /healthz?%zz HTTP/1.1",
    "half an escape": b"GET /healthz?% HTTP/1.1",
    "a backslash": b"GET /\\healthz HTTP/1.1",
    "a fragment": b"GET /healthz#x HTTP/1.1",
    "an escaped letter": b"GET /%68ealthz HTTP/1.1",
    "an escaped slash": b"GET %2fhealthz HTTP/1.1",
    "an escaped slash in a route": b"GET /v1%2flog HTTP/1.1",
    "an escaped route with an id": b"GET /v1/%65vents/x HTTP/1.1",
    "two spaces before the path": b"GET  /healthz HTTP/1.1",
    "two spaces behind the path": b"GET /healthz  HTTP/1.1",
    "a tab before the path": b"GET\t/healthz HTTP/1.1",
    "a tab behind the path": b"GET /healthz\tHTTP/1.1",
    "a space behind the version": b"GET /healthz HTTP/1.1 ",
    "a space before the method": b" GET /healthz HTTP/1.1",
    "an empty line before it": b"\r\nGET /healthz HTTP/1.1",
    "a path without its slash": b"GET healthz HTTP/1.1",
    "no version": b"GET /healthz",
    "a version of before": b"GET /healthz HTTP/0.9",
    "a version in lower case": b"GET /healthz http/1.1",
    "a version that is not known": b"GET /healthz HTTP/1.2",
    "a version of two digits": b"GET /healthz HTTP/1.10",
    "HTTP/2": b"PRI * HTTP/2.0",
    "an asterisk": b"OPTIONS * HTTP/1.1",
    "CONNECT": b"CONNECT a:80 HTTP/1.1",
    "another host in the target": b"GET http://b/healthz HTTP/1.1",
    "somebody in the target": b"GET http://a@a/healthz HTTP/1.1",
    "a method that is no token": b"G(T /healthz HTTP/1.1",
}

# Headers of GET /healthz, whose Host is in the row.
HEADERS = {
    "no host": b"",
    "two hosts": b"Host: a\r\nHost: b\r\n",
    "the same host twice": b"Host: a\r\nHost: a\r\n",
    "hosts in one header": b"Host: a, b\r\n",
    "a path in the host": b"Host: a/b\r\n",
    "somebody in the host": b"Host: a@b\r\n",
    "a space in the first header": b" Host: a\r\n",
    "a folded header": b"Host: a\r\nX: y\r\n z\r\n",
    "a folded empty header": b"Host: a\r\nX:\r\n\ty\r\n",
    "a folded host": b"Host:\r\n a\r\n",
    "a NUL in a value": b"Host: a\r\nX: y\0z\r\n",
    "a NUL in a name": b"Host: a\r\nX\0: y\r\n",
    "a control character in a value": b"Host: a\r\nX: \x01\r\n",
    "a bare LF": b"Host: a\nX: y\r\n",
    "a bare CR": b"Host: a\rX: y\r\n",
    "two CRs": b"Host: a\r\r\n",
    "a name without a colon": b"Host: a\r\nX\r\n",
    "a colon without a name": b"Host: a\r\n: y\r\n",
    "two tokens": b"Host: a\r\nAuthorization: Bearer x\r\nAuthorization: Bearer y\r\n",
    "an expectation without a body": b"Host: a\r\nExpect: 100-continue\r\n",
    "another expectation": b"Host: a\r\nExpect: y 100-continue\r\nContent-Length: 1\r\n",
}

CORPUS = (
    [(name, POST + lines + b"\r\n" + TWO + b"INNER", [400]) for name, lines in ENDS.items()]
    + [(name, CHUNKED + chunks + b"INNER", [400]) for name, chunks in CHUNKS.items()]
    + [(name, line + b"\r\nHost: a\r\n\r\nINNER", [400]) for name, line in FIRST_LINES.items()]
    + [(name, b"GET /healthz HTTP/1.1\r\n" + lines + b"\r\nINNER", [400])
       for name, lines in HEADERS.items()]
    + [
        ("lines that end with LF", b"GET /healthz HTTP/1.1\nHost: a\n\nINNER", [400]),
        ("the end of the headers is LF", GET + b"\nINNER", [400]),
        ("chunks in HTTP/1.0", POST.replace(b"HTTP/1.1", b"HTTP/1.0")
         + b"Transfer-Encoding: chunked\r\n\r\n" + TWO + b"INNER", [400]),
        ("a body where none is taken", GET + b"Content-Length: {0+}\r\n\r\nINNER", [400]),
        ("chunks where none are taken", GET + b"Transfer-Encoding: chunked\r\n\r\n{0+h}\r\nINNER"
         b"\r\n" + TWO, [400]),
        ("what is wrong behind what is right", GET + b"\r\n" + GET + b"X: y\r\n z\r\n\r\nINNER",
         [200, 400]),
        ("what is wrong behind the last", GET + b"Connection: close\r\n\r\n" + GET
         + b"X: y\r\n z\r\n\r\nINNER", [200]),
        ("a greeting of TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100), [400]),
        # What is plain goes on, and what it has is answered once.
        ("a length in capitals", POST.replace(b"\r\nHost", b"\r\nHOST")
         + b"CONTENT-LENGTH: 0015\r\n\r\n" + BATCH + GET + b"\r\n", [200, 200, OPEN]),
        ("chunks", CHUNKED + b"4\r\n" + BATCH[:4] + b"\r\n00b\r\n" + BATCH[4:] + b"\r\n" + TWO
         + GET + b"\r\n", [200, 200, OPEN]),
        ("the host in the target", b"GET http://A/healthz HTTP/1.1\r\nHost: a\r\n\r\n",
         [200, OPEN]),
        ("an offer of HTTP/2", GET + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
         b"HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n", [200, OPEN]),
        ("a method in lower case", b"get /healthz HTTP/1.1\r\nHost: a\r\n\r\n", [405, OPEN]),
        ("a slash at the end", b"GET /healthz/ HTTP/1.1\r\nHost: a\r\n\r\n", [404, OPEN]),
        ("two slashes", b"GET //healthz HTTP/1.1\r\nHost: a\r\n\r\n", [404, OPEN]),
        ("an empty segment", b"GET /v1//log HTTP/1.1\r\nHost: a\r\n\r\n", [404, OPEN]),
        ("a segment of dots", b"GET /v1/../healthz HTTP/1.1\r\nHost: a\r\n\r\n", [404, OPEN]),
        ("a segment of a dot", b"GET /./healthz HTTP/1.1\r\nHost: a\r\n\r\n", [404, OPEN]),
        ("another scheme", b"GET ftp://a/healthz HTTP/1.1\r\nHost: a\r\n\r\n", [404, OPEN]),
        ("a parameter twice", b"GET /v1/indicators?as_of=2026-06-30&as_of=2026-03-31 HTTP/1.1\r\n"
         b"Host: a\r\n\r\n", [400, OPEN]),
        ("one request behind another", POST + b"Content-Length: 15\r\n\r\n" + BATCH + b"INNER",
         [200, 200, OPEN]),
    ])


def filled(data, auth, inner):
    """The bytes of a row."""
    for more in (0, 5):
        size = len(inner) + more
        data = data.replace(b"{%d+}" % more, b"%d" % size).replace(b"{%d+h}" % more, b"%x" % size)
    return data.replace(b"AUTH", auth).replace(b"INNER", inner)


def inner_of(auth, body):
    """A whole request that pushes."""
    return filled(POST, auth, b"") + b"Content-Length: %d\r\n\r\n" % len(body) + body
