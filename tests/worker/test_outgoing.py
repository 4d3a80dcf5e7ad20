"""Requests of ours reach public addresses alone: all of a name's are asked, and the one that was asked is used."""

from __future__ import annotations

import http.server
import ipaddress
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from confapp.worker.outgoing import Refused, checked, is_allowed, networks, post

LOCAL = networks("127.0.0.0/8, ::1/128")


@pytest.mark.parametrize(
    "address",
    "127.0.0.1 10.0.0.1 "
    "172.16.0.1 192.168.1.1 169.254.169.254 0.0.0.0 100.64.0.1 224.0.0.1 255.255.255.255 192.0.2.1 "
    "::1 :: fe80::1 fc00::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 "
    "2002:7f00:1:: 64:ff9b::7f00:1 64:ff9b::a00:1".split(),
)
def test_private_addresses_are_refused(address: str) -> None:
    assert not is_allowed(ipaddress.ip_address(address), [])


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_public_addresses_are_taken(address: str) -> None:
    assert is_allowed(ipaddress.ip_address(address), [])


def test_networks_can_be_opened() -> None:
    assert is_allowed(ipaddress.ip_address("10.1.2.3"), networks("10.1.0.0/16,fd00::/8"))
    assert not is_allowed(ipaddress.ip_address("10.2.2.3"), networks("10.1.0.0/16"))
    assert networks("") == []


def test_one_private_address_among_many_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    def names(*_rest: Any, **_more: Any) -> Any:
        return [(0, 0, 0, "", ("93.184.216.34", 443)), (0, 0, 0, "", ("10.0.0.1", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", names)
    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        checked("rebinding.example", 443, [])


class Receiver(http.server.BaseHTTPRequestHandler):
    """Keeps what it was sent and answers what it was told to."""

    got: list[tuple[str, dict[str, str], bytes]] = []
    status = 200

    def do_POST(self) -> None:
        """Take it."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Receiver.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(Receiver.status)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *_words: Any) -> None:
        """Quietly."""


@pytest.fixture
def receiver() -> Iterator[str]:
    """The address of a program that is sent things; it listens on this machine alone."""
    Receiver.got, Receiver.status = [], 200
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_body_arrives_and_redirects_are_not_followed(receiver: str) -> None:
    Receiver.status = 302
    assert post(f"{receiver}/hook?a=1", b"{}", {"X-Test": "yes"}, allowed=LOCAL) == 302
    ((path, headers, body),) = Receiver.got
    assert (path, headers["x-test"], body) == ("/hook?a=1", "yes", b"{}")


def test_nothing_is_sent_to_a_private_address(receiver: str) -> None:
    for url in (receiver, receiver.replace("127.0.0.1", "localhost"), "ftp://example.org/", "http://"):
        with pytest.raises(Refused):
            post(url, b"{}", {}, allowed=[])
    assert Receiver.got == []


def test_the_name_is_asked_once_and_its_address_kept(receiver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: what a second look-up would say does not matter."""
    port = int(receiver.rpartition(":")[2])
    told = iter(["127.0.0.1"])

    def names(*_rest: Any, **_more: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(told), port))]

    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **more: names() if host == "a.example" else real(host, *rest, **more),
    )
    assert post(f"http://a.example:{port}/", b"", {"Content-Length": "0"}, allowed=LOCAL) == 200
    assert Receiver.got[0][1]["host"] == f"a.example:{port}"
