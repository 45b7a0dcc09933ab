"""`/omo/why`: the page on which visitors see why they see what they see, and stop it. It works without scripts."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from urllib.parse import parse_qsl, quote
from zoneinfo import ZoneInfo

from omotenashi import rights
from omotenashi.model.errors import RefusedRequest
from omotenashi.model.paths import bare_host, host_of, page_path
from omotenashi.profiles.keys import form_token
from omotenashi.profiles.profile import Profile
from omotenashi.rights import Reasons, Stored
from omotenashi.service import Service
from omotenashi.signals.consent import OWN_COOKIE, consent_of
from omotenashi.signals.consent_forms import CATEGORIES, PERSONALIZATION
from omotenashi.signals.visitor_id import COOKIE_LIFE
from omotenashi.web.answers import PRIVATE, PRIVATE_LINES, lines, or_refused
from omotenashi.web.facts import own_hosts
from omotenashi.web.guard import Access, Caller, body_of
from omotenashi.web.request import Answer, Request, line
from omotenashi.web.rights import Asked, expired_cookies, exported, own_request
from omotenashi.web.why_page import POLICY, WhyPage, address, render
from omotenashi.web.wire import DecideBody, PagePart, encode

_HTML = lines(
    [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-security-policy", POLICY.encode()),
        (b"referrer-policy", b"same-origin"),  # with no-referrer a browser would send forms with Origin: null
        (b"x-content-type-options", b"nosniff"),
        (b"vary", b"Cookie, Accept-Language"),
        *PRIVATE,
    ]
)
_DOWNLOAD = lines(
    [
        (b"content-type", b"application/json"),
        (b"content-disposition", b'attachment; filename="omotenashi.json"'),
        *PRIVATE,
    ]
)
_MOST_FIELDS = 20
_DAY = 86_400


async def why(service: Service, access: Access, request: Request) -> Answer:
    """GET|HEAD|POST /omo/why."""
    answered = _answered(service, access, request)
    return await or_refused(answered, service.counters, "rights_unavailable", "the store did not do it")


async def _answered(service: Service, access: Access, request: Request) -> Answer:
    caller = Caller(request, access)
    if request.method in ("GET", "HEAD"):
        return await _shown(_fields(request.query), caller, service)
    if request.method != "POST":
        raise RefusedRequest(405, "/omo/why takes GET, HEAD and POST")
    caller.check_origin(own_hosts(service))
    return await _acted(_fields(body_of(request)), caller, service)


# The page


async def _shown(fields: Mapping[str, str], caller: Caller, service: Service) -> Answer:
    asked, path = _asked(fields, caller, service)
    stored = await asked.stored()
    page = WhyPage(
        language=_language(fields, asked),
        site=asked.site.facts.name,
        path=path,
        reasons=await _reasons(asked, _language(fields, asked)),
        state=_state(asked, stored),
        counts=_counts(stored),
        arrival=asked.arrival() is not None,
        since=_since(stored, ZoneInfo(asked.site.facts.timezone)),
        days=service.persons.store.keep.profiles // _DAY,
        member=asked.whom.member_key is not None,
        manager=bool(asked.site.facts.consent.grants),
        token=_token(asked),
        again=fields.get("again") == "1",
    )
    return Answer(200, _HTML, render(page).encode())


def _asked(fields: Mapping[str, str], caller: Caller, service: Service) -> tuple[Asked, str]:
    """Return who asks about which page: the one that is named, or the one that they come from, if it is the site's."""
    url = fields.get("page") or caller.text(b"referer")
    own = own_hosts(service) | {bare_host(caller.text(b"host")), ""}
    path = page_path(url) if host_of(url) in own else "/"
    path = "/" if path.startswith("/omo/") else path
    return own_request(DecideBody((), page=PagePart(url=quote(path))), caller, service), path


def _language(fields: Mapping[str, str], asked: Asked) -> str:
    return fields["lang"] if fields.get("lang") in ("ja", "en") else asked.language


async def _reasons(asked: Asked, language: str) -> tuple[Reasons, ...]:
    """Return why the blocks for which a rule won show what they show."""
    site = asked.site
    occasion = await asked.occasion()
    found = rights.reasons(site, occasion, list(site.engine.program.blocks), language, asked.origins(occasion))
    return tuple(one for one in found if one.choice.rule is not None and one.choice.show.kind != "original")


def _state(asked: Asked, stored: Stored) -> str:
    facts, site = asked.facts, asked.site.facts
    recorded = None if stored.record is None else stored.record.consent
    consent = consent_of(facts, site, recorded)
    if PERSONALIZATION in consent.granted:
        return "remembered"
    if facts.global_privacy_control and site.consent.gpc_denies:
        return "gpc"
    stopped = consent.denies or (recorded is not None and PERSONALIZATION not in recorded)
    return "stopped" if stopped else "not_asked"


