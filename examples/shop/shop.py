"""かけっこ堂: a small shop whose pages ask Omotenashi what to show. `_page` is where it happens."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
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

import carts
import consent
import members
import somebody
from carts import Cart
from catalogue import CATEGORIES, PRODUCTS, Product, in_category, matching
from handing_on import hand_on
from members import MEMBERS, Sessions
from omo_client import Answer, OmoClient, Remembered
from pages import Pages
from visit import ARRIVAL_COOKIE, VISITOR_COOKIE, Visit, visit_of

HERE = Path(__file__).parent
_THIRTEEN_MONTHS_SECONDS = 395 * 24 * 3600
_HALF_AN_HOUR_SECONDS = 30 * 60
_POPULAR = ("asagake", "fuwari", "hajime", "yamabiko")
_THREE_SHOES = ("asagake", "fuwari", "hayate")
_SHOE_FOR_THE_CART = "fuwari"
_A_GOOD_HOUR = timedelta(minutes=61)


class Settings(msgspec.Struct, frozen=True):
    omo_url: str = "http://127.0.0.1:8700"
    omo_key: str = ""
    port: int = 8701
    member_key: str = ""
    """Signs who is logged in; without it the shop makes one up, and /omo/why knows no members."""
    patience: float = 0.2
    """Seconds after which a page goes out without the service's answer."""


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Return the settings of OMO_URL, OMO_KEY, OMO_MEMBER_KEY, SHOP_PORT and SHOP_PATIENCE."""
    named = {
        "omo_url": "OMO_URL",
        "omo_key": "OMO_KEY",
        "member_key": "OMO_MEMBER_KEY",
        "port": "SHOP_PORT",
        "patience": "SHOP_PATIENCE",
    }
    stated = {name: environment[variable] for name, variable in named.items() if environment.get(variable)}
    return msgspec.convert(stated, type=Settings, strict=False)


def create_app(settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> Starlette:
    """Return the shop. Tests may pass a transport that stands for the service."""
    sessions = Sessions(settings.member_key or f"shop:{secrets.token_urlsafe(32)}")
    client = OmoClient(settings.omo_url, settings.omo_key, transport, patience=settings.patience)
    shop = Shop(client, Pages(HERE / "templates"), sessions)
    routes = [
        Route("/", shop.home),
        Route("/search", shop.search),
        Route("/member/", shop.member),
        Route("/member/login", shop.log_in, methods=["POST"]),
        Route("/member/logout", shop.log_out, methods=["POST"]),
        Route("/cart/", shop.cart),
        Route("/cart/add", shop.add_to_cart, methods=["POST"]),
        Route("/cart/remove", shop.remove_from_cart, methods=["POST"]),
        Route("/cart/buy", shop.buy, methods=["POST"]),
        Route("/consent", shop.answer_consent, methods=["POST"]),
        Route("/somebody", shop.be_somebody, methods=["POST"]),
        Route("/omo/{rest:path}", shop.hand_on, methods=["GET", "POST"]),
        Route("/images/{slug}.svg", shop.picture),
        Mount("/static", StaticFiles(directory=HERE / "static")),
        Route("/{category}/", shop.category),
        Route("/{category}/{slug}", shop.product),
    ]
    return Starlette(routes=routes, exception_handlers={404: shop.not_found}, lifespan=shop.open)


class Asked(msgspec.Struct, frozen=True):
    """A visit to a page, and the answer about it."""

    visit: Visit
    blocks: tuple[str, ...]
    answer: Answer


class Shop:
    def __init__(self, omo: OmoClient, pages: Pages, sessions: Sessions) -> None:
        self._omo = omo
        self._pages = pages
        self._sessions = sessions
        self._carts_of_members: dict[str, Cart] = {}

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
        asked = await self._ask(request, "member.html")
        remembered = await self._remembered(asked)
        return self._response(request, "member.html", asked, members=MEMBERS, remembered=remembered)

    async def search(self, request: Request) -> Response:
        words = request.query_params.get("q", "").strip()
        return await self._page(request, "search.html", words=words, products=matching(words))

    async def cart(self, request: Request) -> Response:
        cart = self._cart(self._visit(request))
        return await self._page(request, "cart.html", lines=carts.lines(cart), total=carts.total(cart))

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
        asked = await self._ask(request, template, tags, events)
        return self._response(request, template, asked, status, **context)

    async def _ask(
        self,
        request: Request,
        template: str,
        tags: Sequence[str] = (),
        events: Sequence[Mapping[str, Any]] = (),
    ) -> Asked:
        """Ask once for all blocks of a page."""
        visit = self._visit(request)
        blocks = self._pages.blocks_of(template)
        page = somebody.page_of(visit.person, str(request.url), request.headers.get("referer", ""))
        question = {
            "blocks": blocks,
            "page": page | {"tags": tags},
            "client": visit.client,
            "events": [{"event": "page_view"}, *events],
        }
        answer = await self._omo.decide(visit.who() | question, visit.headers)
        return Asked(visit, blocks, answer)

    def _response(
        self, request: Request, template: str, asked: Asked, status: int = 200, **context: object
    ) -> Response:
        """Render a page with what came back, and keep what the service says of the visitor."""
        context |= {"visit": asked.visit, "blocks": asked.blocks, "answer": asked.answer, "request": request}
        context |= {"cart": self._cart(asked.visit), "somebody": somebody}
        html = self._pages.render(template, **context, categories=CATEGORIES, popular=_products(_POPULAR))
        response = HTMLResponse(html, status, headers={"Cache-Control": "private, no-store"})
        _keep_visitor(response, asked)
        return response

    async def _remembered(self, asked: Asked) -> Remembered | None:
        """Return what the service remembers of the member, or of a guest by the id: without one, nothing."""
        visit, answered = asked.visit, asked.answer.visitor
        if visit.member:
            return await self._omo.remembered({"member": {"id": visit.member.id}})
        visitor_id = (answered.id if answered else None) or visit.visitor_id
        return await self._omo.remembered({"visitor": {"id": visitor_id}}) if visitor_id else Remembered()

    async def log_in(self, request: Request) -> Response:
        """Log a sample member in. What lay in the guest's cart joins the member's."""
        member = MEMBERS.get((await _form(request)).get("member", ""))
        if member is None:
            raise HTTPException(404)
        cart = carts.together(self._carts_of_members.get(member.id, ()), self._visit(request).guest_cart)
        self._carts_of_members[member.id] = cart
        response = _go("/member/")
        response.delete_cookie(carts.COOKIE)
        _set_cookie(response, members.COOKIE, self._sessions.cookie_of(member), members.LIFE_SECONDS)
        return response

    async def log_out(self, _: Request) -> Response:
        response = _go("/member/")
        response.delete_cookie(members.COOKIE)
        return response

    async def answer_consent(self, request: Request) -> Response:
        """Keep a yes or a no. The next question states it; on a no, the service then erases what it remembers."""
        form = await _form(request)
        given = form.get("consent") == "yes"
        response = _go(_own_path(form.get("back", "")) if given else "/member/#remembered")
        _set_cookie(response, consent.COOKIE, consent.to_cookie(given=given), consent.LIFE_SECONDS)
        return response

    async def add_to_cart(self, request: Request) -> Response:
        product = _named(await _form(request))
        return await self._put_into_cart(self._visit(request), product, "/cart/")

    async def remove_from_cart(self, request: Request) -> Response:
        product, visit = _named(await _form(request)), self._visit(request)
        cart = self._cart(visit)
        if product.slug in cart:
            await self._record(visit, [{"event": "remove_from_cart", "items": [_item(product)]}])
        return self._with_cart(_go("/cart/"), visit, carts.without_one(cart, product.slug))

    async def buy(self, request: Request) -> Response:
        visit = self._visit(request)
        if cart := self._cart(visit):
            items = [_item(product, quantity) for product, quantity in carts.lines(cart)]
            value = carts.total(cart)
            order = {"transaction_id": secrets.token_hex(8), "items": items, "value": value, "currency": "JPY"}
            await self._record(visit, [{"event": "purchase", **order}])
        return self._with_cart(_go("/cart/"), visit, ())

    async def be_somebody(self, request: Request) -> Response:
        """Take a form of the strip and go back to the page it stood on."""
        form = await _form(request)
        visit, back = self._visit(request), _own_path(form.get("back", ""))
        match form.get("do"):
            case "look_at_three_shoes":
                await self._record(visit, [e for shoe in _products(_THREE_SHOES) for e in _looked_at(shoe)])
                return _go(back)
            case "put_shoe_into_cart":
                return await self._put_into_cart(visit, PRODUCTS[_SHOE_FOR_THE_CART], back)
            case "put_shoe_into_cart_an_hour_ago":
                return await self._put_into_cart(visit, PRODUCTS[_SHOE_FOR_THE_CART], back, _A_GOOD_HOUR)
            case "start_over":
                return await self._start_over(visit, back)
        response = _go(back)
        response.set_cookie(
            somebody.COOKIE, somebody.to_cookie(somebody.changed(visit.person, form)), httponly=True, samesite="lax"
        )
        return response

    async def _start_over(self, visit: Visit, back: str) -> Response:
        """Forget everything, here and at the service."""
        if visit.visitor_id:
            await self._omo.erase({"visitor": {"id": visit.visitor_id}})
        if visit.member:
            await self._omo.erase({"member": {"id": visit.member.id}})
            self._carts_of_members.pop(visit.member.id, None)
        response = _go(back)
        for name in (VISITOR_COOKIE, ARRIVAL_COOKIE, somebody.COOKIE, consent.COOKIE, members.COOKIE, carts.COOKIE):
            response.delete_cookie(name)
        return response

    async def _put_into_cart(
        self, visit: Visit, product: Product, then: str, ago: timedelta = timedelta(0)
    ) -> Response:
        """Put a product into the cart, and say so; with `ago` as if it had been then."""
        event = {"event": "add_to_cart", "items": [_item(product)]}
        if ago:
            event["timestamp"] = (datetime.now(UTC) - ago).isoformat(timespec="seconds")
        await self._record(visit, [event])
        return self._with_cart(_go(then), visit, carts.together(self._cart(visit), (product.slug,)))

    def _cart(self, visit: Visit) -> Cart:
        return self._carts_of_members.get(visit.member.id, ()) if visit.member else visit.guest_cart

    def _with_cart(self, response: Response, visit: Visit, cart: Cart) -> Response:
        if visit.member:
            self._carts_of_members[visit.member.id] = cart
        else:
            response.set_cookie(carts.COOKIE, carts.to_cookie(cart), httponly=True, samesite="lax")
        return response

    async def _record(self, visit: Visit, events: Sequence[Mapping[str, Any]]) -> None:
        if visit.remembers:
            await self._omo.record(visit.who() | {"events": events}, visit.headers)

    async def hand_on(self, request: Request) -> Response:
        return await hand_on(request, self._omo)

    def _visit(self, request: Request) -> Visit:
        return visit_of(request, self._sessions)

    async def picture(self, request: Request) -> Response:
        product = PRODUCTS.get(request.path_params["slug"])
        if product is None:
            raise HTTPException(404)
        svg = self._pages.render("picture.svg", product=product)
        return Response(svg, media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=3600"})


def _keep_visitor(response: Response, asked: Asked) -> None:
    """Put a new id into the cookie, and take it away after a no; where nothing was said, it stays.

    How the visit began is in a cookie of its own while the service cannot keep it.
    """
    visitor, visit = asked.answer.visitor, asked.visit
    if visitor is None:
        return
    if visitor.new and visitor.id:
        _set_cookie(response, VISITOR_COOKIE, visitor.id, _THIRTEEN_MONTHS_SECONDS)
    elif visit.visitor_id and visit.denies:
        response.delete_cookie(VISITOR_COOKIE)
    if visitor.arrival:
        _set_cookie(response, ARRIVAL_COOKIE, visitor.arrival, _HALF_AN_HOUR_SECONDS)
    elif visitor.arrival is not None:
        response.delete_cookie(ARRIVAL_COOKIE)


def _item(product: Product, quantity: int = 1) -> dict[str, Any]:
    return {"item_id": product.slug, "item_category": product.category, "price": product.price, "quantity": quantity}


def _looked_at(product: Product) -> list[dict[str, Any]]:
    page = {"page": product.path, "tags": [product.category]}
    return [{"event": "page_view", **page}, {"event": "view_item", "items": [_item(product)], **page}]


def _products(slugs: Sequence[str]) -> list[Product]:
    return [PRODUCTS[slug] for slug in slugs if slug in PRODUCTS]


def _named(form: Mapping[str, str]) -> Product:
    product = PRODUCTS.get(form.get("slug", ""))
    if product is None:
        raise HTTPException(404)
    return product


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(errors="replace")))


def _own_path(text: str) -> str:
    """Return a path of this shop, never another host."""
    return text if text.startswith("/") and not text.startswith(("//", "/\\")) else "/"


def _go(path: str) -> Response:
    return RedirectResponse(path, 303)


def _set_cookie(response: Response, name: str, value: str, life_seconds: int) -> None:
    response.set_cookie(name, value, max_age=life_seconds, httponly=True, samesite="lax")


def main() -> None:
    """Serve the shop on loopback."""
    settings = settings_from(os.environ)
    uvicorn.run(create_app(settings), host="127.0.0.1", port=settings.port, log_level="warning")


if __name__ == "__main__":
    main()
