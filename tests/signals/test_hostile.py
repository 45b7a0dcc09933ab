"""Whatever a client sends, reading it ends in an answer."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from omotenashi.model.request import RequestFacts
from omotenashi.model.site_facts import CampaignParameters, SiteFacts
from omotenashi.signals.client_address import HeaderKind, TrustedNetworks, resolve
from omotenashi.signals.gather import SignalTools, arrival, member_of, visitor

MEDIUMS = {"search", "ai", "social", "email", "paid", "referral", "direct", "internal"}
HOSTS = st.sampled_from(
    ["https://www.google.com", "https://search.yahoo.co.jp", "https://1.cz", "http://[::1]", "//x", ""]
)
TEXT = st.text(max_size=60)
QUERY = st.text(alphabet="abqp=&?#%+/:;.{}[]\"'ァÿ\ud800\x00 0Fe8", max_size=80)
ESCAPES = st.builds("%{:02X}".format, st.integers(0, 255)) | st.sampled_from(
    ["%", "%u6771", "%25E3", "+", "a", "&", "=", "#", "日"]
)
OWN_NAMES = SiteFacts(campaign_parameters=CampaignParameters(keyword=("kw",)))
TRUSTED = TrustedNetworks.parse(["10.0.0.0/8"])
HOPS = st.lists(
    st.sampled_from(["203.0.113.5", "10.0.0.2", "unknown", "", "for=", '"', ";", "[::1]:1", "x"]), max_size=6
)


@settings(max_examples=300, deadline=None)
@given(HOSTS, QUERY, QUERY)
def test_any_referrer_and_any_url_give_an_arrival(host: str, referrer: str, query: str) -> None:
    facts = RequestFacts(now=0, url=f"/?{query}", referrer=f"{host}/{referrer}")
    assert arrival(facts, SiteFacts()).medium in MEDIUMS


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="htps:/android-@[]%.?#&=\\ \x00\n1aé日\ud800", max_size=60), st.lists(ESCAPES, max_size=40))
def test_what_is_read_from_any_address_is_short_and_can_be_printed(start: str, escapes: list[str]) -> None:
    referrer = f"{start}?q={''.join(escapes)}"
    for host in ("", "https://www.google.co.jp/", "https://search.seesaa.jp/x/index.html"):
        facts = RequestFacts(now=0, url=f"/?kw={''.join(escapes)}&q={start}", referrer=host + referrer)
        found = visitor(facts, OWN_NAMES, SignalTools())
        assert found.arrival.medium in MEDIUMS
        for text in (found.arrival.keyword or "", found.site_search, found.arrival.source):
            assert len(text) <= 200
            assert not any(ord(char) < 32 for char in text)


@settings(max_examples=200, deadline=None)
@given(TEXT, TEXT, TEXT, TEXT)
def test_any_headers_give_a_visitor(agent: str, languages: str, token: str, url: str) -> None:
    facts = RequestFacts(now=0, url=url, user_agent=agent, accept_language=languages, member_token=token)
    visitor(facts, SiteFacts(), SignalTools())
    assert member_of(facts, SiteFacts(), SignalTools()) is None


@settings(max_examples=300, deadline=None)
@given(HOPS, st.sampled_from([", ", ",", "=", ""]), st.sampled_from(list(HeaderKind)))
def test_any_header_gives_an_address_that_is_no_proxys_or_none(hops: list[str], glue: str, kind: HeaderKind) -> None:
    found = resolve("10.0.0.1", glue.join(hops), kind, TRUSTED)
    assert found is None or not TRUSTED.contains(found)