def _counts(stored: Stored) -> dict[str, int]:
    """Return how many entries of each kind are stored; empty where there is nothing at all."""
    profiles = [profile for profile in (stored.visitor, stored.member) if profile is not None]
    if not stored:
        return {}
    return {
        "visits": sum(len(one.visits) for one in profiles),
        "views": sum(len(one.views) for one in profiles),
        "orders": sum(len(one.orders) + len(one.refunds) for one in profiles),
        "cart": sum(len(one.cart) for one in profiles),
        "events": sum(len(one.deeds) for one in profiles),
        "shown": sum(len(one.showings) + len(one.shown) for one in profiles),
        "place": sum(one.chosen is not None and one.chosen.is_anywhere for one in profiles),
        "record": 0 if stored.record is None else len(stored.record.attributes) + (stored.record.consent is not None),
    }


def _since(stored: Stored, zone: ZoneInfo) -> str:
    profiles: list[Profile] = [profile for profile in (stored.visitor, stored.member) if profile is not None]
    moments = [profile.first_seen for profile in profiles if profile.first_seen is not None]
    return datetime.fromtimestamp(min(moments), zone).date().isoformat() if moments else ""


# The buttons


async def _acted(fields: Mapping[str, str], caller: Caller, service: Service) -> Answer:
    asked, path = _asked(fields, caller, service)
    act = _ACTIONS.get(fields.get("action", ""))
    if act is None:
        raise RefusedRequest(400, f"action is one of {', '.join(_ACTIONS)}")
    if not _made_here(fields, asked):
        return _back(address(path, _language(fields, asked), again=True))
    return await act(asked, address(path, _language(fields, asked)))


def _back(location: str, more: bytes = b"") -> Answer:
    return Answer(303, line(b"location", location.encode()) + more + PRIVATE_LINES)


def _made_here(fields: Mapping[str, str], asked: Asked) -> bool:
    """Tell whether the form is our own; raises RefusedRequest 403 where nothing says so.

    A form on another site comes without cookies (SameSite), so somebody without any is believed by the Origin alone.
    """
    if asked.whom != rights.Whom():
        return hmac.compare_digest(fields.get("token", "").encode(), _token(asked).encode())
    if asked.caller.text(b"origin") or asked.caller.text(b"sec-fetch-site") == "same-origin":
        return True
    raise RefusedRequest(403, "the browser does not say that the form was sent from this site's own page")


def _token(asked: Asked) -> str:
    whom = asked.whom
    return form_token(f"{whom.visitor_id or ''} {whom.member_key or ''}", asked.service.persons.secret)


async def _stop(asked: Asked, where: str) -> Answer:
    await rights.stop(asked.whom, asked.service.persons.store, int(asked.facts.now))
    return _back(where, _consent_cookie(asked, "denied") + expired_cookies(asked))


async def _start(asked: Asked, where: str) -> Answer:
    await rights.start(asked.whom, asked.service.persons.store, int(asked.facts.now))
    allowed = "" if asked.site.facts.consent.grants else ",".join(sorted(CATEGORIES))
    return _back(where, _consent_cookie(asked, allowed))


async def _erase(asked: Asked, where: str) -> Answer:
    await rights.erase(asked.whom, asked.service.persons.store, int(asked.facts.now))
    return _back(where, expired_cookies(asked))


async def _export(asked: Asked, _: str) -> Answer:
    return Answer(200, _DOWNLOAD, encode(await exported(asked)))


_ACTIONS: Mapping[str, Callable[[Asked, str], Awaitable[Answer]]] = {
    "stop": _stop,
    "start": _start,
    "erase": _erase,
    "export": _export,
}


def _consent_cookie(asked: Asked, value: str) -> bytes:
    """Return the header that sets our own consent cookie, or takes it away where the value is empty.

    Beside a consent manager's cookie, which is not ours to write, it has a name of its own and can only deny.
    """
    mapping, domain = asked.site.facts.consent, asked.site.facts.cookie_domain
    name = OWN_COOKIE if mapping.grants else mapping.cookie
    host = bare_host(asked.caller.text(b"host"))
    shared = f"; Domain={domain}" if domain and f".{host}".endswith(f".{domain}") else ""
    secure = "; Secure" if asked.caller.secure() else ""
    life = COOKIE_LIFE if value else 0
    return line(b"set-cookie", f"{name}={value}; Path=/{shared}; Max-Age={life}; SameSite=Lax{secure}".encode())


def _fields(text: bytes) -> dict[str, str]:
    """Return the fields of a form or a query; raises RefusedRequest 400."""
    try:
        return dict(parse_qsl(text.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise RefusedRequest(400, f"the form cannot be read: {error}") from error
