"""かけっこ堂: a small shop whose pages ask Omotenashi what to show. `_page` is where it happens."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

import somebody
from catalogue import CATEGORIES, PRODUCTS, Product, in_category, matching
from omo_client import Answer, OmoClient
from pages import Pages
from somebody import Somebody

HERE = Path(__file__).parent
VISITOR_COOKIE = "omo_vid"
_THIRTEEN_MONTHS_SECONDS = 395 * 24 * 3600
_POPULAR = ("asagake", "fuwari", "hajime", "yamabiko")
_THREE_SHOES = ("asagake", "fuwari", "hayate")
_SHOE_FOR_THE_CART = "fuwari"


class Settings(msgspec.Struct, frozen=True):
    omo_url: str = "http://127.0.0.1:8700"
    omo_key: str = ""
    port: int = 8701


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Return the settings of OMO_URL, OMO_KEY and SHOP_PORT."""
    named = {"omo_url": "OMO_URL", "omo_key": "OMO_KEY", "port": "SHOP_PORT"}
    stated = {name: environment[variable] for name, variable in named.items() if environment.get(variable)}
    return msgspec.convert(stated, type=Settings, strict=False)


def create_app(settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> Starlette:
    """Return the shop. Tests may pass a transport that stands for the service."""
    shop = Shop(OmoClient(settings.omo_url, settings.omo_key, transport), Pages(HERE / "templates"))
    routes = [
        Route("/", shop.home),
        Route("/search", shop.search),
        Route("/member/", shop.member),
        Route("/cart/", shop.cart),
        Route("/cart/add", shop.add_to_cart, methods=["POST"]),
        Route("/cart/buy", shop.buy, methods=["POST"]),
        Route("/somebody", shop.be_somebody, methods=["POST"]),
        Route("/images/{slug}.svg", shop.picture),
        Mount("/static", StaticFiles(directory=HERE / "static")),
        Route("/{category}/", shop.category),
        Route("/{category}/{slug}", shop.product),
    ]
    return Starlette(routes=routes, exception_handlers={404: shop.not_found}, lifespan=shop.open)


class Shop:
    def __init__(self, omo: OmoClient, pages: Pages) -> None:
        self._omo = omo
        self._pages = pages

    @contextlib.asynccontextmanager
    async def open(self, _: Starlette) -> AsyncIterator[None]:
        yield
        await self._omo.close()

    async def home(self, request: Request) -> Response:
        return await self._page(request, "home.html", jacket=PRODUCTS["kirisame"])

    async def category(self, request: Request) -> Response:
        category = CATEGORIES.get(request.path_params["category"])
        if category is None:
            raise HTTPException(404)
        products = in_category(category.slug)
        return await self._page(request, "category.html", tags=[category.slug], category=category, products=products)

    async def product(self, request: Request) -> Response:
        product = PRODUCTS.get(request.path_params["slug"])
        if product is None or product.category != request.path_params["category"]:
            raise HTTPException(404)
        event = {"event": "view_item", "items": [_item(product)]}
        return await self._page(request, "product.html", tags=[product.category], events=[event], product=product)

    async def member(self, request: Request) -> Response:
        return await self._page(request, "member.html")

    async def search(self, request: Request) -> Response:
        words = request.query_params.get("q", "").strip()
        return await self._page(request, "search.html", words=words, products=matching(words))

    async def cart(self, request: Request) -> Response:
        return await self._page(request, "cart.html", lines=_in_cart(_person(request)))

    async def not_found(self, request: Request, _: Exception) -> Response:
        return await self._page(request, "not_found.html", status=404)

    async def _page(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        tags: Sequence[str] = (),
        events: Sequence[Mapping[str, Any]] = (),
        **context: object,
    ) -> Response:
        """Ask once for all blocks of the page, render it with what came back, and keep the visitor's id."""
        person = _person(request)
        blocks = self._pages.blocks_of(template)
        page = somebody.page_of(person, str(request.url), request.headers.get("referer", ""))
        answer = await self._omo.decide(
            _who(request, person)
            | {
                "blocks": blocks,
                "page": page | {"tags": tags},
                "client": _client(request, person),
                "events": [{"event": "page_view"}, *events],
            },
        )
        context |= {"answer": answer, "blocks": blocks, "person": person, "request": request, "somebody": somebody}
        html = self._pages.render(template, **context, categories=CATEGORIES, popular=_products(_POPULAR))
        response = HTMLResponse(html, status, headers={"Cache-Control": "private, no-store"})
        _keep_visitor_id(request, response, answer)
        return response

    async def add_to_cart(self, request: Request) -> Response:
        form = await _form(request)
        product = PRODUCTS.get(form.get("slug", ""))
        if product is None:
            raise HTTPException(404)
        return await self._put_into_cart(request, product, "/cart/")

    async def _put_into_cart(self, request: Request, product: Product, then: str) -> Response:
        person = _person(request)
        await self._record(request, person, [{"event": "add_to_cart", "items": [_item(product)]}])
        return _go(then, somebody.with_item(person, product.slug))

    async def buy(self, request: Request) -> Response:
        person = _person(request)
        items = [_item(product) for product in _in_cart(person)]
        if items:
            order = {"event": "purchase", "transaction_id": secrets.token_hex(8), "items": items, "currency": "JPY"}
            await self._record(request, person, [order])
        return _go("/cart/", msgspec.structs.replace(person, cart=()))

    async def be_somebody(self, request: Request) -> Response:
        """Take a form of the strip and go back to the page it stood on."""
        form = await _form(request)
        person, back = _person(request), _own_path(form.get("back", ""))
        match form.get("do"):
            case "look_at_three_shoes":
                await self._record(request, person, [e for shoe in _products(_THREE_SHOES) for e in _looked_at(shoe)])
                return _go(back, person)
            case "put_shoe_into_cart":
                return await self._put_into_cart(request, PRODUCTS[_SHOE_FOR_THE_CART], back)
            case "start_over":
                response = _go(back, Somebody())
                response.delete_cookie(VISITOR_COOKIE)
                return response
        return _go(back, somebody.changed(person, form))

    async def _record(self, request: Request, person: Somebody, events: Sequence[Mapping[str, Any]]) -> None:
        if person.consent:
            await self._omo.record(_who(request, person) | {"events": events})

    async def picture(self, request: Request) -> Response:
        product = PRODUCTS.get(request.path_params["slug"])
        if product is None:
            raise HTTPException(404)
        svg = self._pages.render("picture.svg", product=product)
        return Response(svg, media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=3600"})


def _person(request: Request) -> Somebody:
    return somebody.from_cookie(request.cookies.get(somebody.COOKIE))


def _who(request: Request, person: Somebody) -> dict[str, Any]:
    visitor: dict[str, Any] = {"consent": somebody.consent_of(person)}
    if visitor_id := request.cookies.get(VISITOR_COOKIE):
        visitor["id"] = visitor_id
    member = somebody.member_of(person)
    return {"visitor": visitor, "member": member} if member else {"visitor": visitor}


def _client(request: Request, person: Somebody) -> dict[str, str]:
    return {
        "ip": request.client.host if request.client else "",
        "user_agent": request.headers.get("user-agent", ""),
        "accept_language": request.headers.get("accept-language", ""),
    } | somebody.place_of(person)


def _keep_visitor_id(request: Request, response: Response, answer: Answer) -> None:
    if answer.visitor is None:
        return
    if answer.visitor.new and answer.visitor.id:
        age = _THIRTEEN_MONTHS_SECONDS
        response.set_cookie(VISITOR_COOKIE, answer.visitor.id, max_age=age, httponly=True, samesite="lax")
    elif answer.visitor.id is None and VISITOR_COOKIE in request.cookies:
        response.delete_cookie(VISITOR_COOKIE)


def _item(product: Product) -> dict[str, Any]:
    return {"item_id": product.slug, "item_category": product.category, "price": product.price, "quantity": 1}


def _looked_at(product: Product) -> list[dict[str, Any]]:
    page = {"page": product.path, "tags": [product.category]}
    return [{"event": "page_view", **page}, {"event": "view_item", "items": [_item(product)], **page}]


def _products(slugs: Sequence[str]) -> list[Product]:
    return [PRODUCTS[slug] for slug in slugs if slug in PRODUCTS]


def _in_cart(person: Somebody) -> list[Product]:
    return _products(person.cart)


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(errors="replace")))


def _own_path(text: str) -> str:
    """Return a path of this shop, never another host."""
    return text if text.startswith("/") and not text.startswith(("//", "/\\")) else "/"


def _go(path: str, person: Somebody) -> Response:
    response = RedirectResponse(path, 303)
    response.set_cookie(somebody.COOKIE, somebody.to_cookie(person), httponly=True, samesite="lax")
    return response


def main() -> None:
    """Serve the shop on loopback."""
    settings = settings_from(os.environ)
    uvicorn.run(create_app(settings), host="127.0.0.1", port=settings.port, log_level="warning")


if __name__ == "__main__":
    main()
