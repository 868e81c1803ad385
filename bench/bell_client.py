"""Rings a hub's door as many stores at once would, from a process of its own, and prints what the answers cost.

`python bench/bell_client.py URL SECRET BELLS CALLERS DEALS`: so many callers, each with a connection that it keeps,
ring for so many orders in turn, each bell signed as a WooCommerce signs. Prints JSON: seconds from the first bell to
the last answer, the milliseconds of each answer's wait at the median and at 99 %, and how many were not answered 200.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import sys
import time
from urllib.parse import urlsplit


def signed(url: str, secret: str, order: int) -> bytes:
    """Return one whole request: a webhook of an updated order of about two kilobytes."""
    line = {"id": 1, "name": "Mug", "product_id": 7, "quantity": 2, "total": "298.00", "meta_data": []}
    body = json.dumps({"id": order, "status": "processing", "line_items": [line] * 16}).encode()
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    parts = urlsplit(url)
    head = [
        f"POST {parts.path} HTTP/1.1",
        f"Host: {parts.netloc}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "X-WC-Webhook-Topic: order.updated",
        f"X-WC-Webhook-Signature: {signature}",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


async def call(url: str, requests: list[bytes], waits: list[float]) -> int:
    """Send requests one after the other over one connection; return how many were not answered 200."""
    parts, refused = urlsplit(url), 0
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    for request in requests:
        began = time.perf_counter()
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        waits.append(time.perf_counter() - began)
        refused += b" 200 " not in head.split(b"\r\n")[0]
    writer.close()
    await writer.wait_closed()
    return refused


async def main(url: str, secret: str, bells: int, callers: int, orders: int) -> None:
    """Ring, and print what it cost."""
    requests = [signed(url, secret, number % orders + 1) for number in range(bells)]
    waits: list[float] = []
    began = time.perf_counter()
    refused = sum(await asyncio.gather(*(call(url, requests[one::callers], waits) for one in range(callers))))
    seconds = time.perf_counter() - began
    waits.sort()
    told = {"seconds": seconds, "median": waits[len(waits) // 2] * 1000, "p99": waits[len(waits) * 99 // 100] * 1000}
    print(json.dumps({**told, "refused": refused}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])))
